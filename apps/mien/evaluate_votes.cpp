#include "evaluate_votes.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/evaluation.h"
#include "core/progress_bar.h"
#include "dataset/fer2013.h"
#include "dataset/fer_plus.h"
#include "dataset/labelled_faces.h"
#include "labelled_faces.h"
#include "mien/error.h"
#include "standard_output.h"

namespace mien::apps {
namespace {

std::string name_of(std::size_t label) {
  return std::string(name(static_cast<FerPlusClass>(label)));
}

/// The model's output for each class, by name.
std::vector<std::size_t> outputs_of(const ModelCard& card) {
  std::vector<std::size_t> outputs;
  for (std::size_t label = 0; label < kFerPlusClasses; ++label) {
    const auto found = std::find(card.vote_labels.begin(), card.vote_labels.end(), name_of(label));
    if (found == card.vote_labels.end() || card.vote_labels.size() != kFerPlusClasses) {
      throw Error(ErrorCode::model, "the model '" + card.name +
                                        "' has other vote_labels than FER+'s eight classes; export "
                                        "it again");
    }
    outputs.push_back(static_cast<std::size_t>(found - card.vote_labels.begin()));
  }
  return outputs;
}

Fer2013 read_rows(const VotesTask& task) {
  const auto split = fer_split_from_name(task.split.empty() ? "PublicTest" : task.split);
  if (!split) {
    throw Error(ErrorCode::usage,
                "--split " + task.split + ": fer2013.csv has Training, PublicTest and PrivateTest");
  }
  const auto votes = votes_of(task.data, task.format);
  if (votes.empty()) {
    throw Error(ErrorCode::usage,
                "FER+'s votes are missing: give them with --votes fer2013new.csv, or lay that file "
                "beside fer2013.csv");
  }
  std::error_code ignored;
  const bool is_folder = std::filesystem::is_directory(task.data, ignored);
  ProgressBar bar("read");
  auto read = read_fer2013({is_folder ? task.data / "fer2013.csv" : task.data, votes}, {*split},
                           [&bar](auto done, auto total) { bar.update(done, total); });
  return std::move(read.front());
}

struct Rows {
  std::vector<ImageView> faces;
  std::vector<std::size_t> labels;
  std::size_t without_majority = 0;
};

Rows rows_with_majority(const Fer2013& all) {
  Rows rows;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto face = all.get(i);
    const auto label = majority(*face.votes);
    if (!label) {
      ++rows.without_majority;
      continue;
    }
    rows.labels.push_back(static_cast<std::size_t>(*label));
    rows.faces.push_back(
        {face.pixels.data(), all.width(), all.height(), all.width(), PixelFormat::gray});
  }
  return rows;
}

std::vector<float> ask(ExpressionClassifier& classifier, const Rows& rows) {
  constexpr std::size_t kBatch = 256;
  const auto outputs = outputs_of(classifier.card());
  std::vector<float> shares;
  ProgressBar bar("evaluate");
  for (std::size_t first = 0; first < rows.faces.size(); first += kBatch) {
    const auto count = std::min(kBatch, rows.faces.size() - first);
    for (const auto& votes :
         classifier.classify_votes(std::span(rows.faces).subspan(first, count))) {
      for (const auto output : outputs) shares.push_back(votes[output]);
    }
    bar.update(first + count, rows.faces.size());
  }
  return shares;
}

std::string to_json(const Evaluation& evaluation, const Rows& rows) {
  nlohmann::ordered_json per_class;
  for (std::size_t label = 0; label < kFerPlusClasses; ++label) {
    const auto& score = evaluation.per_class[label];
    per_class[name_of(label)] = {{"precision", score.precision},
                                 {"recall", score.recall},
                                 {"f1", score.f1},
                                 {"support", score.support}};
  }
  const nlohmann::ordered_json object = {{"n", evaluation.n},
                                         {"without_majority", rows.without_majority},
                                         {"accuracy", evaluation.accuracy},
                                         {"balanced_accuracy", evaluation.balanced_accuracy},
                                         {"macro_f1", evaluation.macro_f1},
                                         {"ece", evaluation.ece},
                                         {"nll", evaluation.nll},
                                         {"per_class", per_class},
                                         {"confusion", evaluation.confusion}};
  return object.dump();
}

void print(const Evaluation& e, const Rows& rows) {
  print_line(fmt::format("faces              {}  (of FER+'s eight classes)", e.n));
  print_line(fmt::format("left out           {}  (no majority of the votes for one of them)",
                         rows.without_majority));
  print_line(fmt::format("accuracy           {:.4f}", e.accuracy));
  print_line(fmt::format("balanced accuracy  {:.4f}", e.balanced_accuracy));
  print_line(fmt::format("macro F1           {:.4f}", e.macro_f1));
  print_line(
      fmt::format("\n{:<10} {:>9} {:>8} {:>8} {:>8}", "", "precision", "recall", "F1", "faces"));
  for (std::size_t label = 0; label < kFerPlusClasses; ++label) {
    const auto& score = e.per_class[label];
    print_line(fmt::format("{:<10} {:>9.3f} {:>8.3f} {:>8.3f} {:>8}", name_of(label),
                           score.precision, score.recall, score.f1, score.support));
  }
}

}  // namespace

bool votes_are_wanted(const ModelCard& card, const VotesTask& task) {
  return !card.vote_labels.empty() && format_of(task.data, task.format.format) == kFerPlusFormat;
}

void evaluate_votes(ExpressionClassifier& classifier, const VotesTask& task) {
  const auto all = read_rows(task);
  const auto rows = rows_with_majority(all);
  if (rows.faces.empty()) {
    throw Error(ErrorCode::input,
                task.data.string() + ": no row whose votes have a majority; give another split");
  }
  const auto evaluation = evaluate(ask(classifier, rows), kFerPlusClasses, rows.labels);
  if (task.json) {
    print_line(to_json(evaluation, rows));
  } else {
    print(evaluation, rows);
  }
}

}  // namespace mien::apps
