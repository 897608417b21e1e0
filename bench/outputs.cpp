// How long the outputs take for a frame, in microseconds: drawing on it, and its lines of text.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "mien/annotation.h"
#include "mien/csv.h"
#include "mien/json_lines.h"

namespace {

struct Options {
  int width = 1280;
  int height = 720;
  int faces = 8;
  int rounds = 15;
};

/// Faces that move a little, as tracked ones do, in two rows.
mien::FrameResult frame(const Options& options, int index) {
  mien::FrameResult result;
  result.source = "video.mp4";
  result.frame = index;
  result.time = index / 25.0;
  result.width = options.width;
  result.height = options.height;
  const int columns = (options.faces + 1) / 2;
  const int side = std::min(options.width / std::max(1, 2 * columns), options.height / 4);
  for (int i = 0; i < options.faces; ++i) {
    mien::Face face;
    face.track = i + 1;
    face.box = {options.width * (2 * (i % columns) + 1) / (2 * columns) - side + index % 3,
                options.height * (2 * (i / columns) + 1) / 4 - side / 2 + index % 5, side, side};
    face.score = 0.9876F;
    face.expression = mien::all_expressions().at(static_cast<std::size_t>(i + index / 50) %
                                                 mien::kExpressionCount);
    face.confidence = 0.4F + 0.005F * static_cast<float>((index + 11 * i) % 100);
    face.probabilities.fill((1 - face.confidence) / 6);
    face.probabilities.at(static_cast<std::size_t>(face.expression)) = face.confidence;
    result.faces.push_back(face);
  }
  return result;
}

void report(const std::string& name, const Options& options,
            const std::function<void(const mien::FrameResult&)>& work) {
  constexpr int kFrames = 50;
  std::vector<double> times;
  for (int round = 0; round < options.rounds; ++round) {
    double spent = 0;
    for (int i = 0; i < kFrames; ++i) {
      const auto result = frame(options, round * kFrames + i);
      const auto begin = std::chrono::steady_clock::now();
      work(result);
      const auto end = std::chrono::steady_clock::now();
      spent += std::chrono::duration<double, std::micro>(end - begin).count();
    }
    times.push_back(spent / kFrames);
  }
  std::sort(times.begin(), times.end());
  fmt::print("{:<32}{:>10.1f}{:>10.1f}{:>10.1f}\n", name, times[times.size() / 2], times.front(),
             times.back());
}

}  // namespace

int main(int count, char** arguments) {
  CLI::App app("How long the outputs take for a frame");
  Options options;
  app.add_option("--width", options.width)->check(CLI::Range(1, 10'000));
  app.add_option("--height", options.height)->check(CLI::Range(1, 10'000));
  app.add_option("--faces", options.faces)->check(CLI::Range(1, 100));
  app.add_option("--rounds", options.rounds, "of 50 frames")->check(CLI::Range(1, 1000));
  CLI11_PARSE(app, count, arguments);

  mien::Image picture(options.width, options.height, mien::PixelFormat::bgr);
  mien::Annotator annotator;
  std::size_t bytes = 0;
  fmt::print("{:<32}{:>10}{:>10}{:>10}\n", "microseconds a frame", "median", "least", "most");
  report("annotate a picture", options,
         [&](const auto& result) { mien::annotate(picture, result); });
  report("annotate a video's frame", options,
         [&](const auto& result) { annotator.annotate(picture, result); });
  report("JSON line", options,
         [&](const auto& result) { bytes += mien::to_json_line(result).size(); });
  report("CSV lines", options, [&](const auto& result) { bytes += mien::to_csv(result).size(); });
  return bytes > 0 ? 0 : 1;
}
