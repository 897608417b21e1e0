#include "core/class_curve.h"

#include <algorithm>
#include <numeric>

#include "mien/error.h"

namespace mien {

ClassCurve class_curve(std::span<const Probabilities> predictions,
                       std::span<const Expression> labels, Expression expression) {
  if (predictions.size() != labels.size()) {
    throw Error(ErrorCode::internal, "class_curve: expected one prediction for each label");
  }
  const auto probability = [&](std::size_t face) {
    return predictions[face][static_cast<std::size_t>(expression)];
  };
  std::vector<std::size_t> order(labels.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return probability(a) > probability(b); });
  const auto all = static_cast<double>(std::count(labels.begin(), labels.end(), expression));
  ClassCurve curve;
  if (all == 0) return curve;
  double right = 0;
  double last_recall = 0;
  for (std::size_t named = 1; named <= order.size(); ++named) {
    right += labels[order[named - 1]] == expression ? 1 : 0;
    const bool next_is_equal =
        named < order.size() && probability(order[named]) == probability(order[named - 1]);
    if (next_is_equal) continue;  // no threshold lies between them
    const ClassPoint point{right / all, right / static_cast<double>(named)};
    curve.average_precision += (point.recall - last_recall) * point.precision;
    last_recall = point.recall;
    curve.points.push_back(point);
  }
  return curve;
}

}  // namespace mien
