#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "attribute_options.h"
#include "augmentation_option.h"
#include "commands.h"
#include "inputs.h"
#include "messages.h"
#include "mien/analyzer.h"
#include "mien/error.h"
#include "mien/video_analyzer.h"
#include "model_options.h"
#include "outputs.h"
#include "progress.h"
#include "quiet_picture.h"
#include "source_options.h"
#include "standard_output.h"
#include "stop_on_signal.h"

namespace mien::apps {
namespace {

struct Options {
  std::vector<std::string> inputs;
  OutputOptions outputs;
  FollowingOptions following;
  SourceOptions source;
  ModelOptions model;
  AttributeArguments attributes;
  AugmentationOption augmentation;
};

bool is_moving(const Input& input) { return input.kind == InputKind::moving; }

/// The work on all inputs, one after the other.
class Analysis {
 public:
  Analysis(const Options& options, Outcome& outcome)
      : outcome_(outcome),
        frames_(options.source.checked()),
        video_options_(options.following.video(options.model)) {
    video_options_.analyzer.attributes = options.attributes.checked();
    frames_.notice = say;
    video_options_.analyzer.augmentation = options.augmentation.value();
  }

  /// What the inputs need, so that an option or a model that is wrong is said before any work.
  void prepare(const std::vector<Input>& inputs) {
    if (!inputs.empty() && std::all_of(inputs.begin(), inputs.end(), is_moving)) {
      video_analyzer();
    } else {
      // Of a few pictures most of the time is getting ready.
      constexpr std::size_t kFew = 32;
      auto options = video_options_.analyzer;
      if (inputs.size() <= kFew) options.network.workload = Workload::few;
      pictures_.emplace(options);
      if (std::any_of(inputs.begin(), inputs.end(), is_moving)) video_analyzer();
    }
  }

  void run(const std::vector<Input>& inputs, Outputs& outputs, const std::stop_token& stop) {
    frames_.stop = stop;
    Progress progress;
    for (std::size_t i = 0; i < inputs.size() && !stop.stop_requested() && !closed_; ++i) {
      try {
        run(inputs[i], outputs, stop);
      } catch (const Error& error) {
        if (!stop.stop_requested()) fail(error);  // else it broke because it was stopped
      }
      progress.update(i + 1, inputs.size());
    }
  }

  /// Says what is wrong with an input; throws any other error.
  void fail(const Error& error) {
    if (error.code() != ErrorCode::input) throw error;
    say(error.what());
    outcome_.inputs_failed = true;
  }

 private:
  VideoAnalyzer& video_analyzer() {
    if (!videos_) videos_.emplace(video_options_);
    return *videos_;
  }

  void run(const Input& input, Outputs& outputs, const std::stop_token& stop) {
    if (is_moving(input)) return run_moving(input.name, outputs, stop);
    try {
      auto picture = read_picture_quietly(input.name);
      const auto result = pictures_->analyze(picture.view(), input.name);
      outputs.add_picture(std::move(picture), result);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::input || input.kind == InputKind::picture) throw;
      run_unnamed(input.name, outputs, stop, error);
    }
  }

  /// A file whose name tells nothing and that is no picture may be a video.
  void run_unnamed(const std::string& name, Outputs& outputs, const std::stop_token& stop,
                   const Error& no_picture) {
    std::unique_ptr<FrameSource> source;
    try {
      source = open_frame_source(name, frames_);
    } catch (const Error&) {
      throw Error(no_picture);
    }
    run_source(*source, outputs, stop);
  }

  void run_moving(const std::string& name, Outputs& outputs, const std::stop_token& stop) {
    const auto source = open_frame_source(name, frames_);
    run_source(*source, outputs, stop);
  }

  void run_source(FrameSource& source, Outputs& outputs, const std::stop_token& stop) {
    const auto& info = source.info();
    auto& analyzer = video_analyzer();
    Progress progress(info);
    bool failed = false;
    outputs.begin(info);
    try {
      analyzer.run(
          source,
          [&](Frame& frame, const FrameResult& result) {
            closed_ = !outputs.add_frame(frame, result);
            progress.update(analyzer.report().frames);
            return !closed_;
          },
          stop);
    } catch (const Error& error) {
      fail(error);  // what came before it is good
      failed = true;
    }
    if (analyzer.report().frames == 0 && !stop.stop_requested() && !failed) {
      fail(Error(ErrorCode::input,
                 info.name + ": no frame in it between --start and --end; choose another time"));
    }
    outputs.end();
    if (const auto& report = analyzer.report(); report.dropped > 0) {
      say(dropped_line(info.name, report));
    }
  }

  static std::string dropped_line(const std::string& source, const VideoReport& report) {
    return fmt::format("{}: {} of {} frames were dropped, because newer ones had come", source,
                       report.dropped, report.frames + report.dropped);
  }

  Outcome& outcome_;
  FrameSourceOptions frames_;
  VideoOptions video_options_;
  std::optional<Analyzer> pictures_;
  std::optional<VideoAnalyzer> videos_;
  bool closed_ = false;  // the window, by who looked at it
};

void run(const Options& options, Outcome& outcome) {
  options.outputs.check();
  const StopOnSignal signals;
  Analysis analysis(options, outcome);
  const auto inputs =
      list_inputs(options.inputs, [&analysis](const Error& error) { analysis.fail(error); });
  auto output_options = options.outputs;
  output_options.attributes = options.attributes.checked().wanted;
  output_options.model = options.model.model;
  Outputs outputs(output_options, inputs);
  analysis.prepare(inputs);
  try {
    analysis.run(inputs, outputs, signals.token());
    outputs.finish();
  } catch (...) {
    outputs.finish_after_error();  // what was found before is not lost
    throw;
  }
  outcome.signal = StopOnSignal::caught();
}

}  // namespace

void add_analyze_command(CLI::App& app, Outcome& outcome) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "analyze",
      "Find the faces in pictures, videos and cameras and name their expressions, as JSON lines");
  command
      ->add_option("INPUT", options->inputs,
                   "pictures, videos, folders of them (not those in it), image sequences such as "
                   "img_%05d.png, camera:0, rtsp://..., http://..., or - for standard input")
      ->type_name("")
      ->required();
  options->outputs.add_to(*command);
  options->following.add_to(*command);
  options->source.add_to(*command);
  options->model.add_to(*command);
  options->augmentation.add_to(*command);
  options->attributes.add_to(*command);
  command->footer(
      "Ctrl-C and SIGTERM end the work in order, with all outputs finished; a second one ends it "
      "at once.\n\n"
      "Exit status: 0 done, also when the reader of standard output has read enough (| head); 2 "
      "wrong usage; 3 an input could not be read or broke, the others are done; 4 the model is "
      "invalid; 1 anything else. After a signal it is what shells expect: 130 or 143.\n\n"
      "Example: mien analyze --table portrait.jpg holiday/\n"
      "         mien analyze --output annotated.mp4 party.mp4 > expressions.jsonl\n"
      "         mien analyze --detector haar-fast --show --summary camera:0\n"
      "         mien analyze --attributes gender,age --table portrait.jpg");
  command->callback([options, &outcome] { run(*options, outcome); });
}

}  // namespace mien::apps
