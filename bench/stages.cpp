// Each stage of a video on made frames: reading, finding, following, cutting out, smoothing,
// writing. The argument is the number of faces; frames are 1280x720, or 640x480 with one face.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <opencv2/core.hpp>
#include <opencv2/videoio.hpp>
#include <string>
#include <vector>

#include "made_scene.h"
#include "mien/annotation.h"
#include "mien/csv.h"
#include "mien/expression_smoother.h"
#include "mien/face_crop.h"
#include "mien/face_detector.h"
#include "mien/face_follower.h"
#include "mien/frame_source.h"
#include "mien/json_lines.h"
#include "mien/picture.h"
#include "output/annotated_video.h"

namespace {

using mien::test::MadeScene;
using mien::test::ScenePainter;

constexpr double kRate = 30;
constexpr int kFrames = 30;

/// A second of a made video, drawn once.
struct Scene {
  explicit Scene(int faces) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
    const char* named = std::getenv("MIEN_TEST_ASTRONAUT");
    const auto portrait =
        mien::read_picture(named == nullptr ? "build/assets/astronaut.png" : named);
    MadeScene made = mien::test::faces_apart(faces, 1);
    if (faces > 1) scale(made, 1280, 720);
    made.seconds = 1;
    const ScenePainter painter(made, cv::Mat(portrait.height(), portrait.width(), CV_8UC3,
                                             const_cast<std::uint8_t*>(portrait.pixels().data())));
    for (int i = 0; i < kFrames; ++i) {
      frames.push_back(painter.paint(i / kRate));
      truth.push_back(made.faces(i / kRate));
    }
  }

  static void scale(MadeScene& made, int width, int height) {
    const double x = static_cast<double>(width) / made.size.width;
    const double y = static_cast<double>(height) / made.size.height;
    for (auto& path : made.paths) {
      for (auto* p : {&path.from, &path.to, &path.sway}) *p = {p->x * x, p->y * y};
      path.size *= y;
    }
    made.size = {width, height};
  }

  mien::ImageView view(std::size_t i) const {
    const auto& frame = frames[i % frames.size()];
    return {frame.data, frame.cols, frame.rows, static_cast<std::ptrdiff_t>(frame.step),
            mien::PixelFormat::bgr};
  }

  mien::Image image(std::size_t i) const {
    const auto from = view(i);
    mien::Image copy(from.width, from.height, from.format);
    std::copy_n(from.data, copy.pixels().size(), copy.pixels().begin());
    return copy;
  }

  mien::FrameResult result(std::size_t i) const {
    mien::FrameResult result;
    result.source = "video.mp4";
    result.frame = static_cast<long long>(i);
    result.time = static_cast<double>(i) / kRate;
    result.width = frames.front().cols;
    result.height = frames.front().rows;
    for (const auto& made : truth[i % truth.size()]) {
      mien::Face face;
      face.track = made.face + 1;
      face.box = made.box;
      face.confidence = 0.7F;
      face.probabilities.fill(0.05F);
      face.expression = mien::all_expressions()[(i / 50 + result.faces.size()) % 7];
      face.probabilities[static_cast<std::size_t>(face.expression)] = face.confidence;
      result.faces.push_back(face);
    }
    return result;
  }

  std::vector<cv::Mat> frames;
  std::vector<std::vector<mien::test::MadeFace>> truth;
};

const Scene& scene(int faces) {
  static const Scene one(1);
  static const Scene eight(8);
  return faces == 1 ? one : eight;
}

const Scene& scene(const benchmark::State& state) {
  return scene(static_cast<int>(state.range(0)));
}

std::string video_of(const Scene& made) {
  const auto path = std::filesystem::temp_directory_path() /
                    ("mien-bench-stages-" + std::to_string(made.frames.front().cols) + ".mp4");
  cv::VideoWriter writer(path.string(), cv::VideoWriter::fourcc('a', 'v', 'c', '1'), kRate,
                         made.frames.front().size());
  for (const auto& frame : made.frames) writer.write(frame);
  return path.string();
}

void decode(benchmark::State& state) {
  const auto video = video_of(scene(state));
  mien::Frame frame;
  for (auto _ : state) {
    const auto source = mien::open_frame_source(video);
    while (source->next(frame)) benchmark::DoNotOptimize(frame.picture.pixels().data());
  }
  std::filesystem::remove(video);
  state.SetItemsProcessed(state.iterations() * kFrames);
}

void detect(benchmark::State& state, const std::string& kind) {
  const auto detector = mien::make_face_detector({.kind = kind});
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(detector->detect(scene(state).view(i++)));
  state.SetItemsProcessed(state.iterations());
}

