#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <array>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "commands.h"
#include "core/evaluation.h"
#include "inference/onednn/onednn_executor.h"
#include "inference/range_meter.h"
#include "labelled_faces.h"
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
};

Ranges measure(const Options& options) {
  RangeMeter meter;
  ExpressionClassifier classifier(make_metering_network(find_model(options.model), {}, meter));
  const auto faces = read_labelled_faces(options.data, options.split, classifier.card().input);
  ask(classifier, *faces, "measure", false,
      std::max<std::size_t>(1, faces->size() / options.faces));
  return meter.ranges();
}

/// How often the model is right in each precision that this processor has.
std::map<std::string, double> check_accuracy(const Path& model, const FaceDataset& faces) {
  std::map<std::string, double> metrics;
  double exact = 0;
  print_line(fmt::format("{:<10} {:>9} {:>8}", "precision", "accuracy", "loss"));
  for (const auto precision : {Precision::float32, Precision::bfloat16, Precision::int8}) {
    if (!has_instructions_for(precision)) {
      print_line(fmt::format("{:<10} this processor has no instructions for it", name(precision)));
      continue;
    }
    ExpressionClassifier classifier(
        make_network(model, {.engine = "onednn", .precision = precision, .threads = 0}));
    const auto answers = ask(classifier, faces, std::string(name(precision)));
    const double accuracy = evaluate(answers.probabilities, answers.labels).accuracy;
    if (precision == Precision::float32) {
      exact = accuracy;
    } else {
      metrics["accuracy_" + std::string(name(precision))] = accuracy;
    }
    print_line(
        fmt::format("{:<10} {:>9.4f} {:>8.4f}", name(precision), accuracy, exact - accuracy));
  }
  return metrics;
}

void run(const Options& options) {
  const auto model = find_model(options.model);
  const auto check =
      read_labelled_faces(options.data, options.check_split, read_model_card(model).input);
  const auto ranges = measure(options);
  write_with_ranges(model, ranges, {}, options.out);
  write_with_ranges(options.out, ranges, check_accuracy(options.out, *check), options.out);
  print_line("written to " + options.out.string());
}

}  // namespace

void add_calibrate_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "calibrate", "Make a model fit for int8, and measure what fewer bits cost in accuracy");
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
                   "the faces that the accuracy is measured on, for the card")
      ->type_name("SPLIT")
      ->default_val("PublicTest");
  command->add_option("--out", options->out, "the model to write")->type_name("FILE")->required();
  command->footer(
      "The ranges of the tensors, and the accuracy in bfloat16 and int8, are written into the "
      "copy.\n\n"
      "Example: mien calibrate mien-base --data fer2013.csv --out mien-base-int8.onnx");
  command->callback([options] { run(*options); });
}

}  // namespace mien::apps
