#include "vision/source/standard_input.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "mien/error.h"
#include "mien/picture.h"
#include "vision/byte_reader.h"
#include "vision/picture_header.h"
#include "vision/source/ffmpeg.h"
#include "vision/source/jpeg_splitter.h"

namespace mien {
namespace {

constexpr double kRate = 25;  ///< of MJPEG, which does not say its own

[[noreturn]] void fail(const std::string& what) { throw Error(ErrorCode::input, what); }

/// What there is to read, at least one byte; 0 at the end or when it was interrupted.
std::size_t read_some(int file, std::span<std::uint8_t> into, const Interruption& interruption) {
  while (interruption.wait_readable(file)) {
    const auto count = ::read(file, into.data(), into.size());
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR && errno != EAGAIN) {
      fail("reading broke off: " + std::generic_category().message(errno) +
           "; check what writes to it");
    }
  }
  return 0;
}

class RawReader final : public FrameReader {
 public:
  RawReader(int file, const RawSize& size, std::shared_ptr<Interruption> interruption)
      : file_(file), size_(size), interruption_(std::move(interruption)) {
    info_.rate = size.rate;
  }

  const StreamInfo& info() const override { return info_; }
  std::optional<double> time() const override { return static_cast<double>(index_) / size_.rate; }

  bool advance() override {
    frame_.recreate(size_.width, size_.height, PixelFormat::bgr);
    auto left = frame_.pixels();
    while (!left.empty()) {
      const auto count = read_some(file_, left, *interruption_);
      if (interruption_->is_set()) return false;
      if (count == 0 && left.size() == frame_.pixels().size()) {
        if (index_ < 0) fail("no frame came; check what writes to it");
        return false;
      }
      if (count == 0) fail("ends within a frame; check that the frames have the size given");
      left = left.subspan(count);
    }
    ++index_;
    return true;
  }

  bool read(Image& picture) override {
    std::swap(picture, frame_);
    return true;
  }

 private:
  int file_;
  RawSize size_;
  std::shared_ptr<Interruption> interruption_;
  StreamInfo info_;
  Image frame_;
  long long index_ = -1;
};

ffmpeg::Owned<AVCodecContext> open_jpeg_decoder() {
  AVCodecParameters stream{};
  stream.codec_type = AVMEDIA_TYPE_VIDEO;
  stream.codec_id = AV_CODEC_ID_MJPEG;
  stream.format = -1;
  return ffmpeg::open_decoder(stream, {.live = true});
}

class MjpegReader final : public FrameReader {
 public:
  MjpegReader(int file, std::shared_ptr<Interruption> interruption)
      : file_(file),
        interruption_(std::move(interruption)),
        decoder_(open_jpeg_decoder()),
        packet_(av_packet_alloc()),
        frame_(av_frame_alloc()) {
    info_.rate = kRate;
    if (!packet_ || !frame_) {
      throw Error(ErrorCode::internal, "FFmpeg: not enough memory; close other programs");
    }
  }

  const StreamInfo& info() const override { return info_; }
  std::optional<double> time() const override { return static_cast<double>(index_) / kRate; }

  bool advance() override {
    std::array<std::uint8_t, 1 << 16> block{};
    for (auto found = splitter_.next();; found = splitter_.next()) {
      if (found) {
        jpeg_ = *found;
        ++index_;
        return true;
      }
      const auto count = read_some(file_, block, *interruption_);
      if (interruption_->is_set()) return false;
      if (count == 0) break;
      splitter_.append(std::span(block).first(count));
    }
    finish();
    return false;
  }

  bool read(Image& picture) override {
    const bool good = decode();
    if (good) {
      converter_.convert(*frame_, picture);
      ++given_;
    } else {
      ++damaged_;
    }
    return good;
  }

 private:
  /// Its size is looked at first, so that a small one cannot fill the memory.
  bool decode() {
    const PictureLimits limits;
    try {
      const auto header = read_picture_header(jpeg_);
      if (header.width > limits.pixels / header.height) {
        fail("a frame of " + std::to_string(header.width) + " x " + std::to_string(header.height) +
             " pixels is over the limit of 100 megapixels; scale it down");
      }
    } catch (const BadPicture&) {
      return false;
    }
    const ffmpeg::Complaints quiet;
    if (av_new_packet(packet_.get(), static_cast<int>(jpeg_.size())) < 0) return false;
    std::copy(jpeg_.begin(), jpeg_.end(), packet_->data);
    const int sent = avcodec_send_packet(decoder_.get(), packet_.get());
    av_packet_unref(packet_.get());
    return sent >= 0 && avcodec_receive_frame(decoder_.get(), frame_.get()) >= 0;
  }

  void finish() const {
    if (splitter_.is_within()) fail("ends within a JPEG; check what writes to it");
    const long long damaged = damaged_ + splitter_.broken();
    if (index_ < 0) fail("no JPEG came; give MJPEG, or say the size of raw frames");
    if (damaged > 0) {
      fail("damaged: " + std::to_string(damaged) + " JPEGs could not be decoded, " +
           std::to_string(given_) + " could; check what writes to it");
    }
  }

  int file_;
  std::shared_ptr<Interruption> interruption_;
  StreamInfo info_;
  JpegSplitter splitter_;
  std::span<const std::uint8_t> jpeg_;  ///< within the splitter
  ffmpeg::Owned<AVCodecContext> decoder_;
  ffmpeg::Owned<AVPacket> packet_;
  ffmpeg::Owned<AVFrame> frame_;
  ffmpeg::Converter converter_;
  long long index_ = -1;
  long long given_ = 0;
  long long damaged_ = 0;
};

}  // namespace

std::unique_ptr<FrameReader> make_raw_reader(int file, const RawSize& size,
                                             std::shared_ptr<Interruption> interruption) {
  return std::make_unique<RawReader>(file, size, std::move(interruption));
}

std::unique_ptr<FrameReader> make_mjpeg_reader(int file,
                                               std::shared_ptr<Interruption> interruption) {
  return std::make_unique<MjpegReader>(file, std::move(interruption));
}

}  // namespace mien
