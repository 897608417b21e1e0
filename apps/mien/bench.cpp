#include <fmt/format.h>
#include <sched.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string>
#include <vector>

#include "commands.h"
#include "core/progress_bar.h"
#include "messages.h"
#include "mien/annotation.h"
#include "mien/error.h"
#include "mien/json_lines.h"
#include "mien/video_analyzer.h"
#include "model_options.h"
#include "source_options.h"
#include "standard_output.h"

namespace mien::apps {
namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;

struct Options {
  std::string input;
  long long frames = 300;
  int repeat = 5;
  FollowingOptions following;
  SourceOptions source;
  ModelOptions model;
};

double milliseconds(const std::function<void()>& work) {
  const auto start = Clock::now();
  work();
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

/// The value below which that share of the sorted values lies.
double quantile(const std::vector<double>& sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const auto above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], place - std::floor(place));
}

double rounded(double value) { return std::round(value * 1e4) / 1e4; }

/// The quartiles show the spread; the mean adds up where the frames differ, as in detection.
Json statistics(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const double sum = std::accumulate(values.begin(), values.end(), 0.0);
  return {{"median", rounded(quantile(values, 0.5))},
          {"q1", rounded(quantile(values, 0.25))},
          {"q3", rounded(quantile(values, 0.75))},
          {"mean", rounded(sum / static_cast<double>(values.size()))}};
}

/// Adds up the model's time, apart from the rest of the classification.
class TimedNetwork final : public Network {
 public:
  TimedNetwork(std::unique_ptr<Network> network, double& taken)
      : network_(std::move(network)), taken_(taken) {}

  const ModelCard& card() const override { return network_->card(); }

  std::vector<float> run(std::span<const float> faces) override {
    std::vector<float> logits;
    taken_ += milliseconds([&] { logits = network_->run(faces); });
    return logits;
  }

 private:
  std::unique_ptr<Network> network_;
  double& taken_;
};

/// All networks of the model add their times up in `taken`.
ExpressionModel timed(ExpressionModel model, double& taken) {
  for (auto& network : model.networks) {
    network = std::make_unique<TimedNetwork>(std::move(network), taken);
  }
  return model;
}

struct StageTimes {
  std::vector<double> decode, detect, crop, network, annotate, write;
  std::size_t faces = 0;
  int width = 0;
  int height = 0;
};

/// Each stage by itself, one after the other in one thread.
class StageBench {
 public:
  explicit StageBench(const VideoOptions& options)
      : StageBench(options, make_face_detector(options.analyzer.detector)) {}

  StageTimes run(FrameSource& source, long long frames) {
    ProgressBar progress("stages");
    StageTimes times;
    Frame frame;
    for (long long done = 0; done < frames; ++done) {
      bool more = false;
      const double decode = milliseconds([&] { more = source.next(frame); });
      if (!more) break;
      times.decode.push_back(decode);
      run(frame, times);
      progress.update(static_cast<std::uint64_t>(done + 1), static_cast<std::uint64_t>(frames));
    }
    return times;
  }

 private:
  StageBench(const VideoOptions& options, std::unique_ptr<FaceDetector> detector)
      : classifier_(timed(make_expression_model(find_model(options.analyzer.model),
                                                options.analyzer.network),
                          network_time_),
                    crop_options(options.analyzer, detector->framing())),
        follower_(std::move(detector), options.follower),
        reader_(options.reading) {}

  void run(Frame& frame, StageTimes& times) {
    const auto picture = frame.picture.view();
    std::vector<TrackedFace> tracked;
    times.detect.push_back(milliseconds([&] { tracked = follower_.follow(picture, frame.time); }));

    FrameResult result{"bench", frame.index, frame.time, picture.width, picture.height, {}};
    network_time_ = 0;
    const double read = milliseconds(
        [&] { result.faces = reader_.read(classifier_, picture, tracked, frame.time); });
    times.network.push_back(network_time_);
    times.crop.push_back(read - network_time_);
    times.write.push_back(milliseconds([&] { to_json_line(result); }));
    times.annotate.push_back(milliseconds([&] { annotator_.annotate(frame.picture, result); }));
    times.faces += result.faces.size();
    times.width = picture.width;
    times.height = picture.height;
  }

