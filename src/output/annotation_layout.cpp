#include "output/annotation_layout.h"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>
#include <ranges>

namespace mien {
namespace {

/// Times that each compact panel may look for a better place, once the others have theirs.
constexpr int kRounds = 4;

/// How much of its own face a full panel may hide; less where a panel that moved goes, or it would
/// soon go on.
constexpr double kOwnFaceHidden = 0.15;
constexpr double kOwnFaceHiddenAnew = 0.08;

/// The cost that a panel bears before it gives up its previous place: a fifteenth of it over
/// another face, or a fiftieth over another panel.
constexpr double kPatience = 0.2;

constexpr int kPlaces = 13;

/// Around the face: six beside it, six above and below and, last, at its lower inner edge.
Box place_at(int place, const Box& face, const PanelSize& size, const Box& picture, int gap) {
  const int above = face.y - gap - size.height;
  const int below = face.y + face.height + gap;
  const int before = face.x - gap - size.width;
  const int after = face.x + face.width + gap;
  const int from_right = face.x + face.width - size.width;
  const int from_bottom = face.y + face.height - size.height;
  const int centred = face.x + (face.width - size.width) / 2;
  const int middle = face.y + (face.height - size.height) / 2;
  const std::array<std::array<int, 2>, kPlaces> corners = {{{after, face.y},
                                                            {before, face.y},
                                                            {after, middle},
                                                            {before, middle},
                                                            {after, from_bottom},
                                                            {before, from_bottom},
                                                            {face.x, above},
                                                            {centred, above},
                                                            {from_right, above},
                                                            {face.x, below},
                                                            {centred, below},
                                                            {from_right, below},
                                                            {face.x, from_bottom}}};
  const auto& [x, y] = corners.at(static_cast<std::size_t>(place));
  return {std::max(0, std::min(x, picture.width - size.width)),
          std::max(0, std::min(y, picture.height - size.height)), size.width, size.height};
}

/// The better looking places come first: full panels stand beside the face, compact ones above.
using Ranking = std::array<int, kPlaces>;
constexpr Ranking kFullRanking = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
constexpr Ranking kCompactRanking = {6, 7, 8, 9, 10, 11, 0, 1, 2, 3, 4, 5, 12};

double share(const Box& part, const Box& of) {
  return static_cast<double>(area(intersection(part, of))) /
         static_cast<double>(std::max(1LL, area(of)));
}

class Layout {
 public:
  Layout(const Box& picture, const std::vector<Box>& faces, const std::vector<PanelSizes>& sizes,
         int gap, const std::vector<std::optional<PreviousPanel>>& previous)
      : picture_(picture),
        faces_(faces),
        sizes_(sizes),
        gap_(gap),
        previous_(previous),
        panels_(faces.size()) {
    previous_.resize(faces.size());
  }

  std::vector<PlacedPanel> place() {
    const auto order = by_size();
    put_back(order);
    for (int round = 0; round < kRounds; ++round) {
      for (std::size_t i = 0; i < faces_.size(); ++i) {
        if (!panels_[i].full) panels_[i] = best_compact(i);
      }
    }
    for (const auto i : order) {
      if (!panels_[i].full && (!previous_[i] || previous_[i]->may_grow)) enlarge(i);
    }
    return panels_;
  }

 private:
  PlacedPanel panel_at(std::size_t i, int place, bool full) const {
    const PanelSize& size = full ? sizes_[i].full : sizes_[i].compact;
    return {place_at(place, faces_[i], size, picture_, gap_), full, place};
  }

  /// Begins with the previous places; full panels that are in the way there are made compact, those
  /// of small faces first.
  void put_back(const std::vector<std::size_t>& order) {
    for (std::size_t i = 0; i < faces_.size(); ++i) {
      if (previous_[i]) panels_[i] = panel_at(i, previous_[i]->place, previous_[i]->full);
    }
    for (const auto i : std::ranges::reverse_view(order)) {
      auto& panel = panels_[i];
      if (panel.full && (!fits(panel.box) || hidden_elsewhere(i, panel.box) > kPatience ||
                         share(panel.box, faces_[i]) > kOwnFaceHidden)) {
        panel = best_compact(i);
      }
    }
  }

  bool fits(const Box& panel) const {
    return panel.width <= picture_.width && panel.height <= picture_.height;
  }

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

  bool was_compact_at(std::size_t i, int place) const {
    return previous_[i] && !previous_[i]->full && previous_[i]->place == place;
  }

  PlacedPanel best_compact(std::size_t i) const {
    double lowest = std::numeric_limits<double>::max();
    PlacedPanel best;
    for (std::size_t rank = 0; rank < kPlaces; ++rank) {
      const auto panel = panel_at(i, kCompactRanking[rank], false);
      double cost = hidden_elsewhere(i, panel.box) + share(faces_[i], panel.box) +
                    0.02 * static_cast<double>(rank);
      if (was_compact_at(i, panel.place)) cost -= kPatience;
      if (cost < lowest) {
        lowest = cost;
        best = panel;
      }
    }
    return best;
  }

  void enlarge(std::size_t i) {
    const double own_hidden = previous_[i] ? kOwnFaceHiddenAnew : kOwnFaceHidden;
    for (const int place : kFullRanking) {
      const auto panel = panel_at(i, place, true);
      if (fits(panel.box) && hidden_elsewhere(i, panel.box) == 0 &&
          share(panel.box, faces_[i]) <= own_hidden) {
        panels_[i] = panel;
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
  std::vector<std::optional<PreviousPanel>> previous_;
  std::vector<PlacedPanel> panels_;
};

}  // namespace

std::vector<PlacedPanel> place_panels(const Box& picture, const std::vector<Box>& faces,
                                      const std::vector<PanelSizes>& sizes, int gap,
                                      const std::vector<std::optional<PreviousPanel>>& previous) {
  return Layout(picture, faces, sizes, gap, previous).place();
}

}  // namespace mien
