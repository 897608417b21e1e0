// Mien on a video, from decoding to JSON, beside the program that most tutorials write with OpenCV:
// the Haar cascade on every frame (scale 1.3, 5 neighbours) and its dnn for each face. Both read
// the same made video and the same model, in turn. Pin it to one core by taskset -c 0.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <opencv2/core.hpp>
#include <opencv2/dnn.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/objdetect.hpp>
#include <opencv2/videoio.hpp>
#include <string>
#include <vector>

#include "made_scene.h"
#include "mien/error.h"
#include "mien/json_lines.h"
#include "mien/models.h"
#include "mien/picture.h"
#include "mien/video_analyzer.h"

namespace {

struct Options {
  std::filesystem::path portrait = "build/assets/astronaut.png";
  std::filesystem::path video = std::filesystem::temp_directory_path() / "mien-bench-video.mp4";
  int width = 640;
  int height = 480;
  int faces = 1;
  double seconds = 10;
  int repeats = 5;
  std::string model{mien::kDefaultExpressionModel};
  std::string detector{mien::kDefaultFaceDetector};
  std::string precision = "float32";
};

constexpr double kRate = 30;

mien::test::MadeScene scaled(mien::test::MadeScene scene, const Options& options) {
  const double x = static_cast<double>(options.width) / scene.size.width;
  const double y = static_cast<double>(options.height) / scene.size.height;
  for (auto& path : scene.paths) {
    for (auto* point : {&path.from, &path.to, &path.sway}) *point = {point->x * x, point->y * y};
    path.size *= std::min(x, y);
  }
  scene.size = {options.width, options.height};
  scene.seconds = options.seconds;
  return scene;
}

void make_video(const Options& options) {
  const auto portrait = mien::read_picture(options.portrait);
  const cv::Mat view(portrait.height(), portrait.width(), CV_8UC3,
                     const_cast<std::uint8_t*>(portrait.pixels().data()));
  const mien::test::ScenePainter painter(scaled(mien::test::faces_apart(options.faces, 1), options),
                                         view);
  cv::VideoWriter writer(options.video.string(), cv::VideoWriter::fourcc('a', 'v', 'c', '1'), kRate,
                         {options.width, options.height});
  const int frames = static_cast<int>(options.seconds * kRate);
  for (int i = 0; i < frames; ++i) writer.write(painter.paint(i / kRate));
}

struct Outcome {
  long frames = 0;
  long faces = 0;
  double seconds = 0;
  double frames_per_second() const { return static_cast<double>(frames) / seconds; }
};

/// Where the JSON lines go: written out, and read by nobody.
class Sink {
 public:
  Sink() : file_(std::fopen("/dev/null", "w")) {}
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  ~Sink() { std::fclose(file_); }
  void write(const std::string& line) { std::fputs(line.c_str(), file_); }

 private:
  std::FILE* file_;
};

template <typename Work>
Outcome timed(Work work) {
  Outcome outcome;
  const auto start = std::chrono::steady_clock::now();
  work(outcome);
  outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return outcome;
}

/// The rival.
class Tutorial {
 public:
  explicit Tutorial(const Options& options)
      : video_(options.video.string()),
        cascade_("/usr/share/opencv4/haarcascades/haarcascade_frontalface_default.xml"),
        net_(cv::dnn::readNetFromONNX(mien::find_model(options.model).string())) {}

  Outcome run() {
    return timed([this](Outcome& outcome) {
      cv::VideoCapture capture(video_);
      for (cv::Mat frame; capture.read(frame); ++outcome.frames) analyze(frame, outcome);
    });
  }

 private:
  void analyze(const cv::Mat& frame, Outcome& outcome) {
    cv::Mat gray;
    cv::cvtColor(frame, gray, cv::COLOR_BGR2GRAY);
    std::vector<cv::Rect> boxes;
    cascade_.detectMultiScale(gray, boxes, 1.3, 5);
    std::string line = fmt::format("{{\"frame\":{},\"faces\":[", outcome.frames);
    for (const auto& box : boxes) line += classify(gray(box), box);
    sink_.write(line + "]}\n");
    outcome.faces += static_cast<long>(boxes.size());
  }