void detect_near(benchmark::State& state) {
  const auto detector = mien::make_face_detector();
  const auto& made = scene(state);
  std::size_t i = 0;
  for (auto _ : state) {
    const auto& truth = made.truth[i % made.truth.size()];
    for (const auto& face : truth) {
      benchmark::DoNotOptimize(detector->detect_near(made.view(i), face.box));
    }
    ++i;
  }
  state.SetItemsProcessed(state.iterations());
}

void follow(benchmark::State& state) {
  mien::FaceFollower follower(mien::make_face_detector());
  std::size_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(follower.follow(scene(state).view(i), static_cast<double>(i) / kRate));
    ++i;
  }
  state.SetItemsProcessed(state.iterations());
}

void track(benchmark::State& state) {
  mien::FaceTracker tracker;
  const auto& made = scene(state);
  std::vector<mien::DetectedFace> found;
  for (const auto& face : made.truth.front()) found.push_back({face.box, 1, {}});
  double time = 0;
  for (auto _ : state) benchmark::DoNotOptimize(tracker.update(found, time += 1 / kRate));
  state.SetItemsProcessed(state.iterations());
}

void crop(benchmark::State& state, double roll) {
  const auto& made = scene(state);
  const mien::Preprocessing input;
  std::vector<float> values(48 * 48);
  std::size_t i = 0;
  for (auto _ : state) {
    for (const auto& face : made.truth[i % made.truth.size()]) {
      auto part = mien::upright_crop(face.box, {}, input);
      part.roll = roll;
      const auto cut = mien::crop_face(made.view(i), part, input.width, input.height);
      mien::prepare_input(cut.pixels(), input, values);
      benchmark::DoNotOptimize(values.data());
    }
    ++i;
  }
  state.SetItemsProcessed(state.iterations());
}

void smooth(benchmark::State& state) {
  mien::ExpressionSmoother smoother;
  std::size_t i = 0;
  for (auto _ : state) {
    auto result = scene(state).result(i++);
    smoother.smooth(result.faces, result.time, 0.4);
    benchmark::DoNotOptimize(result.faces.data());
  }
  state.SetItemsProcessed(state.iterations());
}

void write_json(benchmark::State& state) {
  const auto result = scene(state).result(0);
  for (auto _ : state) benchmark::DoNotOptimize(mien::to_json_line(result));
  state.SetItemsProcessed(state.iterations());
}

void write_csv(benchmark::State& state) {
  const auto result = scene(state).result(0);
  for (auto _ : state) benchmark::DoNotOptimize(mien::to_csv(result));
  state.SetItemsProcessed(state.iterations());
}

void annotate(benchmark::State& state) {
  mien::Annotator annotator;
  std::size_t i = 0;
  for (auto _ : state) {
    state.PauseTiming();
    auto picture = scene(state).image(i);
    const auto result = scene(state).result(i++);
    state.ResumeTiming();
    annotator.annotate(picture, result);
  }
  state.SetItemsProcessed(state.iterations());
}

void encode(benchmark::State& state) {
  const auto path = std::filesystem::temp_directory_path() / "mien-bench-stages-encoded.mp4";
  mien::SourceInfo info;
  info.rate = kRate;
  for (auto _ : state) {
    mien::AnnotatedVideo video(path, info, [](const std::string&) {});
    for (int i = 0; i < kFrames; ++i) {
      video.write({scene(state).image(static_cast<std::size_t>(i)), i, i / kRate});
    }
    video.finish();
  }
  std::filesystem::remove(path);
  state.SetItemsProcessed(state.iterations() * kFrames);
}

void one_and_eight(benchmark::internal::Benchmark* stage) {
  stage->Arg(1)->Arg(8)->Unit(benchmark::kMicrosecond);
}

BENCHMARK(decode)->Apply(one_and_eight);
BENCHMARK_CAPTURE(detect, mien, "mien")->Apply(one_and_eight);
BENCHMARK_CAPTURE(detect, haar_fast, "haar-fast")->Apply(one_and_eight);
BENCHMARK_CAPTURE(detect, haar_alt2, "haar-alt2")->Apply(one_and_eight);
BENCHMARK(detect_near)->Apply(one_and_eight);
BENCHMARK(follow)->Apply(one_and_eight);
BENCHMARK(track)->Apply(one_and_eight);
BENCHMARK_CAPTURE(crop, upright, 0.0)->Apply(one_and_eight);
BENCHMARK_CAPTURE(crop, tilted, 0.5)->Apply(one_and_eight);
BENCHMARK(smooth)->Apply(one_and_eight);
BENCHMARK(write_json)->Apply(one_and_eight);
BENCHMARK(write_csv)->Apply(one_and_eight);
BENCHMARK(annotate)->Apply(one_and_eight);
BENCHMARK(encode)->Apply(one_and_eight);

}  // namespace

BENCHMARK_MAIN();
