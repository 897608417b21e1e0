#include "output/annotation_layout.h"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

namespace mien {
namespace {

/// Times that each compact panel may look for a better place, once the others have theirs.
constexpr int kRounds = 4;

/// How much of its own face a full panel may hide.
constexpr double kOwnFaceHidden = 0.15;

Box kept_inside(Box box, const Box& picture) {
  box.x = std::max(0, std::min(box.x, picture.width - box.width));
  box.y = std::max(0, std::min(box.y, picture.height - box.height));
  return box;
}

/// Around the face and, last, at its lower inner edge; the better looking places come first.
std::vector<Box> places(const Box& face, const PanelSize& size, const Box& picture, int gap,
                        bool beside_first) {
  const int above = face.y - gap - size.height;
  const int below = face.y + face.height + gap;
  const int before = face.x - gap - size.width;
  const int after = face.x + face.width + gap;
  const int from_right = face.x + face.width - size.width;
  const int from_bottom = face.y + face.height - size.height;
  const int centred = face.x + (face.width - size.width) / 2;
  const int middle = face.y + (face.height - size.height) / 2;
  const std::vector<std::array<int, 2>> beside = {{after, face.y},      {before, face.y},
                                                  {after, middle},      {before, middle},
                                                  {after, from_bottom}, {before, from_bottom}};
  const std::vector<std::array<int, 2>> over = {{face.x, above},     {centred, above},
                                                {from_right, above}, {face.x, below},
                                                {centred, below},    {from_right, below}};
  std::vector<std::array<int, 2>> corners = beside_first ? beside : over;
  const auto& rest = beside_first ? over : beside;
  corners.insert(corners.end(), rest.begin(), rest.end());
  corners.push_back({face.x, from_bottom});
  std::vector<Box> boxes;
  for (const auto& [x, y] : corners) {
    boxes.push_back(kept_inside({x, y, size.width, size.height}, picture));
  }
  return boxes;
}

double share(const Box& part, const Box& of) {
  return static_cast<double>(area(intersection(part, of))) /
         static_cast<double>(std::max(1LL, area(of)));
}

class Layout {
 public:
  Layout(const Box& picture, const std::vector<Box>& faces, const std::vector<PanelSizes>& sizes,
         int gap)
      : picture_(picture), faces_(faces), sizes_(sizes), gap_(gap), panels_(faces.size()) {}

  std::vector<PlacedPanel> place() {
    for (int round = 0; round < kRounds; ++round) {
      for (std::size_t i = 0; i < faces_.size(); ++i) panels_[i].box = best_compact(i);
    }
    for (const auto i : by_size()) enlarge(i);
    return panels_;
  }

 private:
  /// What a panel hides of the other faces and panels.
  double hidden_elsewhere(std::size_t own, const Box& panel) const {
    double hidden = 0;
    for (std::size_t i = 0; i < faces_.size(); ++i) {
      if (i == own) continue;
      hidden += 3 * share(faces_[i], panel);
      hidden += 10 * share(panels_[i].box, panel);
    }
    return hidden;
  }

  Box best_compact(std::size_t i) const {
    const auto candidates = places(faces_[i], sizes_[i].compact, picture_, gap_, false);
    double lowest = std::numeric_limits<double>::max();
    Box best;
    for (std::size_t rank = 0; rank < candidates.size(); ++rank) {
      const auto& panel = candidates[rank];
      const double cost =
          hidden_elsewhere(i, panel) + share(faces_[i], panel) + 0.02 * static_cast<double>(rank);
      if (cost < lowest) {
        lowest = cost;
        best = panel;
      }
    }
    return best;
  }

  void enlarge(std::size_t i) {
    for (const auto& panel : places(faces_[i], sizes_[i].full, picture_, gap_, true)) {
      const bool fits = panel.width <= picture_.width && panel.height <= picture_.height;
      if (fits && hidden_elsewhere(i, panel) == 0 && share(panel, faces_[i]) <= kOwnFaceHidden) {
        panels_[i] = {panel, true};
        return;
      }
    }
  }

  /// Large faces are the ones that matter most.
  std::vector<std::size_t> by_size() const {
    std::vector<std::size_t> order(faces_.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [this](std::size_t a, std::size_t b) {
      return area(faces_[a]) > area(faces_[b]);
    });
    return order;
  }

  const Box& picture_;
  const std::vector<Box>& faces_;
  const std::vector<PanelSizes>& sizes_;
  int gap_;
  std::vector<PlacedPanel> panels_;
};

}  // namespace

std::vector<PlacedPanel> place_panels(const Box& picture, const std::vector<Box>& faces,
                                      const std::vector<PanelSizes>& sizes, int gap) {
  return Layout(picture, faces, sizes, gap).place();
}

}  // namespace mien
