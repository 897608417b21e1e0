#include "server/stream.h"

#include <exception>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <utility>
#include <vector>

#include "mien/error.h"
#include "mien/json_lines.h"
#include "output/shown_name.h"
#include "server/named_source.h"
#include "server/paced_source.h"

namespace mien::server {
namespace {

/// Over that many frames the rate is measured; after that long without one it is 0.
constexpr std::size_t kFramesOfRate = 32;
constexpr auto kSilence = std::chrono::seconds(5);

std::string to_jpeg(const Image& picture, int quality) {
  const cv::Mat view(picture.height(), picture.width(), CV_8UC3,
                     const_cast<std::uint8_t*>(picture.pixels().data()));
  std::vector<std::uint8_t> bytes;
  cv::imencode(".jpg", view, bytes, {cv::IMWRITE_JPEG_QUALITY, quality});
  return {bytes.begin(), bytes.end()};
}

}  // namespace

std::string_view name(StreamState state) {
  switch (state) {
    case StreamState::running:
      return "running";
    case StreamState::ended:
      return "ended";
    case StreamState::failed:
      return "failed";
  }
  return "";
}

Stream::Stream(StreamOptions options)
    : options_(std::move(options)),
      shown_name_(shown_source_name(options_.input)),
      analyzer_(options_.make_analyzer()) {
  status_.source = shown_name_;
  options_.source = source_options();
  source_ = open();
  worker_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
}

Stream::~Stream() { stop(); }

void Stream::stop() {
  stop_.request_stop();
  worker_.request_stop();
  if (worker_.joinable()) worker_.join();
}

FrameSourceOptions Stream::source_options() {
  auto source = options_.source;
  source.stop = stop_.get_token();
  source.notice = [this, others = options_.source.notice](const std::string& notice) {
    const auto plain = shown(notice);
    if (others) others(plain);
    const std::lock_guard lock(mutex_);
    status_.message = plain;
  };
  return source;
}

std::unique_ptr<FrameSource> Stream::open() const {
  auto source = options_.open(options_.input, options_.source);
  const bool at_its_own_pace = source->info().live || options_.input == "-";
  if (!at_its_own_pace) source = std::make_unique<PacedSource>(std::move(source));
  return std::make_unique<NamedSource>(std::move(source), shown_name_);
}

/// Without the folder of a file and the password of an address.
std::string Stream::shown(const std::string& message) const {
  return replaced(message, options_.input, shown_name_);
}

void Stream::work(const std::stop_token& stop) {
  bool goes_on = true;
  while (goes_on && !stop.stop_requested()) {
    try {
      goes_on = play(stop);
    } catch (const std::exception& error) {
      fail(error.what());
      source_.reset();
      goes_on = wait_for_retry(stop);
    }
  }
  pictures_.close();
  results_.close();
}

/// To the source's end; false when it has none to follow.
bool Stream::play(const std::stop_token& stop) {
  if (!source_) source_ = open();
  const auto report = analyzer_.run(
      *source_,
      [this](Frame& frame, const FrameResult& result) {
        take(frame, result);
        return true;
      },
      stop);
  source_.reset();
  if (stop.stop_requested()) return false;
  if (options_.input == "-") {
    set_state(StreamState::ended, "the source has ended");
    return false;
  }
  if (report.frames == 0) {
    throw Error(ErrorCode::input, shown_name_ + ": no frame in it; choose another source");
  }
  return true;
}

void Stream::take(Frame& frame, const FrameResult& result) {
  count(result);
  options_.follow(frame, result);
  if (results_.viewers() > 0) {
    results_.publish(std::make_shared<const std::string>(to_json_line(result)));
  }
  if (pictures_.viewers() > 0) show(frame, result);
}

void Stream::show(Frame& frame, const FrameResult& result) {
  annotator_.annotate(frame.picture, result);
  pictures_.publish(
      std::make_shared<const std::string>(to_jpeg(frame.picture, options_.jpeg_quality)));
  const std::lock_guard lock(mutex_);
  ++encoded_;
}

void Stream::count(const FrameResult& result) {
  const std::lock_guard lock(mutex_);
  ++analyzed_;
  faces_ += static_cast<long long>(result.faces.size());
  status_.state = StreamState::running;
  status_.message.clear();
  failure_.clear();
  status_.frame = result.frame;
  times_.push_back(Clock::now());
  if (times_.size() > kFramesOfRate) times_.pop_front();
}

/// Tells the viewers, and once the server's user.
void Stream::fail(const std::string& reason) {
  const auto message = shown(reason);
  {
    const std::lock_guard lock(mutex_);
    status_.state = StreamState::failed;
    status_.message = message;
    if (std::exchange(failure_, message) == message) return;
  }
  options_.source.notice(message);
}

void Stream::set_state(StreamState state, const std::string& message) {
  const std::lock_guard lock(mutex_);
  status_.state = state;
  status_.message = message;
}

/// False when it was stopped meanwhile.
bool Stream::wait_for_retry(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  retrying_.wait_for(lock, stop, options_.retry, [] { return false; });
  return !stop.stop_requested();
}

StreamStatus Stream::status() const {
  const std::lock_guard lock(mutex_);
  auto status = status_;
  status.viewers = pictures_.viewers();
  if (times_.size() > 1 && Clock::now() - times_.back() < kSilence) {
    const std::chrono::duration<double> span = times_.back() - times_.front();
    status.rate = static_cast<double>(times_.size() - 1) / span.count();
  }
  return status;
}

long long Stream::faces() const {
  const std::lock_guard lock(mutex_);
  return faces_;
}

long long Stream::analyzed() const {
  const std::lock_guard lock(mutex_);
  return analyzed_;
}

long long Stream::encoded() const {
  const std::lock_guard lock(mutex_);
  return encoded_;
}

}  // namespace mien::server
