#include "vision/source/jpeg_splitter.h"

#include <algorithm>
#include <array>
#include <string>

#include "mien/error.h"

namespace mien {
namespace {

constexpr std::uint8_t kMark = 0xFF;
constexpr std::uint8_t kBegin = 0xD8;
constexpr std::uint8_t kEnd = 0xD9;
constexpr std::uint8_t kScan = 0xDA;

bool is_restart(std::uint8_t marker) { return marker >= 0xD0 && marker <= 0xD7; }

}  // namespace

void JpegSplitter::append(std::span<const std::uint8_t> bytes) {
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(begin_));
  at_ -= std::min(at_, begin_);
  begin_ = 0;
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
}

std::optional<std::span<const std::uint8_t>> JpegSplitter::next() {
  Step step = Step::went_on;
  while (step == Step::went_on) {
    if (state_ == State::between) {
      step = find_begin();
    } else {
      step = state_ == State::segments ? pass_segment() : pass_pixels();
    }
  }
  if (step == Step::needs_more) {
    check_limit();
    return std::nullopt;
  }
  const std::span<const std::uint8_t> whole(buffer_.data() + begin_, at_ - begin_);
  check_limit();
  begin_ = at_;
  state_ = State::between;
  passed_over_ = 0;
  return whole;
}

void JpegSplitter::check_limit() const {
  const std::size_t held = state_ == State::between ? 0 : std::min(at_, buffer_.size()) - begin_;
  if (passed_over_ <= limit_ && held <= limit_) return;
  throw Error(ErrorCode::input, "no whole JPEG in " + std::to_string(limit_ >> 20U) +
                                    " MiB; give MJPEG, or say the size of raw frames");
}

JpegSplitter::Step JpegSplitter::find_begin() {
  constexpr std::array<std::uint8_t, 3> kSignature = {kMark, kBegin, kMark};
  const auto from = buffer_.begin() + static_cast<std::ptrdiff_t>(begin_);
  const auto found = std::search(from, buffer_.end(), kSignature.begin(), kSignature.end());
  const bool there = found != buffer_.end();
  // The last two bytes may be where it begins.
  const auto to = there ? found : buffer_.end() - std::min<std::ptrdiff_t>(2, buffer_.end() - from);
  passed_over_ += static_cast<std::size_t>(to - from);
  begin_ = static_cast<std::size_t>(to - buffer_.begin());
  if (!there) return Step::needs_more;
  at_ = begin_ + 2;
  state_ = State::segments;
  return Step::went_on;
}

/// A segment is a marker, two bytes of length and what it holds.
JpegSplitter::Step JpegSplitter::pass_segment() {
  if (at_ + 2 > buffer_.size()) return Step::needs_more;
  const std::uint8_t marker = buffer_[at_ + 1];
  if (buffer_[at_] == kMark && marker == kMark) {
    ++at_;
    return Step::went_on;
  }
  if (buffer_[at_] == kMark && marker == kEnd) {
    at_ += 2;
    return Step::found;
  }
  const bool has_length = buffer_[at_] == kMark && marker != kBegin && marker != 0;
  if (has_length && at_ + 4 > buffer_.size()) return Step::needs_more;
  const std::size_t length =
      has_length ? std::size_t{buffer_[at_ + 2]} << 8U | buffer_[at_ + 3] : 0;
  if (length < 2) {  // Nothing before it is looked at again, so that the work stays in proportion.
    ++broken_;
    passed_over_ += at_ - begin_;
    begin_ = at_;
    state_ = State::between;
    return Step::went_on;
  }
  at_ += 2 + length;
  if (marker == kScan) state_ = State::pixels;
  return Step::went_on;
}

/// Within coded pixels, stuffed zeros and restarts follow the byte that begins markers.
JpegSplitter::Step JpegSplitter::pass_pixels() {
  if (at_ >= buffer_.size()) return Step::needs_more;
  const auto from = buffer_.begin() + static_cast<std::ptrdiff_t>(at_);
  at_ = static_cast<std::size_t>(std::find(from, buffer_.end(), kMark) - buffer_.begin());
  if (at_ + 2 > buffer_.size()) return Step::needs_more;
  const std::uint8_t next = buffer_[at_ + 1];
  if (next == 0 || is_restart(next)) {
    at_ += 2;
  } else if (next == kMark) {
    ++at_;
  } else {
    state_ = State::segments;
  }
  return Step::went_on;
}

}  // namespace mien