  std::string classify(const cv::Mat& face, const cv::Rect& box) {
    cv::Mat input;
    cv::resize(face, input, {48, 48}, 0, 0, cv::INTER_AREA);
    input.convertTo(input, CV_32F);
    cv::Scalar mean;
    cv::Scalar deviation;
    cv::meanStdDev(input, mean, deviation);
    input = (input - mean[0]) / std::max(deviation[0], 1e-6);
    net_.setInput(cv::dnn::blobFromImage(input));
    const cv::Mat logits = net_.forward();
    std::string text = fmt::format("{{\"box\":[{},{},{},{}],\"probabilities\":[", box.x, box.y,
                                   box.width, box.height);
    double sum = 0;
    for (int i = 0; i < 7; ++i) sum += std::exp(logits.at<float>(i));
    for (int i = 0; i < 7; ++i) text += fmt::format("{:.4f},", std::exp(logits.at<float>(i)) / sum);
    return text + "]},";
  }

  std::string video_;
  cv::CascadeClassifier cascade_;
  cv::dnn::Net net_;
  Sink sink_;
};

class Mien {
 public:
  explicit Mien(const Options& options) : video_(options.video.string()) {
    mien::VideoOptions video;
    video.analyzer.model = options.model;
    video.analyzer.detector.kind = options.detector;
    const auto precision = mien::precision_from_name(options.precision);
    if (!precision) throw mien::Error(mien::ErrorCode::usage, "no such precision");
    video.analyzer.network.precision = *precision;
    analyzer_ = mien::VideoAnalyzer(video);
  }

  Outcome run() {
    return timed([this](Outcome& outcome) {
      const auto source = mien::open_frame_source(video_);
      analyzer_.run(*source, [&](mien::Frame&, const mien::FrameResult& result) {
        sink_.write(mien::to_json_line(result) + "\n");
        ++outcome.frames;
        outcome.faces += static_cast<long>(result.faces.size());
        return true;
      });
    });
  }

 private:
  std::string video_;
  mien::VideoAnalyzer analyzer_;
  Sink sink_;
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

std::string statistics(const std::vector<double>& values) {
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  return fmt::format("{{\"median\":{:.2f},\"least\":{:.2f},\"most\":{:.2f}}}", median(values),
                     *least, *most);
}

void compare(const Options& options) {
  make_video(options);
  Mien mien(options);
  Tutorial tutorial(options);
  std::vector<double> ours;
  std::vector<double> theirs;
  std::vector<double> ratios;
  Outcome our_last;
  Outcome their_last;
  for (int i = 0; i < options.repeats; ++i) {
    our_last = mien.run();
    their_last = tutorial.run();
    ours.push_back(our_last.frames_per_second());
    theirs.push_back(their_last.frames_per_second());
    ratios.push_back(ours.back() / theirs.back());
  }
  std::filesystem::remove(options.video);
  fmt::print("{{\"frames\":{},\"mien_frames_per_second\":{},\"opencv_frames_per_second\":{},",
             our_last.frames, statistics(ours), statistics(theirs));
  fmt::print("\"ratio\":{},\"mien_faces\":{},\"opencv_faces\":{}}}\n", statistics(ratios),
             our_last.faces, their_last.faces);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Mien beside the usual OpenCV program, on a made video; prints JSON.");
  app.add_option("--portrait", options.portrait, "what script/setup fetches")
      ->capture_default_str();
  app.add_option("--video", options.video, "where the made video is written")
      ->capture_default_str();
  app.add_option("--width", options.width)->capture_default_str();
  app.add_option("--height", options.height)->capture_default_str();
  app.add_option("--faces", options.faces)->check(CLI::Range(1, 16))->capture_default_str();
  app.add_option("--seconds", options.seconds)->capture_default_str();
  app.add_option("--repeats", options.repeats)->check(CLI::Range(1, 1000))->capture_default_str();
  app.add_option("--model", options.model)->capture_default_str();
  app.add_option("--detector", options.detector, "of Mien")->capture_default_str();
  app.add_option("--precision", options.precision, "of Mien")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    compare(options);
  } catch (const std::exception& error) {
    fmt::print(stderr, "mien-bench-video: {}\n", error.what());
    return 1;
  }
}
