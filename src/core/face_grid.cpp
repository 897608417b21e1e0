#include "core/face_grid.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace mien {
namespace {

/// Fitted on the validation split of docs/results.md.
constexpr float kAgreement = 0.3F;
constexpr float kEvenScore = 0.31F;
/// Pixels that no rounding of a box reaches.
constexpr float kRounding = 0.01F;
/// Some ten cells see a face. Comparing more of them would take too long.
constexpr std::size_t kMostCells = 20'000;
/// Larger than any picture in strides; keeps exp() and what follows finite.
constexpr float kLargestLogarithm = 12.0F;

float sigmoid(float logit) { return 1.0F / (1.0F + std::exp(-logit)); }

/// The logit below which a score is too low; a score of 0 takes every cell.
float logit_of(float score) {
  if (score <= 0.0F) return -INFINITY;
  if (score >= 1.0F) return INFINITY;
  return std::log(score / (1.0F - score));
}

/// Nearly all cells say that there is no face; without a branch for each, compilers take many of
/// them at once.
constexpr std::size_t kBlock = 64;

bool reaches(std::span<const float> logits, float lowest) {
  unsigned any = 0;
  for (const float logit : logits) any |= logit >= lowest ? 1U : 0U;
  return any != 0;
}

bool is_finite(const FaceCandidate& face) {
  // One number that is not finite makes the sum so.
  float sum = face.left + face.top + face.right + face.bottom + face.score;
  for (const auto& point : face.landmarks) sum += point.x + point.y;
  return std::isfinite(sum);
}

FaceCandidate decode_cell(const FaceGrid& grid, std::size_t cell) {
  const auto plane_size =
      static_cast<std::size_t>(grid.width) * static_cast<std::size_t>(grid.height);
  const auto value = [&](std::size_t plane) { return grid.values[plane * plane_size + cell]; };
  const auto stride = static_cast<float>(grid.stride);
  const auto columns = static_cast<std::size_t>(grid.width);
  const Point point{(static_cast<float>(cell % columns) + 0.5F) * stride,
                    (static_cast<float>(cell / columns) + 0.5F) * stride};
  const float x = point.x + value(1) * stride;
  const float y = point.y + value(2) * stride;
  const float half_width = 0.5F * std::exp(std::min(value(3), kLargestLogarithm)) * stride;
  const float half_height = 0.5F * std::exp(std::min(value(4), kLargestLogarithm)) * stride;
  FaceCandidate face{x - half_width,  y - half_height,   x + half_width,
                     y + half_height, sigmoid(value(0)), {}};
  for (std::size_t i = 0; i < face.landmarks.size(); ++i) {
    face.landmarks[i] = {point.x + value(5 + 2 * i) * stride, point.y + value(6 + 2 * i) * stride};
  }
  return face;
}

/// Boxes side by side, so that compilers compare many at once with another: where many faces are,
/// that is most of the work.
class Boxes {
 public:
  void add(const FaceCandidate& face) {
    left_.push_back(face.left);
    top_.push_back(face.top);
    right_.push_back(face.right);
    bottom_.push_back(face.bottom);
    area_.push_back(area_of(face));
  }

  /// The sum of `weights`, one for each box, of those from `first` to before `last` that overlap
  /// `face` by half or more.
  float sum_of_overlapping(const FaceCandidate& face, std::span<const float> weights,
                           std::size_t first, std::size_t last) const {
    const float area = (face.right - face.left) * (face.bottom - face.top);
    float sum = 0;
    for (std::size_t i = first; i < last; ++i) {
      const float width = smaller(face.right, right_[i]) - larger(face.left, left_[i]);
      const float height = smaller(face.bottom, bottom_[i]) - larger(face.top, top_[i]);
      const float shared = larger(width, 0) * larger(height, 0);
      const float both = area + (right_[i] - left_[i]) * (bottom_[i] - top_[i]);
      sum += shared >= 0.5F * (both - shared) ? weights[i] : 0.0F;
    }
    return sum;
  }

  /// Whether one of them and `face` have an intersection over union of more than `most`.
  bool overlap(const FaceCandidate& face, float most) const {
    const float area = area_of(face);
    unsigned any = 0;
    for (std::size_t i = 0; i < left_.size(); ++i) {
      const float width = smaller(face.right, right_[i]) - larger(face.left, left_[i]);
      const float height = smaller(face.bottom, bottom_[i]) - larger(face.top, top_[i]);
      const float shared = larger(width, 0) * larger(height, 0);
      any |= shared > most * (area + area_[i] - shared) ? 1U : 0U;
    }
    return any != 0;
  }

