// How many faces a detector finds, and how many of its findings are faces, on pictures annotated in
// WIDER FACE's format.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <exception>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "mien/face_detector.h"
#include "mien/picture.h"

namespace {

constexpr double kSameFace = 0.4;

struct Options {
  std::filesystem::path pictures;
  std::filesystem::path boxes;
  mien::FaceDetectorOptions detector;
  int every = 1;
  int first = 0;
  int min_face = 24;
};

struct AnnotatedPicture {
  std::string name;
  std::vector<mien::Box> faces;
};

std::vector<AnnotatedPicture> read_annotations(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<AnnotatedPicture> all;
  for (std::string name; std::getline(file, name);) {
    AnnotatedPicture picture{name, {}};
    std::string line;
    std::getline(file, line);
    const int count = std::stoi(line);
    for (int i = 0; i < std::max(count, 1); ++i) {  // no face: one line of zeros
      std::getline(file, line);
      std::istringstream numbers(line);
      mien::Box box;
      numbers >> box.x >> box.y >> box.width >> box.height;
      if (mien::area(box) > 0) picture.faces.push_back(box);
    }
    all.push_back(std::move(picture));
  }
  return all;
}

/// One finding, or one face that was not found.
struct Outcome {
  double score = 0;
  bool right = false;
};

struct Tally {
  std::vector<Outcome> findings;
  std::size_t faces = 0;  ///< of at least min_face pixels
};

/// Small annotated faces may be found, but need not be.
void compare(const std::vector<mien::DetectedFace>& found, const AnnotatedPicture& picture,
             int min_face, Tally& tally) {
  std::vector<bool> taken(picture.faces.size());
  const auto required = [min_face](const mien::Box& box) { return box.width >= min_face; };
  tally.faces +=
      static_cast<std::size_t>(std::count_if(picture.faces.begin(), picture.faces.end(), required));
  for (const auto& finding : found) {
    std::size_t best = 0;
    double best_overlap = 0;
    for (std::size_t i = 0; i < picture.faces.size(); ++i) {
      const double overlap = taken[i] ? 0 : mien::iou(finding.box, picture.faces[i]);
      if (overlap > best_overlap) {
        best_overlap = overlap;
        best = i;
      }
    }
    const bool right = best_overlap >= kSameFace;
    if (right) taken[best] = true;
    if (!right || required(picture.faces[best])) tally.findings.push_back({finding.score, right});
  }
}

void print(const Tally& tally) {
  fmt::print("{:>9}  {:>9}  {:>6}\n", "score >=", "precision", "recall");
  for (int tenth = 0; tenth < 10; ++tenth) {
    std::size_t kept = 0;
    std::size_t right = 0;
    for (const auto& finding : tally.findings) {
      if (finding.score < tenth / 10.0) continue;
      ++kept;
      right += finding.right ? 1 : 0;
    }
    const auto share = [right](std::size_t of) {
      return of == 0 ? 0.0 : static_cast<double>(right) / static_cast<double>(of);
    };
    fmt::print("{:>9.1f}  {:>9.3f}  {:>6.3f}\n", tenth / 10.0, share(kept), share(tally.faces));
  }
}

void run(const Options& options) {
  const auto detector = mien::make_face_detector(options.detector);
  const auto pictures = read_annotations(options.boxes);
  Tally tally;
  std::size_t count = 0;
  double seconds = 0;
  for (auto i = static_cast<std::size_t>(options.first); i < pictures.size();
       i += static_cast<std::size_t>(options.every)) {
    const auto image = mien::read_picture(options.pictures / pictures[i].name);
    const auto start = std::chrono::steady_clock::now();
    const auto found = detector->detect(image.view());
    seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    compare(found, pictures[i], options.min_face, tally);
    ++count;
  }
  fmt::print("{}: {} pictures, {} faces of {} pixels or more, {:.0f} ms a picture\n",
             options.detector.kind, count, tally.faces, options.min_face,
             1000 * seconds / static_cast<double>(std::max<std::size_t>(count, 1)));
  print(tally);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Measures a face detector's precision and recall.");
  Options options;
  options.detector.min_score = 0;
  app.add_option("--pictures", options.pictures, "the folder that the pictures' names start at")
      ->required();
  app.add_option("--boxes", options.boxes, "wider_face_train_bbx_gt.txt")->required();
  app.add_option("--detector", options.detector.kind, "the face detector")->capture_default_str();
  app.add_option("--every", options.every, "look at every n-th picture")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--first", options.first, "the first picture to look at, from 0")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--min-face", options.min_face, "width of the smallest face that counts, pixels")
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    run(options);
  } catch (const std::exception& error) {
    fmt::print(stderr, "mien-bench-detection: {}\n", error.what());
    return 1;
  }
}
