#include "mien/json_lines.h"

#include <nlohmann/json.hpp>

#include "output/rounding.h"

namespace mien {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const Face& face) {
  Json probabilities = Json::object();
  for (const auto expression : all_expressions()) {
    probabilities[std::string(name(expression))] =
        rounded(face.probabilities[static_cast<std::size_t>(expression)]);
  }
  return {{"track", face.track},
          {"box", {face.box.x, face.box.y, face.box.width, face.box.height}},
          {"score", rounded(face.score)},
          {"expression", name(face.expression)},
          {"confidence", rounded(face.confidence)},
          {"uncertain", face.uncertain},
          {"probabilities", probabilities}};
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
