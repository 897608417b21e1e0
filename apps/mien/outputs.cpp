#include "outputs.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <filesystem>
#include <optional>
#include <utility>

#include "core/atomic_file.h"
#include "history/source_indicators.h"
#include "messages.h"
#include "mien/annotation.h"
#include "mien/csv.h"
#include "mien/error.h"
#include "mien/json_lines.h"
#include "output/annotated_pictures.h"
#include "output/annotated_video.h"
#include "output/output_names.h"
#include "output/preview_window.h"
#include "output/track_summary.h"
#include "picture_table.h"
#include "session_output.h"
#include "standard_output.h"

namespace mien::apps {
namespace {

using Path = std::filesystem::path;

std::vector<std::string> names_of(const std::vector<Input>& inputs, bool moving) {
  std::vector<std::string> names;
  for (const auto& input : inputs) {
    if ((input.kind == InputKind::moving) == moving) names.push_back(input.name);
  }
  return names;
}

/// Also where a folder on the way is yet to be made.
bool is_same_file(const Path& a, const Path& b) {
  std::error_code ignored;
  const auto whole = [&](const Path& path) {
    return std::filesystem::weakly_canonical(std::filesystem::absolute(path), ignored);
  };
  return std::filesystem::equivalent(a, b, ignored) || whole(a) == whole(b);
}

/// Writing over what was to be read would lose it.
void check_is_no_input(const char* option, const std::string& output,
                       const std::vector<Input>& inputs) {
  for (const auto& input : inputs) {
    if (!output.empty() && is_same_file(input.name, output)) {
      throw Error(
          ErrorCode::usage,
          fmt::format("{} {}: it is also an input; give another file's name", option, output));
    }
  }
}

/// A picture alone has nothing to record.
void check_has_a_course(const std::vector<Input>& inputs) {
  const auto is_picture = [](const Input& input) { return input.kind == InputKind::picture; };
  if (inputs.empty() || !std::ranges::all_of(inputs, is_picture)) return;
  throw Error(ErrorCode::usage,
              "--record: a picture has no course over time; give a video or a camera");
}

void check_one_video(const std::string& output, const std::vector<Input>& inputs) {
  if (inputs.size() == 1 && inputs.front().kind != InputKind::picture) return;
  throw Error(ErrorCode::usage,
              "--output " + output +
                  ": one file takes one video or stream; give a folder for several inputs or "
                  "pictures");
}

}  // namespace

void OutputOptions::add_to(CLI::App& command) {
  const std::string group = "Outputs";
  auto* as_table =
      command
          .add_flag("--table", table,
                    "print a table for people in place of JSON lines: a picture's faces, and what "
                    "each face of a video showed")
          ->group(group);
  command
      .add_flag_function(
          "--json", [](std::int64_t) {}, "print JSON lines, which is what happens without --table")
      ->excludes(as_table)
      ->group(group);
  command
      .add_flag("--summary", summary,
                "at the end of each video tell on standard error what each face showed")
      ->group(group);
  command.add_option("--csv", csv, "also write one row per face and frame into this file")
      ->type_name("FILE")
      ->group(group);
  command
      .add_option("--output", output,
                  "also write annotated pictures and videos into this folder, or an annotated "
                  "video into this file")
      ->type_name("DIR|FILE.mp4")
      ->group(group);
  command.add_flag("--show", show, "show videos in a window while they are analyzed; q ends it")
      ->group(group);
  recording.add_to(command);
  indicators.add_to(command);
  indicators.add_streak_to(command);
  indicators.add_cut_offs_to(command);
}

void OutputOptions::check() const {
  recording.check();
  indicators.check();
  std::error_code ignored;
  if (!csv.empty() && std::filesystem::exists(csv, ignored) &&
      !std::filesystem::is_regular_file(csv, ignored)) {
    throw Error(ErrorCode::usage, "--csv " + csv + ": not a file; give a file's name");
  }
  if (!output.empty() && has_frame_source_name(output) && !names_video_file(output) &&
      !std::filesystem::is_directory(output, ignored)) {
    throw Error(ErrorCode::usage,
                "--output " + output +
                    ": annotated videos are MP4; give a name that ends in .mp4, or a folder");
  }
}

class Outputs::State {
 public:
  State(const OutputOptions& options, const std::vector<Input>& inputs) : options_(options) {
    check_is_no_input("--csv", options.csv, inputs);
    if (names_video_file(options.output)) {
      check_one_video(options.output, inputs);
      check_is_no_input("--output", options.output, inputs);
      if (!options.csv.empty() && is_same_file(options.csv, options.output)) {
        throw Error(ErrorCode::usage, "--csv and --output name one file; give two");
      }
    }
    if (!options.csv.empty()) {
      csv_ = std::make_unique<AtomicFile>(options.csv);
      csv_->append(csv_header(options.attributes));
    }
    if (options.table) table_.emplace(names_of(inputs, false), options.attributes);
    if (options.show) window_.emplace("Mien");
    if (!options.output.empty()) open_annotated(inputs);
    if (options.recording.name) {
      check_has_a_course(inputs);
      const auto history = options.recording.history.path();
      if (!options.csv.empty()) check_is_no_history("--csv", options.csv, history);
      if (!options.output.empty()) check_is_no_history("--output", options.output, history);
      session_ =
          std::make_unique<SessionOutput>(options.recording, options.indicators, options.model);
    }
  }

