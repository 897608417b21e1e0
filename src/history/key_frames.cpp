#include "history/key_frames.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <utility>

#include "mien/error.h"

namespace mien {
namespace {

constexpr double kShortest = 1;  // second; less is a flicker
/// So much clearer a frame must be to be worth its encoding.
constexpr double kGain = 1.05;
constexpr double kAbsence = 2;  // seconds
constexpr double kMinute = 60;
/// Larger faces are not clearer.
constexpr int kLargeFace = 160;

double clearness_of(const Face& face) {
  const int side = std::min({face.box.width, face.box.height, kLargeFace});
  return static_cast<double>(face.score) * static_cast<double>(face.confidence) * side;
}

std::vector<std::uint8_t> to_jpeg(const ImageView& picture, int longest_side) {
  constexpr int kQuality = 85;
  const cv::Mat view(picture.height, picture.width, CV_8UC3,
                     const_cast<std::uint8_t*>(picture.data),
                     static_cast<std::size_t>(picture.stride));
  const double scale =
      std::min(1.0, static_cast<double>(longest_side) / std::max(view.cols, view.rows));
  cv::Mat small;
  cv::resize(view, small, {}, scale, scale, cv::INTER_AREA);
  std::vector<std::uint8_t> bytes;
  cv::imencode(".jpg", small, bytes, {cv::IMWRITE_JPEG_QUALITY, kQuality});
  return bytes;
}

long long minute_of(double time) { return static_cast<long long>(std::floor(time / kMinute)); }

}  // namespace

KeyFrameFinder::KeyFrameFinder(const KeyFrameOptions& options) : options_(options) {
  if (options.per_minute < 1 || options.per_minute > 60 || options.longest_side < 1) {
    throw Error(ErrorCode::usage, "key frames: from 1 to 60 a minute can be kept");
  }
}

void KeyFrameFinder::add(double time, const FrameResult& result, const ImageView& picture) {
  for (const auto& face : result.faces) follow(time, face, picture);
  for (auto place = open_.begin(); place != open_.end();) {
    const bool is_gone = time - place->second.seen > kAbsence;
    if (is_gone) close(place->second);
    place = is_gone ? open_.erase(place) : std::next(place);
  }
}

void KeyFrameFinder::follow(double time, const Face& face, const ImageView& picture) {
  const auto found = open_.find(face.track);
  const bool is_new = found == open_.end();
  if (!is_new) found->second.seen = time;
  const bool goes_on = !is_new && (found->second.frame.expression == face.expression);
  const auto clearness = clearness_of(face);
  if (goes_on && clearness < kGain * found->second.clearness) return;
  if (!goes_on && !is_new) close(found->second);
  auto& stretch = open_[face.track];
  if (!goes_on) stretch = Stretch{.frame = {}, .begin = time, .seen = time, .clearness = 0};
  stretch.clearness = clearness;
  stretch.frame = {.time = time,
                   .participant = face.track,
                   .expression = face.expression,
                   .until = time,
                   .jpeg = to_jpeg(picture, options_.longest_side)};
}

void KeyFrameFinder::close(const Stretch& stretch) {
  if (stretch.emitted || stretch.length() < kShortest) return;
  auto& minute = closed_[minute_of(stretch.frame.time)];
  minute.push_back(stretch);
  keep_longest(minute, options_.per_minute);
}

void KeyFrameFinder::keep_longest(std::vector<Stretch>& stretches, int most) {
  std::ranges::stable_sort(stretches, std::ranges::greater{}, &Stretch::length);
  const auto room = static_cast<std::size_t>(std::max(0, most));
  if (stretches.size() > room) stretches.resize(room);
}

std::vector<KeyFrame> KeyFrameFinder::take(double now) {
  std::vector<KeyFrame> frames;
  // A stretch that began in a minute is mostly over in the next one.
  while (!closed_.empty() && closed_.begin()->first + 1 < minute_of(now)) {
    emit(closed_.begin()->first, frames);
  }
  return frames;
}

std::vector<KeyFrame> KeyFrameFinder::finish() {
  for (const auto& [track, stretch] : open_) close(stretch);
  open_.clear();
  std::vector<KeyFrame> frames;
  while (!closed_.empty()) emit(closed_.begin()->first, frames);
  return frames;
}

/// Stretches that still last are chosen among with those that are over.
void KeyFrameFinder::emit(long long minute, std::vector<KeyFrame>& frames) {
  auto stretches = std::move(closed_.at(minute));
  closed_.erase(minute);
  for (const auto& [track, stretch] : open_) {
    const bool is_one = minute_of(stretch.frame.time) == minute && !stretch.emitted;
    if (is_one && stretch.length() >= kShortest) stretches.push_back(stretch);
  }
  auto& emitted = emitted_[minute];
  keep_longest(stretches, options_.per_minute - emitted);
  emitted += static_cast<int>(stretches.size());
  std::ranges::sort(stretches, {}, [](const Stretch& stretch) { return stretch.frame.time; });
  for (auto& stretch : stretches) {
    const auto open = open_.find(stretch.frame.participant);
    if (open != open_.end() && open->second.begin == stretch.begin) open->second.emitted = true;
    stretch.frame.until = stretch.seen;
    frames.push_back(std::move(stretch.frame));
  }
  constexpr std::size_t kMinutesKnown = 120;
  if (emitted_.size() > kMinutesKnown) emitted_.erase(emitted_.begin());
}

}  // namespace mien
