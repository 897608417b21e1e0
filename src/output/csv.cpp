#include "mien/csv.h"

#include <fmt/format.h>

#include <iterator>

#include "output/csv_field.h"
#include "output/rounding.h"

namespace mien {
namespace {

constexpr const char* kLineEnd = "\r\n";

void append(const std::optional<Attributes>& attributes, const AttributeChoice& asked,
            std::string& line) {
  auto out = std::back_inserter(line);
  const auto known = attributes.value_or(Attributes{});
  if (asked.gender && known.gender) {
    fmt::format_to(out, ",{},{}", name(known.gender->label), rounded(known.gender->confidence));
  } else if (asked.gender) {
    line += ",,";
  }
  if (asked.age) line += known.age ? fmt::format(",{:.1f}", *known.age) : ",";
}

}  // namespace

std::string csv_header(const AttributeChoice& attributes) {
  std::string line =
      "source,frame,time,track,x,y,width,height,score,expression,confidence,uncertain";
  for (const auto expression : all_expressions()) line += ',' + std::string(name(expression));
  if (attributes.gender) line += ",gender,gender_confidence";
  if (attributes.age) line += ",age";
  return line + kLineEnd;
}

std::string to_csv(const FrameResult& result, const AttributeChoice& attributes) {
  std::string lines;
  auto out = std::back_inserter(lines);
  for (const auto& face : result.faces) {
    fmt::format_to(out, "{},{},{},{},{},{},{},{},{},{},{},{}", csv_field(result.source),
                   result.frame, rounded(result.time), face.track, face.box.x, face.box.y,
                   face.box.width, face.box.height, rounded(face.score), name(face.expression),
                   rounded(face.confidence), face.uncertain ? 1 : 0);
    for (const auto probability : face.probabilities) {
      fmt::format_to(out, ",{}", rounded(probability));
    }
    append(face.attributes, attributes, lines);
    lines += kLineEnd;
  }
  return lines;
}

}  // namespace mien
