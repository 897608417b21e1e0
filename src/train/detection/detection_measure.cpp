#include "train/detection/detection_measure.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/detection_evaluation.h"

namespace mien::train {
namespace {

constexpr std::size_t kBatchSize = 4;
constexpr float kMaxOverlap = 0.5F;
constexpr std::size_t kMostFaces = 1000;
constexpr float kSameFace = 0.4F;

int rounded_up(int length) {
  constexpr int kLargestStride = 32;
  return (length + kLargestStride - 1) / kLargestStride * kLargestStride;
}

/// Pictures side by side on black, as bytes N x H x W x 3.
torch::Tensor stacked(std::span<const MeasuredPicture> pictures) {
  int width = 0;
  int height = 0;
  for (const auto& [picture, marked] : pictures) {
    width = std::max(width, rounded_up(picture.width()));
    height = std::max(height, rounded_up(picture.height()));
  }
  auto batch =
      torch::zeros({static_cast<std::int64_t>(pictures.size()), height, width, 3}, torch::kByte);
  auto* bytes = batch.data_ptr<std::uint8_t>();
  for (const auto& [picture, marked] : pictures) {
    const auto view = picture.view();
    for (int y = 0; y < view.height; ++y) {
      std::copy_n(view.row(y), view.width * 3, bytes + static_cast<std::ptrdiff_t>(y) * width * 3);
    }
    bytes += static_cast<std::ptrdiff_t>(height) * width * 3;
  }
  return batch;
}

std::vector<FaceCandidate> faces_in(const std::vector<torch::Tensor>& grids, std::int64_t index,
                                    const std::vector<int>& strides) {
  std::vector<torch::Tensor> kept;  // what the views look at
  std::vector<FaceGrid> views;
  for (std::size_t i = 0; i < grids.size(); ++i) {
    kept.push_back(grids[i][index].to(torch::kCPU, torch::kFloat).contiguous());
    const auto& grid = kept.back();
    views.push_back({{grid.data_ptr<float>(), static_cast<std::size_t>(grid.numel())},
                     static_cast<int>(grid.size(2)),
                     static_cast<int>(grid.size(1)),
                     strides[i]});
  }
  return suppress(find_faces(views), kMaxOverlap, kMostFaces);
}

/// Runs the network on all pictures and gives what it finds in each to `take`.
template <typename Take>
void for_each(FaceArchitecture& network, const std::vector<MeasuredPicture>& pictures,
              const MeasuringContext& context, Take&& take) {
  const torch::NoGradGuard no_gradient;
  network.eval();
  const std::span<const MeasuredPicture> all(pictures);
  for (std::size_t first = 0; first < all.size(); first += kBatchSize) {
    const auto batch = all.subspan(first, std::min(kBatchSize, all.size() - first));
    const auto inputs = stacked(batch).to(context.device).permute({0, 3, 1, 2}).to(torch::kFloat);
    const Autocast autocast(context.precision, context.device);
    const auto grids = network.forward(inputs);
    for (std::size_t i = 0; i < batch.size(); ++i) {
      take(batch[i], faces_in(grids, static_cast<std::int64_t>(i), network.strides()));
    }
  }
}

int rounded(float value) { return static_cast<int>(std::lround(value)); }

Box box_of(float left, float top, float right, float bottom) {
  return {rounded(left), rounded(top), rounded(right) - rounded(left),
          rounded(bottom) - rounded(top)};
}

DetectionResult compared(const MeasuredPicture& picture, const std::vector<FaceCandidate>& found) {
  DetectionResult result;
  result.all_marked = picture.marked.all_marked;
  const auto width = static_cast<float>(picture.picture.width());
  const auto height = static_cast<float>(picture.picture.height());
  for (const auto& face : found) {
    const auto box =
        box_of(std::clamp(face.left, 0.0F, width), std::clamp(face.top, 0.0F, height),
               std::clamp(face.right, 0.0F, width), std::clamp(face.bottom, 0.0F, height));
    if (area(box) > 0) result.found.push_back({box, face.score, std::nullopt});
  }
  for (const auto& face : picture.marked.faces) {
    result.annotated.push_back(
        {box_of(face.x, face.y, face.x + face.width, face.y + face.height), face.valid});
  }
  return result;
}

std::vector<DetectionResult> results_of(FaceArchitecture& network,
                                        const std::vector<MeasuredPicture>& pictures,
                                        const MeasuringContext& context) {
  std::vector<DetectionResult> results;
  for_each(network, pictures, context, [&](const auto& picture, const auto& found) {
    results.push_back(compared(picture, found));
  });
  return results;
}

Measures average_precisions(const std::vector<DetectionResult>& results) {
  Measures measures;
  for (const int height : kMeasuredHeights) {
    measures.emplace_back("average_precision_" + std::to_string(height),
                          evaluate_detection(results, height, 0.5).average_precision);
  }
  return measures;
}

/// With the largest harmonic mean of precision and recall.
DetectionPoint best_point(const std::vector<DetectionPoint>& curve) {
  DetectionPoint best{0.5F, 0, 0};
  const auto f1 = [](const DetectionPoint& point) {
    const double sum = point.precision + point.recall;
    return sum > 0 ? 2 * point.precision * point.recall / sum : 0;
  };
  for (const auto& point : curve) {
    if (f1(point) > f1(best)) best = point;
  }
  return best;
}

double distance(const Point& a, const Point& b) { return std::hypot(a.x - b.x, a.y - b.y); }

}  // namespace

Measures measure_detection(FaceArchitecture& network, const std::vector<MeasuredPicture>& pictures,
                           const MeasuringContext& context) {
  return average_precisions(results_of(network, pictures, context));
}

Measures measure_threshold(FaceArchitecture& network, const std::vector<MeasuredPicture>& pictures,
                           const MeasuringContext& context) {
  const auto results = results_of(network, pictures, context);
  auto measures = average_precisions(results);
  const auto best = best_point(evaluate_detection(results, kMeasuredHeights.front(), 0.5).curve);
  measures.emplace_back("best_f1_score", best.score);
  measures.emplace_back("best_f1_precision", best.precision);
  measures.emplace_back("best_f1_recall", best.recall);
  return measures;
}

Measures measure_landmarks(FaceArchitecture& network, const std::vector<MeasuredPicture>& faces,
                           const MeasuringContext& context) {
  double in_boxes = 0;
  double in_eyes = 0;
  std::size_t found_faces = 0;
  for_each(network, faces, context, [&](const auto& picture, const auto& found) {
    const auto& face = picture.marked.faces.front();
    const FaceCandidate marked{face.x, face.y,         face.x + face.width, face.y + face.height,
                               1,      *face.landmarks};
    const auto same = std::max_element(
        found.begin(), found.end(),
        [&](const auto& a, const auto& b) { return iou(a, marked) < iou(b, marked); });
    if (same == found.end() || iou(*same, marked) < kSameFace) return;
    double error = 0;
    for (std::size_t i = 0; i < marked.landmarks.size(); ++i) {
      error += distance(same->landmarks[i], marked.landmarks[i]);
    }
    error /= static_cast<double>(marked.landmarks.size());
    in_boxes += error / std::sqrt(face.width * face.height);
    in_eyes += error / std::max(1.0, distance(marked.landmarks[0], marked.landmarks[1]));
    ++found_faces;
  });
  const auto count = static_cast<double>(std::max<std::size_t>(1, found_faces));
  return {{"landmarks_error", in_boxes / count},
          {"landmarks_error_eyes", in_eyes / count},
          {"landmarks_found", static_cast<double>(found_faces) /
                                  static_cast<double>(std::max<std::size_t>(1, faces.size()))}};
}

}  // namespace mien::train
