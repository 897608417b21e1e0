#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "commands.h"
#include "core/atomic_file.h"
#include "core/progress_bar.h"
#include "mien/analyzer.h"
#include "mien/csv.h"
#include "mien/error.h"
#include "mien/json_lines.h"
#include "model_options.h"
#include "output/annotated_pictures.h"
#include "quiet_picture.h"
#include "standard_output.h"

namespace mien::apps {
namespace {

using Path = std::filesystem::path;

struct Options {
  std::vector<std::string> inputs;
  ModelOptions model;
  FaceDetectorOptions detector;
  std::string output;
  std::string csv;
  bool table = false;
};

/// Says it on a line of its own, also where the progress bar stands.
void report(const Error& error) {
  const char* wipe = ::isatty(STDERR_FILENO) == 1 ? "\r\033[K" : "";
  fmt::print(stderr, "{}mien: {}\n", wipe, error.what());
}

/// The pictures of all inputs. What is wrong with one is said; the others are still done.
std::vector<Path> pictures_of(const std::vector<std::string>& inputs, Outcome& outcome) {
  std::vector<Path> pictures;
  for (const auto& input : inputs) {
    try {
      std::error_code ignored;  // what does not exist is said when it is read
      if (std::filesystem::is_directory(input, ignored)) {
        const auto listed = list_pictures(input);
        pictures.insert(pictures.end(), listed.begin(), listed.end());
      } else {
        pictures.emplace_back(input);
      }
    } catch (const Error& error) {
      if (error.code() != ErrorCode::input) throw;
      report(error);
      outcome.inputs_failed = true;
    }
  }
  return pictures;
}

/// One line per face, for people.
class Table {
 public:
  explicit Table(const std::vector<Path>& pictures) {
    for (const auto& picture : pictures) {
      width_ = std::max(width_, std::min(kWidest, picture.string().size()));
    }
    print_line(fmt::format("{:<{}}  {:>4}  {:<10}  {:>10}  {}", "picture", width_, "face",
                           "expression", "confidence", "box"));
  }

  void add(const FrameResult& result) const {
    if (result.faces.empty()) {
      print_line(fmt::format("{:<{}}  {:>4}  no face found", result.source, width_, "-"));
    }
    for (const auto& face : result.faces) {
      const auto& box = face.box;
      print_line(fmt::format("{:<{}}  {:>4}  {:<10}  {:>9.1f}%  {} x {} at ({}, {}){}",
                             result.source, width_, face.track, name(face.expression),
                             100 * face.confidence, box.width, box.height, box.x, box.y,
                             face.uncertain ? "  uncertain" : ""));
    }
  }

 private:
  static constexpr std::size_t kWidest = 48;
  std::size_t width_ = std::string_view("picture").size();
};

/// Where results go.
class Outputs {
 public:
  Outputs(const Options& options, const std::vector<Path>& pictures) : csv_path_(options.csv) {
    if (!options.output.empty()) annotated_.emplace(options.output, pictures);
    if (options.table && !pictures.empty()) table_.emplace(pictures);
    if (!csv_path_.empty()) csv_ = csv_header();
  }

  void add(Image picture, const FrameResult& result) {
    if (table_) {
      table_->add(result);
    } else {
      print_line(to_json_line(result));
    }
    if (!csv_path_.empty()) csv_ += to_csv(result);
    if (!annotated_) return;
    const auto written = annotated_->write(std::move(picture), result);
    if (table_) print_line("annotated picture: " + written.string());
  }

  void finish() const {
    if (!csv_path_.empty()) write_file_atomically(csv_path_, csv_);
  }

 private:
  std::optional<AnnotatedPictures> annotated_;
  std::optional<Table> table_;
  Path csv_path_;
  std::string csv_;
};

void check(const Options& options) {
  std::error_code ignored;
  if (!options.csv.empty() && std::filesystem::exists(options.csv, ignored) &&
      !std::filesystem::is_regular_file(options.csv, ignored)) {
    throw Error(ErrorCode::usage, "--csv " + options.csv + ": not a file; give a file's name");
  }
}

/// Writing the rows over a picture that was to be read would lose it.
void check_csv_is_no_input(const Options& options, const std::vector<Path>& pictures) {
  for (const auto& picture : pictures) {
    std::error_code ignored;
    if (!options.csv.empty() && std::filesystem::equivalent(picture, options.csv, ignored)) {
      throw Error(ErrorCode::usage,
                  "--csv " + options.csv + ": it is also an input; give another file's name");
    }
  }
}

void analyze_all(const std::vector<Path>& pictures, Analyzer& analyzer, Outputs& outputs,
                 Outcome& outcome) {
  // Results on the same terminal show the progress well enough.
  std::optional<ProgressBar> progress;
  if (::isatty(STDOUT_FILENO) != 1) progress.emplace("analyze");
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    try {
      auto picture = read_picture_quietly(pictures[i]);
      const auto result = analyzer.analyze(picture.view(), pictures[i].string());
      outputs.add(std::move(picture), result);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::input) throw;
      report(error);
      outcome.inputs_failed = true;
    }
    if (progress) progress->update(i + 1, pictures.size());
  }
}

void run(const Options& options, Outcome& outcome) {
  check(options);
  Analyzer analyzer({.model = options.model.model,
                     .network = options.model.network(),
                     .detector = options.detector,
                     .limits = {}});
  const auto pictures = pictures_of(options.inputs, outcome);
  check_csv_is_no_input(options, pictures);
  Outputs outputs(options, pictures);
  try {
    analyze_all(pictures, analyzer, outputs, outcome);
  } catch (const Error&) {
    outputs.finish();  // what was found before is not lost
    throw;
  }
  outputs.finish();
}

std::string joined(const std::vector<std::string>& names) {
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

void add_analyze_command(CLI::App& app, Outcome& outcome) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "analyze", "Find the faces in pictures and name their expressions, one JSON line a picture");
  command
      ->add_option("INPUT", options->inputs, "pictures, or folders of pictures (not those in it)")
      ->required();
  command->add_option("--output", options->output, "also write annotated pictures into this folder")
      ->type_name("DIR");
  command->add_option("--csv", options->csv, "also write one row per face into this file")
      ->type_name("FILE");
  auto* table = command->add_flag("--table", options->table,
                                  "print a table for people in place of JSON lines");
  command
      ->add_flag_function(
          "--json", [](std::int64_t) {}, "print JSON lines, which is what happens without --table")
      ->excludes(table);
  command
      ->add_option("--detector", options->detector.kind,
                   "the face detector: " + joined(face_detectors()))
      ->capture_default_str();
  command
      ->add_option("--min-face", options->detector.min_face,
                   "the smallest face to look for, in pixels; 0 is a fiftieth of the longer side, "
                   "at least 24")
      ->capture_default_str();
  options->model.add_to(*command);
  command->footer(
      "Exit status: 0 done, 2 wrong usage, 3 an input could not be read, 4 the model is "
      "invalid.\n\n"
      "Example: mien analyze --output annotated holiday/ portrait.jpg > expressions.jsonl");
  command->callback([options, &outcome] { run(*options, outcome); });
}

}  // namespace mien::apps
