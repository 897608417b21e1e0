#include "vision/source/video_reader.h"

extern "C" {
#include <libavutil/display.h>
}

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>
#include <vector>

#include "mien/error.h"
#include "mien/picture.h"

namespace mien {
namespace {

using ffmpeg::Complaints;
using ffmpeg::Owned;

constexpr const char* kGetItAgain = "; get it again from where it came";

[[noreturn]] void fail(const std::string& what) { throw Error(ErrorCode::input, what); }

/// Options of FFmpeg's; what it did not use is freed.
class Dictionary {
 public:
  Dictionary() = default;
  Dictionary(const Dictionary&) = delete;
  Dictionary& operator=(const Dictionary&) = delete;
  ~Dictionary() { av_dict_free(&entries_); }
  void set(const char* key, const std::string& value) {
    av_dict_set(&entries_, key, value.c_str(), 0);
  }
  AVDictionary** get() { return &entries_; }

 private:
  AVDictionary* entries_ = nullptr;
};

/// A file must not make FFmpeg open others, let alone the network, as playlists would.
std::string allowed_protocols(const std::string& address, bool network) {
  if (!network) return "file";
  return address.starts_with("rtsp") ? "rtsp,rtsps,rtp,udp,tcp,tls" : "http,https,tcp,tls";
}

int quarter_turns(const AVStream& stream) {
  const auto* matrix = reinterpret_cast<const std::int32_t*>(
      av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, nullptr));
  if (matrix == nullptr) return 0;
  const double degrees = -av_display_rotation_get(matrix);
  if (!std::isfinite(degrees)) return 0;
  return (static_cast<int>(std::lround(degrees / 90)) % 4 + 4) % 4;
}

void turn(Image& from, int quarter_turns, Image& to) {
  constexpr std::array<int, 4> kCodes = {0, cv::ROTATE_90_CLOCKWISE, cv::ROTATE_180,
                                         cv::ROTATE_90_COUNTERCLOCKWISE};
  const bool upright = quarter_turns % 2 == 0;
  to.recreate(upright ? from.width() : from.height(), upright ? from.height() : from.width(),
              PixelFormat::bgr);
  const cv::Mat source(from.height(), from.width(), CV_8UC3, from.pixels().data());
  cv::Mat target(to.height(), to.width(), CV_8UC3, to.pixels().data());
  cv::rotate(source, target, kCodes[static_cast<std::size_t>(quarter_turns)]);
}

double rate_of(AVFormatContext& format, AVStream& stream) {
  const AVRational average = stream.avg_frame_rate;
  const auto rate =
      average.num > 0 && average.den > 0 ? average : av_guess_frame_rate(&format, &stream, nullptr);
  constexpr double kMost = 1000;  // more is a stream that says its time base instead
  const double value = rate.num > 0 && rate.den > 0 ? av_q2d(rate) : 0;
  return value <= kMost ? value : 0;
}

}  // namespace

VideoReader::VideoReader(const std::string& address, const VideoReaderOptions& options,
                         std::shared_ptr<Interruption> interruption)
    : options_(options),
      interruption_(std::move(interruption)),
      packet_(av_packet_alloc()),
      frame_(av_frame_alloc()) {
  if (!packet_ || !frame_) {
    throw Error(ErrorCode::internal, "FFmpeg: not enough memory; close other programs");
  }
  open(address);
  choose_stream();
  describe();
  decoder_ = ffmpeg::open_decoder(*stream_->codecpar, {.live = info_.live,
                                                       .most_pixels = options_.most_pixels,
                                                       .threads = options_.decoder_threads});
}

/// FFmpeg asks this every tenth of a second while it waits.
int VideoReader::should_stop(void* reader) {
  auto& self = *static_cast<VideoReader*>(reader);
  if (self.interruption_->is_set()) return 1;
  if (!self.options_.network || std::chrono::steady_clock::now() < self.deadline_) return 0;
  self.timed_out_ = true;
  return 1;
}

void VideoReader::start_waiting() {
  timed_out_ = false;
  deadline_ = std::chrono::steady_clock::now() +
              std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                  std::chrono::duration<double>(options_.answer_seconds));
}

void VideoReader::open(const std::string& address) {
  const Complaints complaints;
  Dictionary settings;
  settings.set("protocol_whitelist", allowed_protocols(address, options_.network));
  if (!options_.formats.empty()) settings.set("format_whitelist", options_.formats);
  if (address.starts_with("rtsp")) settings.set("rtsp_transport", "tcp");  // no gaps
  AVFormatContext* format = avformat_alloc_context();
  if (format == nullptr) {
    throw Error(ErrorCode::internal, "FFmpeg: not enough memory; close other programs");
  }
  format->interrupt_callback = {should_stop, this};
  if (options_.network) {
    format->flags |= AVFMT_FLAG_NOBUFFER;
    format->fps_probe_size = 0;  // or the first seconds would come late
    format->max_analyze_duration = AV_TIME_BASE;
  }
  start_waiting();
  const int error = avformat_open_input(&format, address.c_str(), nullptr, settings.get());
  if (error >= 0) format_.reset(format);  // otherwise it is freed already
  if (timed_out_) {
    fail("no answer within " + std::to_string(options_.answer_seconds).substr(0, 4) +
         " s; check the address");
  }
  if (error >= 0) return;
  if (complaints.reason(error).starts_with("Format not on whitelist")) {
    fail("it is no video, or of a kind that is not taken here; convert it to MP4");
  }
  fail(complaints.reason(error) +
       (options_.network ? "; check the address" : "; it is damaged or no video"));
}

