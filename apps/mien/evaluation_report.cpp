#include "evaluation_report.h"

#include <algorithm>

#include "output/report/evaluation_report.h"

namespace mien::apps {
namespace {

constexpr std::size_t kPairs = 6;
constexpr std::size_t kExamples = 8;

Image picture_of(const FaceDataset& faces, std::size_t index) {
  Image picture(faces.width(), faces.height(), PixelFormat::gray);
  const auto face = faces.get(index);
  std::copy(face.pixels.begin(), face.pixels.end(), picture.pixels().begin());
  return picture;
}

/// The faces with that label of which that was said, the surest first.
std::vector<ConfusedFace> examples_of(const ReportSource& source, const ConfusedPair& pair) {
  const auto confidence = [&](std::size_t face) {
    return source.answers.probabilities[face][static_cast<std::size_t>(pair.said)];
  };
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < source.answers.labels.size(); ++i) {
    if (source.answers.labels[i] == pair.label &&
        most_probable(source.answers.probabilities[i]) == pair.said) {
      found.push_back(i);
    }
  }
  std::stable_sort(found.begin(), found.end(),
                   [&](std::size_t a, std::size_t b) { return confidence(a) > confidence(b); });
  found.resize(std::min(found.size(), kExamples));
  std::vector<ConfusedFace> examples;
  for (const auto face : found) {
    examples.push_back({picture_of(source.faces, face), confidence(face)});
  }
  return examples;
}

/// The pairs with the most faces.
std::vector<ConfusedPair> confused_pairs(const ReportSource& source) {
  std::vector<ConfusedPair> pairs;
  for (const auto label : all_expressions()) {
    for (const auto said : all_expressions()) {
      const auto count =
          source.evaluation
              .confusion[static_cast<std::size_t>(label)][static_cast<std::size_t>(said)];
      if (label != said && count > 0) pairs.push_back({label, said, count, {}});
    }
  }
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const ConfusedPair& a, const ConfusedPair& b) { return a.count > b.count; });
  pairs.resize(std::min(pairs.size(), kPairs));
  for (auto& pair : pairs) pair.examples = examples_of(source, pair);
  return pairs;
}

}  // namespace

std::string report_html(const ReportSource& source) {
  EvaluationReport report;
  report.card = source.card;
  report.data = source.data.filename().string();
  report.split = source.split;
  report.method = source.method;
  report.evaluation = source.evaluation;
  report.coverage = source.coverage;
  report.reliability = reliability(source.answers.probabilities, source.answers.labels);
  for (const auto expression : all_expressions()) {
    report.curves.push_back(
        class_curve(source.answers.probabilities, source.answers.labels, expression));
  }
  report.confused = confused_pairs(source);
  return to_html(report);
}

}  // namespace mien::apps
