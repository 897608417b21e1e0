#include "train/detection/assignment.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/face_grid.h"

namespace mien::train {
namespace {

/// Cells farther from a face's centre than that many strides do not learn it.
constexpr float kRadius = 2.5F;
constexpr std::size_t kMostCells = 10;
constexpr float kOverlapWeight = 3;

struct Candidate {
  std::size_t cell;
  float overlap;
  float cost;
};

struct Box {
  float left, top, right, bottom;
};

Box said_box(const GridCells::Cell& cell, const float* output) {
  const float x = cell.x + output[1] * cell.stride;
  const float y = cell.y + output[2] * cell.stride;
  const float half_width = 0.5F * std::exp(std::min(output[3], 8.0F)) * cell.stride;
  const float half_height = 0.5F * std::exp(std::min(output[4], 8.0F)) * cell.stride;
  return {x - half_width, y - half_height, x + half_width, y + half_height};
}

float overlap(const Box& a, const TargetFace& b) {
  const float width = std::min(a.right, b.right) - std::max(a.left, b.left);
  const float height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
  if (width <= 0 || height <= 0) return 0;
  const float shared = width * height;
  return shared / ((a.right - a.left) * (a.bottom - a.top) +
                   (b.right - b.left) * (b.bottom - b.top) - shared);
}

/// Cross entropy between a score's logit and the overlap it should be, lighter when they agree.
float score_cost(float logit, float quality) {
  const float score = 1 / (1 + std::exp(-logit));
  const float entropy =
      std::max(logit, 0.0F) - logit * quality + std::log1p(std::exp(-std::abs(logit)));
  return entropy * (quality - score) * (quality - score);
}

std::vector<Candidate> candidates_for(const GridCells& cells, std::span<const float> outputs,
                                      const TargetFace& face) {
  const float x = 0.5F * (face.left + face.right);
  const float y = 0.5F * (face.top + face.bottom);
  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto& cell = cells[i];
    const float distance = std::max(std::abs(cell.x - x), std::abs(cell.y - y)) / cell.stride;
    if (distance > kRadius) continue;
    const float* output = outputs.data() + i * FaceGrid::kPlanes;
    const float shared = overlap(said_box(cell, output), face);
    const float near = std::pow(10.0F, distance - 3);
    candidates.push_back(
        {i, shared,
         score_cost(output[0], shared) - kOverlapWeight * std::log(shared + 1e-6F) + near});
  }
  return candidates;
}

/// As many as the largest overlaps sum up to.
std::size_t count_for(const std::vector<Candidate>& candidates) {
  std::vector<float> overlaps;
  for (const auto& candidate : candidates) overlaps.push_back(candidate.overlap);
  const auto most = std::min(kMostCells, overlaps.size());
  std::partial_sort(overlaps.begin(), overlaps.begin() + static_cast<std::ptrdiff_t>(most),
                    overlaps.end(), std::greater<>());
  float sum = 0;
  for (std::size_t i = 0; i < most; ++i) sum += overlaps[i];
  return std::clamp<std::size_t>(static_cast<std::size_t>(sum), 1, std::max<std::size_t>(1, most));
}

}  // namespace

GridCells::GridCells(int width, int height, const std::vector<int>& strides) {
  for (const int stride : strides) {
    for (int y = 0; y < height / stride; ++y) {
      for (int x = 0; x < width / stride; ++x) {
        const auto size = static_cast<float>(stride);
        cells_.push_back(
            {(static_cast<float>(x) + 0.5F) * size, (static_cast<float>(y) + 0.5F) * size, size});
      }
    }
  }
}

std::vector<CellTarget> assign(const GridCells& cells, std::span<const float> outputs,
                               const std::vector<TargetFace>& faces) {
  constexpr auto kNone = std::numeric_limits<std::size_t>::max();
  std::vector<std::size_t> owner(cells.size(), kNone);
  std::vector<float> cost(cells.size(), std::numeric_limits<float>::infinity());
  std::vector<float> quality(cells.size(), 0);
  for (std::size_t f = 0; f < faces.size(); ++f) {
    auto candidates = candidates_for(cells, outputs, faces[f]);
    const auto count = std::min(count_for(candidates), candidates.size());
    std::partial_sort(candidates.begin(), candidates.begin() + static_cast<std::ptrdiff_t>(count),
                      candidates.end(),
                      [](const auto& a, const auto& b) { return a.cost < b.cost; });
    for (std::size_t i = 0; i < count; ++i) {
      const auto& candidate = candidates[i];
      if (candidate.cost >= cost[candidate.cell]) continue;
      owner[candidate.cell] = f;
      cost[candidate.cell] = candidate.cost;
      quality[candidate.cell] = candidate.overlap;
    }
  }
  std::vector<CellTarget> targets;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (owner[i] != kNone) targets.push_back({i, owner[i], quality[i]});
  }
  return targets;
}

void mark_known(const GridCells& cells, const Scene& scene, std::span<float> known) {
  const auto within = [](const GridCells::Cell& cell) {
    return [&cell](const Region& region) {
      return cell.x >= static_cast<float>(region.left) &&
             cell.x < static_cast<float>(region.right) &&
             cell.y >= static_cast<float>(region.top) && cell.y < static_cast<float>(region.bottom);
    };
  };
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const auto inside = within(cells[i]);
    const bool unknown = std::any_of(scene.unknown.begin(), scene.unknown.end(), inside) &&
                         std::none_of(scene.known.begin(), scene.known.end(), inside);
    known[i] = unknown ? 0.0F : 1.0F;
  }
}

}  // namespace mien::train
