#include "mien/json_lines.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "output/named_probabilities.h"
#include "output/rounding.h"

namespace mien {
namespace {

using Json = nlohmann::ordered_json;

/// Landmarks are no more exact than a tenth of a pixel.
double tenths(float value) { return std::round(10.0 * value) / 10; }

Json to_json(const Landmarks& landmarks) {
  Json points = Json::array();
  for (const auto& point : landmarks) points.push_back({tenths(point.x), tenths(point.y)});
  return points;
}

/// An age is no more exact than a tenth of a year.
Json to_json(const Attributes& attributes) {
  Json object = Json::object();
  if (const auto& gender = attributes.gender) {
    object["gender"] = {{"label", name(gender->label)},
                        {"confidence", rounded(gender->confidence)}};
  }
  if (attributes.age) object["age"] = tenths(*attributes.age);
  return object;
}

Json to_json(const Face& face) {
  Json object = {{"track", face.track},
                 {"box", {face.box.x, face.box.y, face.box.width, face.box.height}},
                 {"score", rounded(face.score)}};
  if (face.landmarks) object["landmarks"] = to_json(*face.landmarks);
  object["expression"] = name(face.expression);
  object["confidence"] = rounded(face.confidence);
  object["uncertain"] = face.uncertain;
  object["probabilities"] = named(face.probabilities);
  if (face.attributes) object["attributes"] = to_json(*face.attributes);
  return object;
}

}  // namespace

std::string to_json_line(const FrameResult& result) {
  Json faces = Json::array();
  for (const auto& face : result.faces) faces.push_back(to_json(face));
  const Json line = {{"source", result.source},      {"frame", result.frame},
                     {"time", rounded(result.time)}, {"width", result.width},
                     {"height", result.height},      {"faces", faces}};
  return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace mien
