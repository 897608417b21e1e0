#include "picture_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "output/attribute_text.h"
#include "standard_output.h"

namespace mien::apps {
namespace {

constexpr std::string_view kTitle = "picture";
constexpr std::size_t kWidest = 48;

std::string widest_text(const AttributeChoice& attributes) {
  Attributes widest;
  if (attributes.gender) widest.gender = {Gender::female, 1};
  if (attributes.age) widest.age = 100.0F;
  return attribute_text(widest);
}

}  // namespace

PictureTable::PictureTable(const std::vector<std::string>& pictures,
                           const AttributeChoice& attributes)
    : width_(kTitle.size()) {
  if (attributes.any()) attributes_width_ = widest_text(attributes).size() + 2;
  for (const auto& picture : pictures) {
    width_ = std::max(width_, std::min(kWidest, picture.size()));
  }
}

void PictureTable::add(const FrameResult& result) {
  if (!begun_) {
    print_line(fmt::format("{:<{}}  {:>4}  {:<10}  {:>10}  {:<{}}{}", kTitle, width_, "face",
                           "expression", "confidence", attributes_width_ > 0 ? "looks" : "",
                           attributes_width_, "box"));
    begun_ = true;
  }
  if (result.faces.empty()) {
    print_line(fmt::format("{:<{}}  {:>4}  no face found", result.source, width_, "-"));
  }
  for (const auto& face : result.faces) {
    const auto& box = face.box;
    print_line(
        fmt::format("{:<{}}  {:>4}  {:<10}  {:>9.1f}%  {:<{}}{} x {} at ({}, {}){}", result.source,
                    width_, face.track, name(face.expression), 100 * face.confidence,
                    attribute_text(face.attributes.value_or(Attributes{})), attributes_width_,
                    box.width, box.height, box.x, box.y, face.uncertain ? "  uncertain" : ""));
  }
}

}  // namespace mien::apps
