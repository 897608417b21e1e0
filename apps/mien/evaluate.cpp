#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "augmentation_option.h"
#include "commands.h"
#include "core/atomic_file.h"
#include "core/calibration.h"
#include "core/evaluation.h"
#include "core/group_evaluation.h"
#include "coverage_output.h"
#include "detector_options.h"
#include "evaluate_attributes.h"
#include "evaluate_detection.h"
#include "evaluate_votes.h"
#include "evaluation_report.h"
#include "labelled_faces.h"
#include "mien/error.h"
#include "mien/expression_classifier.h"
#include "model_options.h"
#include "output/plots.h"
#include "standard_output.h"

namespace mien::apps {
namespace {

using Path = std::filesystem::path;

struct Options {
  std::string task = "expression";
  ModelOptions model;
  Path data;
  std::string split;
  DataFormatOptions format;
  std::vector<std::string> group_by;
  bool json = false;
  AugmentationOption augmentation;
  Path plots;
  Path metrics;
  Path report;
  DetectorOptions detector;
  DetectionTask detection;
  AttributesTask attributes;
};

nlohmann::ordered_json to_json(const GroupEvaluation& groups) {
  nlohmann::ordered_json object;
  for (const auto& [kind, scores] : groups.kinds) {
    for (const auto& score : scores) {
      object[kind][score.name] = {
          {"n", score.n}, {"accuracy", score.accuracy}, {"macro_f1", score.macro_f1}};
    }
  }
  return object;
}

nlohmann::ordered_json to_json(const std::optional<GroupGap>& gap) {
  if (!gap) return nullptr;
  return {
      {"kind", gap->kind}, {"best", gap->best}, {"worst", gap->worst}, {"accuracy", gap->accuracy}};
}

std::string to_json(const Evaluation& evaluation, std::span<const Coverage> coverage,
                    double images_per_second, const std::optional<GroupEvaluation>& groups) {
  nlohmann::ordered_json per_class;
  for (const auto expression : all_expressions()) {
    const auto& score = evaluation.per_class[static_cast<std::size_t>(expression)];
    per_class[std::string(name(expression))] = {{"precision", score.precision},
                                                {"recall", score.recall},
                                                {"f1", score.f1},
                                                {"support", score.support}};
  }
  nlohmann::ordered_json object = {{"n", evaluation.n},
                                   {"accuracy", evaluation.accuracy},
                                   {"balanced_accuracy", evaluation.balanced_accuracy},
                                   {"macro_f1", evaluation.macro_f1},
                                   {"ece", evaluation.ece},
                                   {"nll", evaluation.nll},
                                   {"per_class", per_class},
                                   {"confusion", evaluation.confusion},
                                   {"coverage", coverage_to_json(coverage)},
                                   {"images_per_second", images_per_second}};
  if (groups) {
    object["groups"] = to_json(*groups);
    object["largest_gap"] = to_json(groups->largest_gap);
  }
  return object.dump();
}

void print_summary(const Evaluation& e, const Answers& answers) {
  print_line(fmt::format("faces              {}", e.n));
  print_line(fmt::format("accuracy           {:.4f}", e.accuracy));
  print_line(fmt::format("balanced accuracy  {:.4f}", e.balanced_accuracy));
  print_line(fmt::format("macro F1           {:.4f}", e.macro_f1));
  print_line(fmt::format("calibration error  {:.4f}  ({} bins)", e.ece, kReliabilityBins));
  print_line(fmt::format("neg. likelihood    {:.4f}  (mean of -log)", e.nll));
  print_line(fmt::format("images per second  {:.0f}", answers.images_per_second));
}

void print_classes(const Evaluation& evaluation) {
  print_line(
      fmt::format("\n{:<10} {:>9} {:>8} {:>8} {:>8}", "", "precision", "recall", "F1", "faces"));
  for (const auto expression : all_expressions()) {
    const auto& score = evaluation.per_class[static_cast<std::size_t>(expression)];
    print_line(fmt::format("{:<10} {:>9.3f} {:>8.3f} {:>8.3f} {:>8}", name(expression),
                           score.precision, score.recall, score.f1, score.support));
  }
}

void print_confusion(const Evaluation& evaluation) {
  std::string header = fmt::format("\n{:<10}", "true \\ said");
  for (const auto expression : all_expressions()) {
    header += fmt::format(" {:>8}", name(expression));
  }
  print_line(header);
  for (const auto expression : all_expressions()) {
    std::string row = fmt::format("{:<11}", name(expression));
    for (const auto count : evaluation.confusion[static_cast<std::size_t>(expression)]) {
      row += fmt::format(" {:>8}", count);
    }
    print_line(row);
  }
}

void print_groups(const GroupEvaluation& groups) {
  for (const auto& [kind, scores] : groups.kinds) {
    print_line(
        fmt::format("\n{:<16} {:>9} {:>9} {:>8}", "by " + kind, "accuracy", "macro F1", "faces"));
    for (const auto& score : scores) {
      print_line(fmt::format("{:<16} {:>9.3f} {:>9.3f} {:>8}", score.name, score.accuracy,
                             score.macro_f1, score.n));
    }
  }
  const auto& gap = groups.largest_gap;
  print_line(gap ? fmt::format("\nlargest gap in accuracy: {:.3f}, by {}, {} over {} (of groups "
                               "with {} faces or more)",
                               gap->accuracy, gap->kind, gap->best, gap->worst, kFewestFaces)
                 : fmt::format("\nno two groups of a kind have {} faces or more to compare",
                               kFewestFaces));
}

/// Nothing where no groups are asked for.
std::optional<GroupEvaluation> evaluate_groups(const std::vector<std::string>& kinds,
                                               const FaceDataset& faces, const Answers& answers) {
  if (kinds.empty()) return std::nullopt;
  std::vector<FaceGroups> groups;
  for (std::size_t i = 0; i < faces.size(); ++i) groups.push_back(faces.groups(i));
  return mien::evaluate_groups(answers.probabilities, answers.labels, groups, kinds);
}

/// What is wrong with the plots' folder or the metrics is better told before the evaluation.
void make_plots_folder(const Path& folder) {
  if (folder.empty()) return;
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    throw Error(ErrorCode::internal, folder.string() + ": cannot make the folder: " +
                                         error.message() + "; give another one");
  }
}

std::vector<TrainingEpoch> read_metrics(const Path& metrics) {
  if (metrics.empty()) return {};
  return read_training_history(metrics);
}

void plot(const Options& options, const Evaluation& evaluation, const std::string& model,
          const std::vector<TrainingEpoch>& history) {
  const std::string title =
      fmt::format("{} on {}{}: accuracy {:.3f}", model, options.data.filename().string(),
                  options.split.empty() ? "" : ' ' + options.split, evaluation.accuracy);
  for (const char* kind : {".svg", ".png"}) {
    plot_confusion(evaluation, title, options.plots / (std::string("confusion") + kind));
  }
  if (history.empty()) return;
  for (const char* kind : {".svg", ".png"}) {
    plot_training(history, "training of " + model,
                  options.plots / (std::string("training") + kind));
  }
}

/// How it was measured, for the report.
std::vector<std::pair<std::string, std::string>> method_of(const Options& options,
                                                           const Answers& answers) {
  return {{"data", options.data.string()},
          {"split", options.split.empty() ? "the default" : options.split},
          {"model", find_model(options.model.model).string()},
          {"test-time augmentation", options.augmentation.name},
          {"engine", options.model.engine},
          {"precision", options.model.precision},
          {"faces a second", fmt::format("{:.0f}", answers.images_per_second)},
          {"version", MIEN_VERSION}};
}

/// What is said of the seven expressions alone is not passed over in silence.
void check_for_votes(const Options& options) {
  if (options.report.empty() && options.plots.empty() && options.group_by.empty()) return;
  throw Error(ErrorCode::usage,
              "--report, --plots and --group-by are of the seven expressions; leave them out for "
              "FER+'s eight classes, which this model has an output for");
}

void evaluate_expressions(const Options& options) {
  const auto history = read_metrics(options.metrics);
  std::optional<AtomicFile> report;  // before the work, so that a wrong path is told at once
  if (!options.report.empty()) report.emplace(options.report);
  ExpressionClassifier classifier(
      make_expression_model(find_model(options.model.model), options.model.network()),
      {.augmentation = options.augmentation.value()});
  const VotesTask votes{options.data, options.split, options.format, options.json};
  if (votes_are_wanted(classifier.card(), votes)) {
    check_for_votes(options);
    return evaluate_votes(classifier, votes);
  }
  const auto faces =
      read_labelled_faces(options.data, options.split, classifier.card().input, options.format);
  const auto answers = ask(classifier, *faces, "evaluate");
  const auto evaluation = evaluate(answers.probabilities, answers.labels);
  const auto coverage = coverage_curve(answers.probabilities, answers.labels);
  const auto groups = evaluate_groups(options.group_by, *faces, answers);
  if (options.json) {
    print_line(to_json(evaluation, coverage, answers.images_per_second, groups));
  } else {
    print_summary(evaluation, answers);
    print_classes(evaluation);
    print_confusion(evaluation);
    print_coverage(coverage, classifier.card().uncertain_below);
    if (groups) print_groups(*groups);
  }
  if (report) {
    report->append(report_html({classifier.card(), *faces, answers, evaluation, coverage,
                                options.data, options.split, method_of(options, answers)}));
    report->commit();
  }
  if (!options.plots.empty()) plot(options, evaluation, classifier.card().name, history);
}

/// The options of tasks, which make no sense for another.
struct TaskOptions {
  std::vector<CLI::Option*> model;  ///< of all but detection
  std::vector<CLI::Option*> expression;
  std::vector<CLI::Option*> detection;
  std::vector<CLI::Option*> plots;     ///< of all but attributes
  std::vector<CLI::Option*> group_by;  ///< of all but detection
};

/// What `add` adds to the command.
template <typename Add>
std::vector<CLI::Option*> added_by(CLI::App& command, const Add& add) {
  const auto before = static_cast<std::ptrdiff_t>(command.get_options().size());
  add();
  auto options = command.get_options();
  options.erase(options.begin(), options.begin() + before);
  return options;
}

void refuse(const std::vector<CLI::Option*>& others, const std::string& task) {
  for (const auto* option : others) {
    if (option->count() == 0) continue;
    throw Error(ErrorCode::usage,
                option->get_name() + ": not an option of --task " + task + "; leave it out");
  }
}

/// --model has the default of expressions.
std::string attribute_model(const Options& options, const TaskOptions& only) {
  const bool named = std::any_of(only.model.begin(), only.model.end(), [](const auto* option) {
    return option->get_name() == "--model" && option->count() > 0;
  });
  return named ? options.model.model : std::string(kDefaultAttributeModel);
}

void run(Options options, const TaskOptions& only, Outcome& outcome) {
  if (options.task != "detection") refuse(only.detection, options.task);
  if (options.task != "expression") refuse(only.expression, options.task);
  if (options.task == "expression") {
    make_plots_folder(options.plots);
    evaluate_expressions(options);
  } else if (options.task == "detection") {
    refuse(only.model, options.task);
    refuse(only.group_by, options.task);
    make_plots_folder(options.plots);
    options.detection.data = options.data;
    options.detection.split = options.split;
    options.detection.json = options.json;
    options.detection.plots = options.plots;
    options.detection.detector = options.detector.detector;
    evaluate_detection_task(options.detection, outcome);
  } else if (options.task == "attributes") {
    refuse(only.plots, options.task);
    options.attributes.data = options.data;
    options.attributes.split = options.split;
    options.attributes.json = options.json;
    if (!options.group_by.empty()) options.attributes.group_by = options.group_by;
    options.attributes.model = attribute_model(options, only);
    options.attributes.network = options.model.network();
    evaluate_attributes_task(options.attributes, outcome);
  } else {
    throw Error(ErrorCode::usage,
                "--task " + options.task + ": give expression, detection or attributes");
  }
}

void add_expression_options(CLI::App& command, Options& options) {
  const std::string group = "For --task expression";
  options.augmentation.add_to(command, group);
  options.format.add_to(command, group);
  command
      .add_option(
          "--report", options.report,
          "write a page with all of it: curves, calibration, the card, and the most confused "
          "faces with their pictures")
      ->type_name("FILE.html")
      ->group(group);
  command
      .add_option("--metrics", options.metrics,
                  "with --plots: also plot the training's curves from a run's metrics.jsonl")
      ->needs("--plots")
      ->group(group);
}

void add_detection_options(CLI::App& command, Options& options) {
  const std::string group = "For --task detection";
  options.detector.add_to(command, group);
  constexpr int kLongestSide = 20'000;
  command
      .add_option("--longest-side", options.detection.longest_side,
                  "scale larger pictures down to that many pixels; 0 leaves them as they are")
      ->type_name("PIXELS")
      ->check(CLI::Range(0, kLongestSide).description(""))
      ->capture_default_str()
      ->group(group);
}

}  // namespace

