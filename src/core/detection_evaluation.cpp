#include "core/detection_evaluation.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>

namespace mien {
namespace {

/// One of the boxes found, in all pictures.
struct Finding {
  float score = 0;
  std::size_t picture = 0;
  Box box;
};

enum class Verdict { right, wrong, not_counted };

std::vector<Finding> surest_first(std::span<const DetectionResult> results) {
  std::vector<Finding> findings;
  for (std::size_t picture = 0; picture < results.size(); ++picture) {
    for (const auto& face : results[picture].found) {
      if (!std::isnan(face.score)) findings.push_back({face.score, picture, face.box});
    }
  }
  std::ranges::stable_sort(findings, std::greater<>(), &Finding::score);
  return findings;
}

/// Compares findings, the surest first, with what is annotated.
class Judge {
 public:
  Judge(std::span<const DetectionResult> results, int min_height, double min_overlap)
      : results_(results), min_height_(min_height), min_overlap_(min_overlap) {
    for (const auto& result : results) {
      taken_.emplace_back(result.annotated.size(), false);
      faces_ += static_cast<std::size_t>(
          std::ranges::count_if(result.annotated, [this](auto& face) { return required(face); }));
    }
  }

  std::size_t faces() const { return faces_; }

  Verdict judge(const Finding& finding) {
    const auto& [found, annotated, all_marked] = results_[finding.picture];
    auto& taken = taken_[finding.picture];
    std::optional<std::size_t> best;
    double best_overlap = 0;
    bool ignored = false;
    bool again = false;  // a face that a surer one took
    for (std::size_t i = 0; i < annotated.size(); ++i) {
      const double overlap = iou(finding.box, annotated[i].box);
      if (overlap < min_overlap_) continue;
      if (!required(annotated[i])) {
        ignored = true;
      } else if (taken[i]) {
        again = true;
      } else if (!best || overlap > best_overlap) {
        best = i;
        best_overlap = overlap;
      }
    }
    if (!best) {
      const bool unknown = !all_marked && !again;
      return ignored || unknown ? Verdict::not_counted : Verdict::wrong;
    }
    taken[*best] = true;
    return Verdict::right;
  }

 private:
  bool required(const AnnotatedFace& face) const {
    return face.valid && face.box.height >= min_height_;
  }

  std::span<const DetectionResult> results_;
  int min_height_;
  double min_overlap_;
  std::vector<std::vector<bool>> taken_;  ///< annotated faces of each picture
  std::size_t faces_ = 0;
};

DetectionPoint point_at(float score, std::size_t right, std::size_t wrong, std::size_t faces) {
  const auto share = [right](std::size_t all) {
    return all == 0 ? 0.0 : static_cast<double>(right) / static_cast<double>(all);
  };
  return {score, share(right + wrong), share(faces)};
}

double area_under(std::span<const DetectionPoint> curve) {
  double area = 0;
  double best_precision = 0;  // with this recall or more
  for (std::size_t i = curve.size(); i-- > 0;) {
    best_precision = std::max(best_precision, curve[i].precision);
    area += best_precision * (curve[i].recall - (i == 0 ? 0.0 : curve[i - 1].recall));
  }
  return area;
}

}  // namespace

DetectionEvaluation evaluate_detection(std::span<const DetectionResult> results, int min_height,
                                       double threshold, double min_overlap) {
  Judge judge(results, min_height, min_overlap);
  DetectionEvaluation evaluation;
  evaluation.faces = judge.faces();
  std::size_t right = 0;
  std::size_t wrong = 0;
  for (const auto& finding : surest_first(results)) {
    const auto verdict = judge.judge(finding);
    if (verdict == Verdict::not_counted) continue;
    ++(verdict == Verdict::right ? right : wrong);
    const auto point = point_at(finding.score, right, wrong, evaluation.faces);
    // Findings of the same score come and go together.
    const bool same = !evaluation.curve.empty() && evaluation.curve.back().score == finding.score;
    if (same) evaluation.curve.pop_back();
    evaluation.curve.push_back(point);
    if (finding.score >= static_cast<float>(threshold)) {  // scores are floats themselves
      evaluation.precision = point.precision;
      evaluation.recall = point.recall;
    }
  }
  evaluation.average_precision = area_under(evaluation.curve);
  return evaluation;
}

}  // namespace mien