 private:
  // By value and without a branch, unlike std::min and std::max.
  static float smaller(float a, float b) { return a < b ? a : b; }
  static float larger(float a, float b) { return a > b ? a : b; }

  static float area_of(const FaceCandidate& face) {
    return larger(face.right - face.left, 0) * larger(face.bottom - face.top, 0);
  }

  std::vector<float> left_, top_, right_, bottom_, area_;
};

}  // namespace

std::vector<FaceCandidate> decode_faces(std::span<const FaceGrid> grids, float min_score) {
  const float lowest = logit_of(min_score);
  std::vector<FaceCandidate> faces;
  for (const auto& grid : grids) {
    const auto cells = static_cast<std::size_t>(grid.width) * static_cast<std::size_t>(grid.height);
    const auto logits = grid.values.first(cells);
    for (std::size_t first = 0; first < cells; first += kBlock) {
      const auto block = logits.subspan(first, std::min(kBlock, cells - first));
      if (!reaches(block, lowest)) continue;
      for (std::size_t i = 0; i < block.size(); ++i) {
        if (!(block[i] >= lowest)) continue;
        const auto face = decode_cell(grid, first + i);
        if (is_finite(face)) faces.push_back(face);
      }
    }
  }
  return faces;
}

float iou(const FaceCandidate& a, const FaceCandidate& b) {
  const float width = std::min(a.right, b.right) - std::max(a.left, b.left);
  const float height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
  if (width <= 0 || height <= 0) return 0;
  const float shared = width * height;
  const float both =
      (a.right - a.left) * (a.bottom - a.top) + (b.right - b.left) * (b.bottom - b.top);
  return shared / (both - shared);
}

void weigh_agreement(std::vector<FaceCandidate>& candidates) {
  const auto middle = [](const FaceCandidate& face) { return 0.5F * (face.top + face.bottom); };
  std::stable_sort(candidates.begin(), candidates.end(),
                   [&](const auto& a, const auto& b) { return middle(a) < middle(b); });
  Boxes boxes;
  std::vector<float> scores;
  std::vector<float> middles;
  for (const auto& candidate : candidates) {
    boxes.add(candidate);
    scores.push_back(candidate.score);
    middles.push_back(middle(candidate));
  }
  const auto place = [&middles](auto bound, float value) {
    return static_cast<std::size_t>(bound(middles.begin(), middles.end(), value) - middles.begin());
  };
  const auto lower = [](auto... range) { return std::lower_bound(range...); };
  const auto upper = [](auto... range) { return std::upper_bound(range...); };
  for (auto& candidate : candidates) {
    // The middles of boxes that overlap by half lie within half of each one's height.
    const float reach = 0.5F * (candidate.bottom - candidate.top) + kRounding;
    const float at = middle(candidate);
    const float sum = boxes.sum_of_overlapping(candidate, scores, place(lower, at - reach),
                                               place(upper, at + reach));
    const float sure = candidate.score * (1 - std::exp(-kAgreement * sum)) / kEvenScore;
    candidate.score = 1 - std::exp2(-sure * sure);
  }
}

std::vector<FaceCandidate> find_faces(std::span<const FaceGrid> grids) {
  auto faces = decode_faces(grids, kFaintestScore);
  if (faces.size() > kMostCells) {
    const auto last = faces.begin() + static_cast<std::ptrdiff_t>(kMostCells);
    std::nth_element(faces.begin(), last, faces.end(),
                     [](const auto& a, const auto& b) { return a.score > b.score; });
    faces.erase(last, faces.end());
  }
  weigh_agreement(faces);
  return faces;
}

std::vector<FaceCandidate> suppress(std::vector<FaceCandidate> candidates, float max_overlap,
                                    std::size_t max_faces) {
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const auto& a, const auto& b) { return a.score > b.score; });
  std::vector<FaceCandidate> kept;
  Boxes boxes;
  for (const auto& candidate : candidates) {
    if (kept.size() >= max_faces) break;
    if (boxes.overlap(candidate, max_overlap)) continue;
    kept.push_back(candidate);
    boxes.add(candidate);
  }
  return kept;
}

}  // namespace mien