void add_evaluate_command(CLI::App& app, Outcome& outcome) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("evaluate", "Measure a model on labelled faces");
  command
      ->add_option("--task", options->task,
                   "expression: how well a model names expressions; detection: how well faces are "
                   "found; attributes: how well gender and age are estimated")
      ->type_name("TASK")
      ->capture_default_str();
  command
      ->add_option(
          "--data", options->data,
          "fer2013.csv, a folder with SPLIT/LABEL/* or LABEL/*, or another data set (below); "
          "for detection a folder as WIDER FACE's: wider_face_*_bbx_gt.txt, WIDER_*/images; for "
          "attributes that of UTKFace: AGE_GENDER_RACE_DATE.jpg.chip.jpg")
      ->required();
  command->add_option("--split", options->split,
                      "Training, PublicTest (the default) or PrivateTest of fer2013.csv; of a "
                      "folder, the folder in it; or a part of that: fraction:0.1, subject:0.1, "
                      "fold:1/5; for detection training, validation (every eighth picture) or all "
                      "(the default); for attributes training, validation (the default), test (a "
                      "tenth each) or all");
  command->add_flag("--json", options->json, "print one JSON object in place of tables");
  TaskOptions only;
  only.plots = {command
                    ->add_option("--plots", options->plots,
                                 "write the confusion matrix, or precision over recall, into this "
                                 "folder, as SVG and PNG")
                    ->type_name("DIR")};
  only.group_by = {command
                       ->add_option("--group-by", options->group_by,
                                    "also measure each group of faces by what the data tells of "
                                    "them, as in gender,race,age, which --task attributes does "
                                    "without being asked")
                       ->type_name("KINDS")
                       ->delimiter(',')};
  only.model = added_by(*command, [&] { options->model.add_to(*command, 0); });
  only.expression = added_by(*command, [&] { add_expression_options(*command, *options); });
  only.detection = added_by(*command, [&] { add_detection_options(*command, *options); });
  command->footer(
      "Formats of labelled faces (docs/data.md tells more):\n" + format_table() +
      "\nWith --task detection:\n" + std::string(kDetectionRule) +
      "\n\n"
      "Example: mien evaluate --model mien-base --data fer2013.csv --split PublicTest --json\n"
      "Example: mien evaluate --task detection --data wider_face --split validation\n"
      "Example: mien evaluate --task attributes --data utkface --group-by race,gender,age");
  command->callback([options, only, &outcome] { run(*options, only, outcome); });
}

}  // namespace mien::apps
