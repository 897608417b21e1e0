// What is lost when faces are followed instead of searched for in the whole of every frame, and how
// much time it saves, on made scenes with known faces.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <ctime>
#include <exception>
#include <filesystem>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "made_scene.h"
#include "mien/error.h"
#include "mien/face_follower.h"
#include "mien/picture.h"

namespace {

/// Of the processor, in this one thread: what else runs on the machine counts less.
double processor_seconds() {
  return static_cast<double>(std::clock()) / static_cast<double>(CLOCKS_PER_SEC);
}

struct Options {
  std::filesystem::path portrait = "build/assets/astronaut.png";
  mien::FaceDetectorOptions detector;
  double rate = 25;
  int scenes = 2;
  std::uint32_t seed = 1;
  double seconds = 0;
  std::vector<double> searches = {0, 1, 2, 3, 5, 10};
};

/// One way to follow, over all scenes.
struct Run {
  double searches = 0;
  mien::test::FollowScore score;
  double seconds = 0;
  long frames = 0;
};

struct NamedScene {
  const char* name;
  mien::test::MadeScene (*make)(std::uint32_t seed);
};

const NamedScene kScenes[] = {
    {"1 face", [](std::uint32_t seed) { return mien::test::faces_apart(1, seed); }},
    {"3 faces apart", [](std::uint32_t seed) { return mien::test::faces_apart(3, seed); }},
    {"8 faces apart", [](std::uint32_t seed) { return mien::test::faces_apart(8, seed); }},
    {"8 faces that appear",
     [](std::uint32_t seed) { return mien::test::faces_appearing(8, seed); }},
    {"2 pairs that cross", [](std::uint32_t seed) { return mien::test::faces_crossing(2, seed); }},
    {"behind a bar for 0.5 s", [](std::uint32_t) { return mien::test::face_behind_bar(0.5); }},
};

mien::ImageView view_of(const cv::Mat& frame) {
  return {frame.data, frame.cols, frame.rows, static_cast<std::ptrdiff_t>(frame.step),
          mien::PixelFormat::bgr};
}

cv::Mat read_portrait(const std::filesystem::path& path) {
  auto image = mien::read_picture(path);
  return cv::Mat(image.height(), image.width(), CV_8UC3, image.pixels().data()).clone();
}

/// All ways on the same frames, one after the other, so that the machine's moods meet all alike.
void follow(const mien::test::MadeScene& scene, const cv::Mat& portrait, const Options& options,
            std::vector<Run>& runs) {
  const mien::test::ScenePainter painter(scene, portrait);
  std::vector<mien::FaceFollower> followers;
  for (const auto& run : runs) {
    followers.emplace_back(mien::make_face_detector(options.detector),
                           mien::FaceFollowerOptions{{}, run.searches});
  }
  for (auto& run : runs) run.score.begin_source();
  const double end = options.seconds > 0 ? options.seconds : scene.seconds;
  for (int frame = 0; frame < end * options.rate; ++frame) {
    const double time = frame / options.rate;
    const cv::Mat picture = painter.paint(time);
    for (std::size_t i = 0; i < runs.size(); ++i) {
      const double start = processor_seconds();
      const auto tracks = followers[i].follow(view_of(picture), time);
      runs[i].seconds += processor_seconds() - start;
      ++runs[i].frames;
      runs[i].score.add(scene.faces(time), tracks);
    }
  }
}

void print(const char* name, const std::vector<Run>& runs) {
  fmt::print("{}\n{:>10}  {:>7}  {:>9}  {:>8}  {:>8}  {:>6}\n", name, "searches/s", "recall",
             "precision", "switches", "ms/frame", "faster");
  const double every_frame = runs.front().seconds;
  for (const auto& run : runs) {
    fmt::print("{:>10}  {:>7.4f}  {:>9.4f}  {:>8}  {:>8.2f}  {:>6.2f}\n",
               run.searches == 0 ? "all" : fmt::format("{}", run.searches), run.score.recall(),
               run.score.precision(), run.score.switches(),
               1000 * run.seconds / static_cast<double>(run.frames), every_frame / run.seconds);
  }
}

std::vector<Run> runs_of(const Options& options) {
  std::vector<Run> runs;
  for (const double searches : options.searches) runs.push_back({searches, {}});
  return runs;
}

void run(const Options& options) {
  const auto portrait = read_portrait(options.portrait);
  cv::setNumThreads(1);
  auto all = runs_of(options);
  for (const auto& scene : kScenes) {
    auto runs = runs_of(options);
    for (int i = 0; i < options.scenes; ++i) {
      const auto made = scene.make(options.seed + static_cast<std::uint32_t>(i));
      follow(made, portrait, options, runs);
    }
    print(scene.name, runs);
    for (std::size_t i = 0; i < runs.size(); ++i) {
      all[i].seconds += runs[i].seconds;
      all[i].frames += runs[i].frames;
      all[i].score.add(runs[i].score);
    }
  }
  print("all", all);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Measures what following faces loses and saves against searching every frame.");
  Options options;
  app.add_option("--portrait", options.portrait, "NASA's portrait, which script/setup fetches")
      ->capture_default_str();
  app.add_option("--detector", options.detector.kind, "the face detector")->capture_default_str();
  app.add_option("--min-face", options.detector.min_face, "the detector's smallest face, pixels");
  app.add_option("--rate", options.rate, "frames a second")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--scenes", options.scenes, "scenes of each kind")->capture_default_str();
  app.add_option("--seconds", options.seconds, "of each scene; without it, all");
  app.add_option("--seed", options.seed, "of the first scene")->capture_default_str();
  app.add_option("--searches", options.searches,
                 "searches of the whole frame a second; 0: of every frame. The first is what the "
                 "others are compared with")
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    run(options);
  } catch (const std::exception& error) {
    fmt::print(stderr, "mien-bench-tracking: {}\n", error.what());
    return 1;
  }
}