  double network_time_ = 0;
  ExpressionClassifier classifier_;  // before the follower, which takes the detector
  FaceFollower follower_;
  ExpressionReader reader_;
  Annotator annotator_;
};

/// Frames a second of the whole work, from opening to the last JSON line.
double frames_per_second(VideoAnalyzer& analyzer, const Options& options,
                         const FrameSourceOptions& source_options) {
  std::size_t written = 0;
  VideoReport report;
  const double time = milliseconds([&] {
    const auto source = open_frame_source(options.input, source_options);
    report = analyzer.run(*source, [&](Frame&, const FrameResult& result) {
      written += to_json_line(result).size();
      return analyzer.report().frames < options.frames;
    });
  });
  return static_cast<double>(report.frames) * 1000 / time;
}

int cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  return ::sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

Json stages_of(const StageTimes& times) {
  return {{"decode", statistics(times.decode)}, {"detect", statistics(times.detect)},
          {"crop", statistics(times.crop)},     {"network", statistics(times.network)},
          {"write", statistics(times.write)},   {"annotate", statistics(times.annotate)}};
}

std::unique_ptr<FrameSource> open_recorded(const Options& options,
                                           const FrameSourceOptions& source_options) {
  auto source = open_frame_source(options.input, source_options);
  if (!source->info().live && options.input != "-") return source;
  throw Error(ErrorCode::usage,
              options.input + ": cannot be read again and again; give a video file");
}

void run(const Options& options) {
  auto source_options = options.source.checked();
  source_options.notice = say;
  const auto video = options.following.video(options.model);
  StageBench bench(video);
  const auto times = bench.run(*open_recorded(options, source_options), options.frames);
  if (times.decode.empty()) {
    throw Error(ErrorCode::input, options.input + ": has no frame; give another video");
  }

  VideoAnalyzer analyzer(video);
  ProgressBar progress("end to end");
  std::vector<double> rates;
  for (int i = 0; i < options.repeat; ++i) {
    rates.push_back(frames_per_second(analyzer, options, source_options));
    progress.update(rates.size(), static_cast<std::uint64_t>(options.repeat));
  }

  const auto frames = times.decode.size();
  const Json result = {
      {"source", options.input},
      {"width", times.width},
      {"height", times.height},
      {"frames", frames},
      {"faces_per_frame", rounded(static_cast<double>(times.faces) / static_cast<double>(frames))},
      {"model", options.model.model},
      {"engine", options.model.engine},
      {"precision", options.model.precision},
      {"detector", options.following.detector.kind},
      {"cores", cores()},
      {"stages_ms", stages_of(times)},
      {"end_to_end_frames_per_second", statistics(rates)},
      {"runs", rates.size()}};
  print_line(result.dump(2));
}

}  // namespace

void add_bench_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "bench", "Measure the time of each stage on a video, and of all together, as JSON");
  command->add_option("INPUT", options->input, "a video file or an image sequence")->required();
  command->add_option("--frames", options->frames, "as many frames of it at most")
      ->type_name("N")
      ->check(CLI::Range(1LL, 1'000'000LL).description(""))
      ->capture_default_str();
  command->add_option("--repeat", options->repeat, "runs of all stages together")
      ->type_name("N")
      ->check(CLI::Range(1, 1000).description(""))
      ->capture_default_str();
  command->add_flag_function(
      "--json", [](std::int64_t) {}, "print JSON, which is what happens anyway");
  options->following.add_to(*command);
  options->source.add_to(*command);
  options->model.add_to(*command);
  command->footer(
      "Each stage is measured by itself in one thread, in milliseconds a frame: decode, detect "
      "(find and follow the faces), crop (cut them out and prepare them), network, write "
      "(the JSON line) and annotate (draw, which only --output and --show do). Then the whole work "
      "is run with its threads, from opening the video to the last JSON line.\n\n"
      "Example: mien bench party.mp4 --frames 500");
  command->callback([options] { run(*options); });
}

}  // namespace mien::apps
