#include "mien/annotation.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <unordered_map>
#include <vector>

#include "mien/error.h"
#include "output/annotation_layout.h"
#include "output/annotation_panel.h"
#include "output/canvas.h"
#include "output/timeline.h"

namespace mien {
namespace {

/// A compact panel stays compact that long, in seconds, so that panels do not flicker.
constexpr double kLeastCompact = 1;
/// In that time, in seconds, a panel goes most of the way to another place.
constexpr double kGlide = 0.06;
/// Places are kept for tracks that are back after less than that many seconds.
constexpr double kMemory = 2;

void check(const Image& picture, const FrameResult& result) {
  if (picture.format() != PixelFormat::bgr || picture.width() != result.width ||
      picture.height() != result.height) {
    throw Error(ErrorCode::internal, "annotate: the result is not of this picture");
  }
}

std::vector<PlacedPanel> placed(const FrameResult& result, const AnnotationStyle& style,
                                const std::vector<std::optional<PreviousPanel>>& previous = {}) {
  std::vector<Box> boxes;
  std::vector<PanelSizes> sizes;
  for (const auto& face : result.faces) {
    boxes.push_back(face.box);
    sizes.push_back(panel_sizes(face, style));
  }
  return place_panels({0, 0, result.width, result.height}, boxes, sizes, 2 * style.line, previous);
}

void draw(Image& picture, const FrameResult& result, const std::vector<PlacedPanel>& panels,
          const AnnotationStyle& style, TextMasks& texts, const Timeline* timeline) {
  Canvas canvas(picture, texts);
  for (const auto& face : result.faces) draw_box(canvas, face, style);
  for (std::size_t i = 0; i < panels.size(); ++i) {
    draw_panel(canvas, panels[i], result.faces[i], style, timeline, result.time);
  }
}

}  // namespace

void annotate(Image& picture, const FrameResult& result) {
  check(picture, result);
  if (picture.empty()) return;
  const AnnotationStyle style(picture.width(), picture.height(), false);
  TextMasks texts;
  draw(picture, result, placed(result, style), style, texts, nullptr);
}

class Annotator::State {
 public:
  void annotate(Image& picture, const FrameResult& result) {
    begin_anew_if_needed(result);
    timeline_.add(result);
    auto panels = placed(result, *style_, previous(result));
    for (std::size_t i = 0; i < panels.size(); ++i) {
      panels[i].box = steadied(result.faces[i], panels[i], result);
    }
    std::erase_if(memories_,
                  [&](const auto& memory) { return memory.second.seen < result.time - kMemory; });
    last_ = result.time;
    draw(picture, result, panels, *style_, texts_, &timeline_);
  }

 private:
  /// Where a track's panel is.
  struct Memory {
    PlacedPanel panel;
    double changed = 0;  ///< when it became compact or full
    double seen = 0;
    double x = 0;  ///< from the face's centre to the panel's corner, as it is drawn
    double y = 0;
  };

  void begin_anew_if_needed(const FrameResult& result) {
    if (result.time < last_ || result.width != width_ || result.height != height_) {
      memories_.clear();
    }
    if (style_ && result.width == width_ && result.height == height_) return;
    width_ = result.width;
    height_ = result.height;
    style_.emplace(width_, height_, true);
  }

  std::vector<std::optional<PreviousPanel>> previous(const FrameResult& result) const {
    std::vector<std::optional<PreviousPanel>> all;
    for (const auto& face : result.faces) {
      const auto found = memories_.find(face.track);
      auto& previous = all.emplace_back();
      if (found == memories_.end()) continue;
      const auto& [panel, changed, seen, x, y] = found->second;
      previous = {panel.place, panel.full, result.time - changed >= kLeastCompact};
    }
    return all;
  }

  /// A panel that is given another place glides there.
  Box steadied(const Face& face, const PlacedPanel& panel, const FrameResult& result) {
    const double centre_x = face.box.x + face.box.width / 2.0;
    const double centre_y = face.box.y + face.box.height / 2.0;
    const double x = panel.box.x - centre_x;
    const double y = panel.box.y - centre_y;
    auto [found, is_new] = memories_.try_emplace(face.track);
    auto& memory = found->second;
    if (is_new || memory.panel.full != panel.full) {
      memory = {panel, result.time, result.time, x, y};
    } else {
      const double part = 1 - std::exp(-std::max(0.0, result.time - memory.seen) / kGlide);
      memory.x += (x - memory.x) * part;
      memory.y += (y - memory.y) * part;
      memory.panel = panel;
      memory.seen = result.time;
    }
    const auto inside = [](double corner, int size, int whole) {
      return std::max(0, std::min(static_cast<int>(std::lround(corner)), whole - size));
    };
    return {inside(centre_x + memory.x, panel.box.width, result.width),
            inside(centre_y + memory.y, panel.box.height, result.height), panel.box.width,
            panel.box.height};
  }

  int width_ = 0;
  int height_ = 0;
  std::optional<AnnotationStyle> style_;
  TextMasks texts_;
  Timeline timeline_;
  std::unordered_map<int, Memory> memories_;
  double last_ = 0;
};

Annotator::Annotator() : state_(std::make_unique<State>()) {}
Annotator::Annotator(Annotator&&) noexcept = default;
Annotator& Annotator::operator=(Annotator&&) noexcept = default;
Annotator::~Annotator() = default;

void Annotator::annotate(Image& picture, const FrameResult& result) {
  check(picture, result);
  if (!picture.empty()) state_->annotate(picture, result);
}

}  // namespace mien