  void add_picture(Image picture, const FrameResult& result) {
    if (table_) {
      table_->add(result);
    } else {
      print_line(to_json_line(result));
    }
    if (csv_) csv_->append(to_csv(result, options_.attributes));
    if (!annotated_ && video_names_) {
      throw Error(ErrorCode::usage, "--output " + options_.output + ": " + result.source +
                                        " is a picture; give a folder");
    }
    if (!annotated_) return;
    const auto written = annotated_->write(std::move(picture), result);
    if (table_) print_line("annotated picture: " + written.string());
  }

  void begin(const SourceInfo& source) {
    const bool may_be_slow = source.live || source.name == "-";
    flush_ = may_be_slow ? Flush::now : Flush::later;
    annotator_ = Annotator();
    if (options_.table || options_.summary) summary_.emplace();
    if (options_.indicators.wanted) {
      indicators_.emplace(options_.indicators.streak, options_.indicators.cut_offs);
    }
    source_ = source.name;
    if (video_names_) video_.emplace(video_names_->next(source.name), source, say);
    if (session_) session_->begin(source);
  }

  bool add_frame(Frame& frame, const FrameResult& result) {
    if (!options_.table) print_line(to_json_line(result), flush_);
    if (csv_) csv_->append(to_csv(result, options_.attributes));
    if (summary_) summary_->add(result);
    if (indicators_) indicators_->add(result);
    if (session_) session_->add(frame, result);
    if (video_ || window_) annotator_.annotate(frame.picture, result);
    if (video_) video_->write(frame);
    return !window_ || window_->show(frame.picture);
  }

  void end() {
    flush_standard_output();
    if (summary_) tell(to_table(summary_->summaries()));
    summary_.reset();
    tell_indicators();
    if (session_) session_->end();
    finish_video();
  }

  void finish() {
    if (csv_) csv_->commit();
    csv_.reset();
    flush_standard_output();
    if (session_) session_->finish();
  }

 private:
  void finish_video() {
    if (!video_) return;
    auto video = std::move(*video_);
    video_.reset();
    if (video.finish() && options_.table) print_line("annotated video: " + video.path().string());
  }

  void tell_indicators() {
    if (!indicators_) return;
    const auto tracks = indicators_->finish();
    indicators_.reset();
    if (options_.table) return tell(to_table(source_, tracks));
    print_line(to_json_line(source_, tracks));
    if (options_.summary) tell(to_table(source_, tracks));
  }

  /// To people: where the results are for them, with those.
  void tell(std::string text) const {
    while (text.ends_with('\n')) text.pop_back();
    if (options_.table) return print_line(text);
    fmt::print(stderr, "{}\n", text);
  }

  void open_annotated(const std::vector<Input>& inputs) {
    const auto pictures = names_of(inputs, false);
    if (!names_video_file(options_.output)) {
      annotated_.emplace(options_.output, std::vector<Path>(pictures.begin(), pictures.end()));
    }
    video_names_.emplace(options_.output, names_of(inputs, true));
  }

  OutputOptions options_;
  std::unique_ptr<AtomicFile> csv_;
  std::optional<PictureTable> table_;
  std::optional<AnnotatedPictures> annotated_;
  std::optional<VideoNames> video_names_;
  std::optional<AnnotatedVideo> video_;
  std::optional<TrackSummaries> summary_;
  std::optional<PreviewWindow> window_;
  std::optional<SourceIndicators> indicators_;
  std::unique_ptr<SessionOutput> session_;
  std::string source_;  ///< that is analyzed now
  Annotator annotator_;
  Flush flush_ = Flush::now;
};

Outputs::Outputs(const OutputOptions& options, const std::vector<Input>& inputs)
    : state_(std::make_unique<State>(options, inputs)) {}
Outputs::Outputs(Outputs&&) noexcept = default;
Outputs& Outputs::operator=(Outputs&&) noexcept = default;
Outputs::~Outputs() = default;

void Outputs::add_picture(Image picture, const FrameResult& result) {
  state_->add_picture(std::move(picture), result);
}

void Outputs::begin(const SourceInfo& source) { state_->begin(source); }

bool Outputs::add_frame(Frame& frame, const FrameResult& result) {
  return state_->add_frame(frame, result);
}

void Outputs::end() { state_->end(); }

void Outputs::finish() { state_->finish(); }

void Outputs::finish_after_error() noexcept {
  for (const auto step : {&State::end, &State::finish}) {
    try {
      (*state_.*step)();
    } catch (const std::exception&) {  // the first error is the one to tell of
    }
  }
}

}  // namespace mien::apps
