#include "vision/source/selected_frames.h"

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <utility>

#include "mien/error.h"

namespace mien {
namespace {

constexpr double kTolerance = 1e-6;  ///< seconds, for times that were rounded

SourceInfo describe(const StreamInfo& stream, const std::string& name,
                    const FrameSourceOptions& options) {
  SourceInfo info;
  info.name = name;
  info.live = stream.live;
  info.rate = stream.rate / options.every;
  if (options.rate && (stream.rate <= 0 || *options.rate < info.rate)) info.rate = *options.rate;
  if (!stream.frames) return info;
  if (stream.rate <= 0) {
    if (options.start == 0 && !options.end && !options.rate) {
      info.frames = (*stream.frames + options.every - 1) / options.every;
    }
    return info;
  }
  const double length = static_cast<double>(*stream.frames) / stream.rate;
  const double seconds = std::min(options.end.value_or(length), length) - options.start;
  info.frames = std::max(0LL, std::llround(std::ceil(seconds * info.rate - kTolerance)));
  return info;
}

cv::Mat view(Image& image) {
  return {image.height(), image.width(), CV_8UC3, image.pixels().data()};
}

int scaled(int side, int longest, int limit) {
  return std::max(1, static_cast<int>(std::lround(static_cast<double>(side) * limit / longest)));
}

}  // namespace

SelectedFrames::SelectedFrames(std::unique_ptr<FrameReader> reader,
                               std::shared_ptr<Interruption> interruption, const std::string& name,
                               const FrameSourceOptions& options)
    : interruption_(std::move(interruption)),
      reader_(std::move(reader)),
      options_(options),
      info_(describe(reader_->info(), name, options)),
      clock_(reader_->info().rate) {
  if (options_.start > 0) index_ = reader_->skip_to(options_.start);
}

bool SelectedFrames::next(Frame& frame) {
  if (ended_) return false;
  try {
    ended_ = !find_next(frame);
  } catch (const Error&) {
    ended_ = true;
    if (!interruption_->is_set()) throw;
  }
  return !ended_;
}

bool SelectedFrames::find_next(Frame& frame) {
  while (!interruption_->is_set() && reader_->advance()) {
    const double time = clock_.next(reader_->time());
    const long long index = index_++;
    if (options_.end && time >= *options_.end - kTolerance) return false;
    if (time < options_.start - kTolerance || !is_wanted(time)) continue;
    if (!read(frame.picture)) continue;
    frame.index = index;
    frame.time = time;
    return true;
  }
  return false;
}

bool SelectedFrames::is_wanted(double time) {
  const long long number = in_range_++;
  if (number == 0) first_time_ = time;
  if (!options_.rate) return number % options_.every == 0;
  // One frame from each 1/rate of a second keeps the rate without drifting from it.
  const double slot = std::floor((time - first_time_) * *options_.rate + kTolerance);
  constexpr double kMost = 1e15;
  const auto this_slot = static_cast<long long>(std::min(slot, kMost));
  if (this_slot <= last_slot_) return false;
  last_slot_ = this_slot;
  return true;
}

bool SelectedFrames::read(Image& picture) {
  const int limit = options_.longest_side;
  if (limit == 0) return reader_->read(picture);
  if (!reader_->read(full_size_)) return false;
  const int longest = std::max(full_size_.width(), full_size_.height());
  if (longest <= limit) {
    std::swap(picture, full_size_);
    return true;
  }
  picture.recreate(scaled(full_size_.width(), longest, limit),
                   scaled(full_size_.height(), longest, limit), PixelFormat::bgr);
  cv::Mat target = view(picture);
  cv::resize(view(full_size_), target, target.size(), 0, 0, cv::INTER_AREA);
  return true;
}

}  // namespace mien
