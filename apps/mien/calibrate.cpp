#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>
#include <filesystem>
#include <memory>
#include <string>

#include "commands.h"
#include "core/evaluation.h"
#include "inference/ensemble.h"
#include "inference/onednn/onednn_executor.h"
#include "inference/range_meter.h"
#include "labelled_faces.h"
#include "measured_card.h"
#include "mien/error.h"
#include "mien/models.h"
#include "standard_output.h"

namespace mien::apps {
namespace {

using Path = std::filesystem::path;

struct Options {
  std::string model;
  Path data;
  std::string split;
  std::string check_split;
  Path out;
  std::size_t faces = 2000;
  bool balance = false;
};

Ranges measure(const Options& options) {
  RangeMeter meter;
  ExpressionClassifier classifier(make_metering_network(find_model(options.model), {}, meter));
  const auto faces = read_labelled_faces(options.data, options.split, classifier.card().input);
  ask(classifier, *faces, "measure", std::max<std::size_t>(1, faces->size() / options.faces));
  return meter.ranges();
}

void print_accuracy(Precision precision, double accuracy, double exact) {
  print_line(fmt::format("{:<10} {:>9.4f} {:>8.4f}", name(precision), accuracy, exact - accuracy));
}

/// How often the model is right in fewer bits, where this processor has instructions for them.
void check_precisions(const Path& model, const Ranges& ranges, const FaceDataset& faces,
                      ModelCard& card) {
  const auto before = read_model_card(model);
  for (const auto precision : {Precision::bfloat16, Precision::int8}) {
    if (!has_instructions_for(precision)) {
      print_line(fmt::format("{:<10} this processor has no instructions for it", name(precision)));
      continue;
    }
    ExpressionClassifier classifier(
        make_ranged_network(model, ranges, {.precision = precision, .threads = 0}));
    const auto answers = ask(classifier, faces, std::string(name(precision)));
    const auto said = recalibrated(answers.probabilities, before, card);
    const double accuracy = evaluate(said, answers.labels).accuracy;
    card.metrics["accuracy_" + std::string(name(precision))] = accuracy;
    print_accuracy(precision, accuracy, card.metrics.at("accuracy"));
  }
}

/// How many faces of each expression there are.
std::array<std::size_t, kExpressionCount> count_training_faces(const Options& options,
                                                               const Preprocessing& input) {
  const auto faces = read_labelled_faces(options.data, options.split, input);
  std::array<std::size_t, kExpressionCount> counts{};
  for (std::size_t i = 0; i < faces->size(); ++i) {
    ++counts[static_cast<std::size_t>(faces->get(i).label)];
  }
  for (const auto expression : all_expressions()) {
    if (counts[static_cast<std::size_t>(expression)] > 0) continue;
    throw Error(ErrorCode::input, options.data.string() + ": no " + std::string(name(expression)) +
                                      " in its split " + options.split +
                                      ", whose shares --balance goes by; leave --balance out");
  }
  return counts;
}

/// What it is in float32, and what follows from that for the card.
Evaluation check_floats(const Options& options, const Ranges& ranges, const FaceDataset& faces,
                        ModelCard& card) {
  const auto before = card;
  ExpressionClassifier classifier(
      make_ranged_network(find_model(options.model), ranges, {.threads = 0}));
  auto answers = ask(classifier, faces, std::string(name(Precision::float32)));
  if (options.balance) {
    balance_card(card, answers.probabilities, answers.labels,
                 count_training_faces(options, card.input));
    answers.probabilities = recalibrated(answers.probabilities, before, card);
  }
  const auto evaluation = calibrate_card(card, answers.probabilities, answers.labels);
  print_line(fmt::format("{:<10} {:>9} {:>8}", "precision", "accuracy", "loss"));
  print_accuracy(Precision::float32, evaluation.accuracy, evaluation.accuracy);
  return evaluation;
}

void run(const Options& options) {
  const auto model = find_model(options.model);
  if (is_ensemble(model)) {
    throw Error(ErrorCode::usage, model.string() +
                                      ": an ensemble, whose members are calibrated one by one; "
                                      "make it anew of those with `mien ensemble`");
  }
  auto card = read_model_card(model);
  const auto check = read_labelled_faces(options.data, options.check_split, card.input);
  const auto ranges = measure(options);
  const auto evaluation = check_floats(options, ranges, *check, card);
  check_precisions(model, ranges, *check, card);
  if (card.selection_split.empty()) {
    card.selection_split = options.check_split;
  } else if (card.selection_split != options.check_split) {
    card.selection_split += "; calibrated and measured on " + options.check_split;
  }
  write_calibrated(model, ranges, card, options.out);
  print_line(fmt::format("\ntemperature {:.4f}, uncertain below {:.2f}, calibration error {:.4f}",
                         card.temperature, card.uncertain_below, evaluation.ece));
  if (options.balance) {
    print_line(card.logit_offsets.empty()
                   ? "balance     nothing that costs no accuracy finds rare expressions more often"
                   : fmt::format("balance     adds {:+.3f} to the logits; balanced accuracy {:.4f}",
                                 fmt::join(card.logit_offsets, ", "),
                                 evaluation.balanced_accuracy));
  }
  print_line("written to " + options.out.string());
}

}  // namespace

void add_calibrate_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "calibrate",
      "Fit a model's probabilities and what is uncertain, and make it fit for fewer bits");
  command->add_option("MODEL", options->model, "a model's name or file")->type_name("")->required();
  command
      ->add_option("--data", options->data,
                   "fer2013.csv, or a folder with SPLIT/LABEL/*.png (also .jpg)")
      ->type_name("DATA")
      ->required();
  command->add_option("--split", options->split, "the faces that the ranges are measured on")
      ->type_name("SPLIT")
      ->default_val("Training");
  command->add_option("--faces", options->faces, "about how many of them, spread over the split")
      ->check(CLI::Range(1, 1'000'000).description(""))
      ->type_name("N")
      ->capture_default_str();
  command
      ->add_option("--check", options->check_split,
                   "the faces that it is fitted and measured on, for the card")
      ->type_name("SPLIT")
      ->default_val("PublicTest");
  command->add_flag("--balance", options->balance,
                    "favour expressions that are rare in --split, as far as that costs no accuracy "
                    "on --check");
  command->add_option("--out", options->out, "the model to write")->type_name("FILE")->required();
  command->footer(
      "Written into the copy: the temperature and the confidence below which a face is uncertain, "
      "the metrics and the confusion matrix, all in float32; the ranges of the tensors for int8, "
      "and "
      "the accuracy in bfloat16 and int8.\n\n"
      "Example: mien calibrate mien-base --data fer2013.csv --out mien-base-int8.onnx");
  command->callback([options] { run(*options); });
}

}  // namespace mien::apps
