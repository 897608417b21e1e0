#include "made_scene.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <opencv2/imgproc.hpp>

namespace mien::test {
namespace {

/// The portrait's face as detectors frame it, and the head about it.
const cv::Rect kFace(170, 70, 110, 110);
const cv::Rect kHead(130, 10, 190, 195);

constexpr double kHalf = 0.5;

double uniform(std::mt19937& random, double low, double high) {
  // Not std::uniform_real_distribution: libraries differ in what it gives.
  return low + (high - low) * (static_cast<double>(random()) / 4294967296.0);
}

double normal(std::mt19937& random) {
  const double radius = std::sqrt(-2 * std::log(1 - uniform(random, 0, 1)));
  return radius * std::cos(uniform(random, 0, 2 * std::numbers::pi));
}

Box square(double x, double y, double size) {
  return {static_cast<int>(std::lround(x - size / 2)), static_cast<int>(std::lround(y - size / 2)),
          static_cast<int>(std::lround(size)), static_cast<int>(std::lround(size))};
}

Box box_at(const MadePath& path, double time, double seconds) {
  const double angle = 2 * std::numbers::pi * time / path.sway_seconds + path.phase;
  const auto centre =
      path.from + (path.to - path.from) * (time / seconds) + path.sway * std::sin(angle);
  return square(centre.x, centre.y, path.size * std::exp(path.size_swing * std::cos(angle)));
}

bool covers(const Box& cover, const Box& box) {
  return 3 * area(intersection(cover, box)) > area(box);
}

}  // namespace

std::vector<MadeFace> MadeScene::faces(double time) const {
  std::vector<MadeFace> all;
  for (int face = 0; const auto& path : paths) {
    if (time >= path.appears) all.push_back({face, box_at(path, time, seconds), true});
    ++face;
  }
  for (auto& face : all) {
    for (const auto& bar : bars) {
      if (covers({bar.x, bar.y, bar.width, bar.height}, face.box)) face.visible = false;
    }
    for (const auto& other : all) {
      if (other.face > face.face && covers(other.box, face.box)) face.visible = false;
    }
  }
  return all;
}

MadeScene faces_apart(int count, std::uint32_t seed) {
  std::mt19937 random(seed);
  MadeScene scene;
  const int columns = count <= 4 ? 2 : 4;
  const double field = scene.size.width / static_cast<double>(columns);
  const double field_height = scene.size.height / 2.0;
  // At its largest a face has room to sway without leaving its field.
  const double largest = 0.65 * std::min(field, field_height);
  for (int face = 0; face < count; ++face) {
    MadePath path;
    path.from = {field * (face % columns + kHalf), field_height * (face / columns + kHalf)};
    path.to = path.from;
    path.size = largest / 2;
    path.size_swing = std::log(2.0);
    path.sway = {uniform(random, 0.1, 0.17) * field, uniform(random, 0.05, 0.15) * field_height};
    path.sway_seconds = uniform(random, 3, 6);
    path.phase = uniform(random, 0, 2 * std::numbers::pi);
    scene.paths.push_back(path);
  }
  return scene;
}

MadeScene faces_appearing(int count, std::uint32_t seed) {
  auto scene = faces_apart(count, seed);
  std::mt19937 random(seed + 1);
  for (auto& path : scene.paths) path.appears = uniform(random, 0, scene.seconds / 2);
  return scene;
}

MadeScene faces_crossing(int pairs, std::uint32_t seed) {
  std::mt19937 random(seed);
  MadeScene scene;
  scene.seconds = uniform(random, 3, 6);
  const double row = scene.size.height / static_cast<double>(pairs);
  const double size = std::min(90.0, 0.5 * row);
  const double right = scene.size.width - size;
  for (int pair = 0; pair < pairs; ++pair) {
    const double y = row * (pair + kHalf);
    const auto height = [&] { return y + uniform(random, -0.2, 0.2) * row; };
    MadePath path;
    path.size = size * uniform(random, 0.8, 1.2);
    path.from = {size, height()};
    path.to = {right, height()};
    scene.paths.push_back(path);
    path.size = size * uniform(random, 0.8, 1.2);
    path.from = {right, height()};
    path.to = {size, height()};
    path.sway = {0, 0.05 * row};
    scene.paths.push_back(path);
  }
  return scene;
}

MadeScene face_behind_bar(double hidden_seconds) {
  MadeScene scene;
  scene.seconds = 4;
  MadePath path;
  path.size = 80;
  path.from = {80, 120};
  path.to = {560, 150};
  scene.paths.push_back(path);
  path.from = {500, 350};
  path.to = {200, 360};
  scene.paths.push_back(path);
  // A face counts as hidden while more than a third of it is.
  const double speed = (560 - 80) / scene.seconds;
  const int width = static_cast<int>(hidden_seconds * speed - path.size / 3);
  scene.bars.emplace_back(320 - width / 2, 0, width, 250);
  return scene;
}

ScenePainter::ScenePainter(MadeScene scene, const cv::Mat& portrait) : scene_(std::move(scene)) {
  cv::Mat grain(scene_.size.height / 48, scene_.size.width / 48, CV_8UC3);
  cv::RNG random(1);
  random.fill(grain, cv::RNG::UNIFORM, 110, 150);
  cv::resize(grain, background_, scene_.size, 0, 0, cv::INTER_CUBIC);
  portrait(kHead).convertTo(head_, CV_32FC3);
  cv::Mat oval(kHead.size(), CV_32FC3, cv::Scalar::all(0));
  cv::ellipse(oval, {kHead.width / 2, kHead.height / 2},
              {kHead.width / 2 - 12, kHead.height / 2 - 12}, 0, 0, 360, cv::Scalar::all(1),
              cv::FILLED);
  cv::GaussianBlur(oval, opacity_, {21, 21}, 0);
}

cv::Mat ScenePainter::paint(double time) const {
  cv::Mat frame = background_.clone();
  for (const auto& face : scene_.faces(time)) {
    const double scale = static_cast<double>(face.box.width) / kFace.width;
    const auto at = [scale](int value) { return static_cast<int>(std::lround(value * scale)); };
    const cv::Rect place(face.box.x - at(kFace.x - kHead.x), face.box.y - at(kFace.y - kHead.y),
                         at(kHead.width), at(kHead.height));
    const auto inside = place & cv::Rect({}, frame.size());
    if (inside.empty()) continue;
    cv::Mat head;
    cv::Mat opacity;
    cv::resize(head_, head, place.size(), 0, 0, cv::INTER_AREA);
    cv::resize(opacity_, opacity, place.size(), 0, 0, cv::INTER_AREA);
    const cv::Rect part(inside.tl() - place.tl(), inside.size());
    cv::Mat under;
    frame(inside).convertTo(under, CV_32FC3);
    const cv::Mat over = under + opacity(part).mul(head(part) - under);
    over.convertTo(frame(inside), CV_8UC3);
  }
  for (const auto& bar : scene_.bars) cv::rectangle(frame, bar, {60, 90, 60}, cv::FILLED);
  return frame;
}

std::vector<DetectedFace> found_with_noise(const MadeScene& scene, double time,
                                           const DetectorNoise& noise, std::mt19937& random) {
  std::vector<DetectedFace> found;
  for (const auto& face : scene.faces(time)) {
    const double size = face.box.width;
    const double x = face.box.x + size / 2 + noise.place * size * normal(random);
    const double y = face.box.y + size / 2 + noise.place * size * normal(random);
    const auto box = square(x, y, size * std::exp(noise.size * normal(random)));
    const bool missed = uniform(random, 0, 1) < noise.missed;
    if (face.visible && !missed) found.push_back({box, 0.9F, std::nullopt});
  }
  if (uniform(random, 0, 1) < noise.false_finds) {
    const double x = uniform(random, 0, scene.size.width);
    const double y = uniform(random, 0, scene.size.height);
    found.push_back({square(x, y, uniform(random, 25, 120)), 0.7F, std::nullopt});
  }
  return found;
}

void FollowScore::add(std::span<const MadeFace> truth, std::span<const TrackedFace> followed) {
  struct Pair {
    const MadeFace* face;
    const TrackedFace* track;
    bool kept;
    double overlap;
  };
  std::vector<Pair> pairs;
  for (const auto& face : truth) {
    for (const auto& track : followed) {
      const double overlap = iou(face.box, track.face.box);
      const auto before = track_of_.find(face.face);
      const bool kept = before != track_of_.end() && before->second == track.track;
      if (overlap >= kHalf) pairs.push_back({&face, &track, kept, overlap});
    }
  }
  std::sort(pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) {
    return std::pair(a.kept, a.overlap) > std::pair(b.kept, b.overlap);
  });
  std::set<const void*> taken;
  for (const auto& pair : pairs) {
    if (taken.contains(pair.face) || taken.contains(pair.track)) continue;
    taken.insert({pair.face, pair.track});
    (pair.face->visible ? right_ : in_doubt_) += 1;
    const auto [before, is_new] = track_of_.try_emplace(pair.face->face, pair.track->track);
    if (!is_new && !pair.kept) ++switches_;
    before->second = pair.track->track;
  }
  faces_ += static_cast<int>(
      std::count_if(truth.begin(), truth.end(), [](const auto& face) { return face.visible; }));
  reported_ += static_cast<int>(followed.size());
  for (const auto& track : followed) ids_.insert(track.track);
}

void FollowScore::begin_source() { track_of_.clear(); }

void FollowScore::add(const FollowScore& other) {
  faces_ += other.faces_;
  reported_ += other.reported_;
  right_ += other.right_;
  in_doubt_ += other.in_doubt_;
  switches_ += other.switches_;
}

double FollowScore::recall() const {
  return faces_ == 0 ? 1 : static_cast<double>(right_) / faces_;
}

double FollowScore::precision() const {
  const int counted = reported_ - in_doubt_;
  return counted == 0 ? 1 : static_cast<double>(right_) / counted;
}

}  // namespace mien::test
