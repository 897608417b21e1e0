#include "picture_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "standard_output.h"

namespace mien::apps {
namespace {

constexpr std::string_view kTitle = "picture";
constexpr std::size_t kWidest = 48;

}  // namespace

PictureTable::PictureTable(const std::vector<std::string>& pictures) : width_(kTitle.size()) {
  for (const auto& picture : pictures) {
    width_ = std::max(width_, std::min(kWidest, picture.size()));
  }
}

void PictureTable::add(const FrameResult& result) {
  if (!begun_) {
    print_line(fmt::format("{:<{}}  {:>4}  {:<10}  {:>10}  {}", kTitle, width_, "face",
                           "expression", "confidence", "box"));
    begun_ = true;
  }
  if (result.faces.empty()) {
    print_line(fmt::format("{:<{}}  {:>4}  no face found", result.source, width_, "-"));
  }
  for (const auto& face : result.faces) {
    const auto& box = face.box;
    print_line(fmt::format("{:<{}}  {:>4}  {:<10}  {:>9.1f}%  {} x {} at ({}, {}){}", result.source,
                           width_, face.track, name(face.expression), 100 * face.confidence,
                           box.width, box.height, box.x, box.y,
                           face.uncertain ? "  uncertain" : ""));
  }
}

}  // namespace mien::apps