void VideoReader::choose_stream() {
  const Complaints complaints;
  std::vector<Dictionary> settings(format_->nb_streams);
  std::vector<AVDictionary*> entries;
  for (auto& setting : settings) {
    setting.set("max_pixels", std::to_string(options_.most_pixels));
    entries.push_back(*setting.get());
    *setting.get() = nullptr;
  }
  start_waiting();
  const int error = avformat_find_stream_info(format_.get(), entries.data());
  for (auto*& entry : entries) av_dict_free(&entry);
  if (timed_out_) fail("the stream stays silent; check the camera");
  const int found = av_find_best_stream(format_.get(), AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
  if (found >= 0) stream_ = format_->streams[found];
  if (stream_ == nullptr || (stream_->disposition & AV_DISPOSITION_ATTACHED_PIC) != 0) {
    fail("no video in it; give a file with one");
  }
  const auto& video = *stream_->codecpar;
  if (video.width > 0 && video.height > options_.most_pixels / video.width) {
    fail(std::to_string(video.width) + " x " + std::to_string(video.height) +
         " pixels are over the limit of " + std::to_string(options_.most_pixels / 1'000'000) +
         " megapixels; scale the video down");
  }
  if (error < 0 || video.width <= 0 || video.height <= 0) {
    fail("no frame in it that can be decoded (" + complaints.reason(AVERROR_INVALIDDATA) + ")" +
         kGetItAgain);
  }
  quarter_turns_ = quarter_turns(*stream_);
}

void VideoReader::describe() {
  info_.rate = rate_of(*format_, *stream_);
  const bool timed = format_->duration != AV_NOPTS_VALUE && format_->duration > 0;
  // What has a length is a file, also where its server cannot begin in the middle.
  info_.live = options_.network && !timed;
  // For JPEGs that come one by one FFmpeg makes up times of 25 frames a second.
  has_clock_ = std::string_view(format_->iformat->name).find("jpeg") == std::string_view::npos;
  if (info_.live && !has_clock_) info_.rate = 0;
  if (stream_->nb_frames > 0) {
    info_.frames = stream_->nb_frames;
  } else if (timed && info_.rate > 0 && !info_.live) {
    info_.frames = std::llround(static_cast<double>(format_->duration) / AV_TIME_BASE * info_.rate);
  }
  if (stream_->start_time != AV_NOPTS_VALUE) first_stamp_ = stream_->start_time;
}

bool VideoReader::advance() {
  while (!interruption_->is_set()) {
    const int error = avcodec_receive_frame(decoder_.get(), frame_.get());
    if (error == 0) {
      note_frame();
      return true;
    }
    if (error == AVERROR_EOF) {
      finish();
      return false;
    }
    constexpr long long kMostFailures = 1000;
    if (error != AVERROR(EAGAIN)) {
      ++damaged_;
      if (++failures_ > kMostFailures) fail("nothing in it can be decoded any more");
      if (draining_) continue;
    }
    if (read_packet()) {
      decode_packet();
    } else if (!interruption_->is_set() && !draining_) {
      draining_ = true;
      avcodec_send_packet(decoder_.get(), nullptr);
    }
  }
  return false;
}

void VideoReader::note_frame() {
  ++given_;
  failures_ = 0;
  // A frame before the first key frame lacks others; that is no damage.
  if ((frame_->decode_error_flags & ~FF_DECODE_ERROR_MISSING_REFERENCE) != 0) ++damaged_;
  const auto stamp = frame_->best_effort_timestamp;
  time_.reset();
  if (stamp == AV_NOPTS_VALUE || (info_.live && !has_clock_)) return;
  if (!first_stamp_) first_stamp_ = stamp;
  time_ = (static_cast<double>(stamp) - static_cast<double>(*first_stamp_)) *
          av_q2d(stream_->time_base);
}

/// Reads until there is a packet of the video; false at the end.
bool VideoReader::read_packet() {
  if (draining_) return false;
  if (std::exchange(packet_waits_, false)) return true;
  const Complaints complaints;
  while (true) {
    av_packet_unref(packet_.get());
    start_waiting();
    const int error = av_read_frame(format_.get(), packet_.get());
    if (error == AVERROR(EAGAIN)) {
      if (!interruption_->wait(0.005)) return false;
      continue;
    }
    if (error < 0) {
      const bool broken = error != AVERROR_EOF || (format_->pb && format_->pb->error < 0);
      if (timed_out_) {
        break_ = "no frame came any more";
      } else if (broken) {
        break_ = complaints.reason(error);
      }
      return false;
    }
    const AVStream& stream = *format_->streams[packet_->stream_index];
    const auto stamp = packet_->pts != AV_NOPTS_VALUE ? packet_->pts : packet_->dts;
    if (stamp != AV_NOPTS_VALUE) {
      furthest_ =
          std::max(furthest_, seconds(stamp, stream) + static_cast<double>(packet_->duration) *
                                                           av_q2d(stream.time_base));
    }
    if (&stream != stream_) continue;
    if (packet_->dts != AV_NOPTS_VALUE) {
      const double decoded_at = seconds(packet_->dts, stream);
      longest_gap_ = std::max(longest_gap_, decoded_at - last_packet_);
      last_packet_ = decoded_at;
    }
    return true;
  }
}

void VideoReader::decode_packet() {
  const int error = avcodec_send_packet(decoder_.get(), packet_.get());
  av_packet_unref(packet_.get());
  if (error >= 0) return;
  ++failures_;
  // A recording may begin between two key frames; what cannot be decoded there is no damage.
  if (given_ > 0) ++damaged_;
}

double VideoReader::seconds(std::int64_t stamp, const AVStream& stream) const {
  const double start = format_->start_time == AV_NOPTS_VALUE
                           ? 0
                           : static_cast<double>(format_->start_time) / AV_TIME_BASE;
  return static_cast<double>(stamp) * av_q2d(stream.time_base) - start;
}

/// Whether the container declares more than there was. Some declare a little too much, such as the
/// time that the last frame is shown.
bool VideoReader::is_cut_off() const {
  const bool declared = format_->duration != AV_NOPTS_VALUE && format_->duration > 0 &&
                        format_->duration_estimation_method != AVFMT_DURATION_FROM_BITRATE;
  if (!declared || furthest_ <= 0) return false;
  const double duration = static_cast<double>(format_->duration) / AV_TIME_BASE;
  const double tolerance = std::max({0.25, 0.02 * duration, 2 * longest_gap_});
  return furthest_ + tolerance < duration;
}

/// All has been read: says what was wrong with it.
void VideoReader::finish() {
  if (interruption_->is_set()) return;
  if (!break_.empty())
    fail("broke off after " + std::to_string(given_) + " frames (" + break_ + ")" +
         (options_.network ? "; check the connection" : kGetItAgain));
  if (info_.live) return;
  if (given_ == 0) fail(std::string("no frame in it that can be decoded") + kGetItAgain);
  if (is_cut_off()) {
    fail("ends early, after " + std::to_string(given_) + " frames; what is missing was cut off" +
         kGetItAgain);
  }
  if (damaged_ > 0) {
    fail("damaged: " + std::to_string(damaged_) +
         " of its frames are wrong or could not be decoded; " + std::to_string(given_) +
         " were given" + kGetItAgain);
  }
}

bool VideoReader::read(Image& picture) {
  Image& converted = quarter_turns_ == 0 ? picture : unturned_;
  converter_.convert(*frame_, converted);
  if (quarter_turns_ != 0) turn(unturned_, quarter_turns_, picture);
  return true;
}

bool VideoReader::rewind() {
  packet_waits_ = false;
  furthest_ = 0;
  last_packet_ = 0;
  longest_gap_ = 0;
  const auto start = stream_->start_time == AV_NOPTS_VALUE ? 0 : stream_->start_time;
  return av_seek_frame(format_.get(), stream_->index, start, AVSEEK_FLAG_BACKWARD) >= 0;
}

/// FFmpeg finds the key frame, but not how many frames come before it: those are counted, without
/// decoding them, from the beginning.
long long VideoReader::skip_to(double seconds) {
  constexpr double kWorthwhile = 2;
  if (info_.live || seconds < kWorthwhile || stream_->start_time == AV_NOPTS_VALUE) return 0;
  const double wanted =
      static_cast<double>(stream_->start_time) + seconds / av_q2d(stream_->time_base);
  constexpr double kLargestStamp = 1e18;
  if (!(std::abs(wanted) < kLargestStamp)) return 0;
  const auto target = static_cast<std::int64_t>(wanted);
  if (av_seek_frame(format_.get(), stream_->index, target, AVSEEK_FLAG_BACKWARD) < 0) return 0;
  const bool found = read_packet() && (packet_->flags & AV_PKT_FLAG_KEY) != 0 &&
                     packet_->pts != AV_NOPTS_VALUE && packet_->pts <= target;
  const auto key = std::pair(packet_->pts, packet_->dts);
  break_.clear();
  if (!rewind()) fail("cannot go back to its beginning; do without a start");
  if (!found) return 0;
  long long passed_over = 0;
  while (read_packet()) {
    if (std::pair(packet_->pts, packet_->dts) == key) {
      packet_waits_ = true;
      return passed_over;
    }
    ++passed_over;
  }
  break_.clear();
  rewind();
  return 0;
}

}  // namespace mien
