#include "vision/source/ffmpeg.h"

#include <array>
#include <cstdarg>
#include <cstdio>
#include <mutex>

#include "mien/error.h"
#include "mien/picture.h"

namespace mien::ffmpeg {
namespace {

thread_local std::string* kept_complaint = nullptr;

/// "[mov @ 0x55d0] moov atom not found\n" arrives without the part in brackets.
void keep_complaint(void* /*context*/, int level, const char* format, va_list values) {
  if (kept_complaint == nullptr || !kept_complaint->empty() || level > AV_LOG_ERROR) return;
  std::array<char, 256> text{};
  std::vsnprintf(text.data(), text.size(), format, values);
  std::string complaint = text.data();
  while (!complaint.empty() && (complaint.back() == '\n' || complaint.back() == '.')) {
    complaint.pop_back();
  }
  *kept_complaint = std::move(complaint);
}

void take_the_log() {
  static std::once_flag once;
  std::call_once(once, [] { av_log_set_callback(keep_complaint); });
}

}  // namespace

Complaints::Complaints() {
  take_the_log();
  kept_complaint = &first_;
}

Complaints::~Complaints() { kept_complaint = nullptr; }

std::string Complaints::reason(int error) const {
  if (!first_.empty()) return first_;
  std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
  av_strerror(error, text.data(), text.size());
  return text.data();
}

Owned<AVCodecContext> open_decoder(const AVCodecParameters& stream, const DecoderOptions& options) {
  const Complaints complaints;
  const AVCodec* codec = avcodec_find_decoder(stream.codec_id);
  if (codec == nullptr) {
    throw Error(ErrorCode::input, std::string("no decoder for ") +
                                      avcodec_get_name(stream.codec_id) + "; convert it to H.264");
  }
  Owned<AVCodecContext> decoder(avcodec_alloc_context3(codec));
  if (!decoder || avcodec_parameters_to_context(decoder.get(), &stream) < 0) {
    throw Error(ErrorCode::internal, "FFmpeg: not enough memory; close other programs");
  }
  decoder->max_pixels = options.most_pixels;
  decoder->thread_count = options.threads;
  if (options.live) {  // a thread for each frame would give frames late
    decoder->thread_type = FF_THREAD_SLICE;
    decoder->flags |= AV_CODEC_FLAG_LOW_DELAY;
  }
  if (const int error = avcodec_open2(decoder.get(), codec, nullptr); error < 0) {
    throw Error(ErrorCode::input,
                "cannot be decoded (" + complaints.reason(error) + "); convert it to H.264");
  }
  return decoder;
}

void Converter::convert(const AVFrame& frame, Image& picture) {
  if (frame.width <= 0 || frame.height <= 0 ||
      frame.width > PictureLimits().pixels / frame.height) {
    throw Error(ErrorCode::input, "a frame of " + std::to_string(frame.width) + " x " +
                                      std::to_string(frame.height) +
                                      " pixels is over the limit of 100 megapixels; scale it down");
  }
  const Complaints quiet;
  scaler_.reset(sws_getCachedContext(
      scaler_.release(), frame.width, frame.height, static_cast<AVPixelFormat>(frame.format),
      frame.width, frame.height, AV_PIX_FMT_BGR24, SWS_BILINEAR, nullptr, nullptr, nullptr));
  if (!scaler_) {
    throw Error(ErrorCode::input,
                "its pixels cannot be turned into colours; convert it to H.264 with yuv420p");
  }
  picture.recreate(frame.width, frame.height, PixelFormat::bgr);
  cv::Mat own(frame.height, frame.width, CV_8UC3, picture.pixels().data());
  // The scaler works on whole blocks of pixels: it would write over a row's end, or leave it out.
  constexpr int kBlock = 32;
  const bool in_place = frame.width % kBlock == 0;
  if (!in_place) {
    padded_.create(frame.height, (frame.width / kBlock + 1) * kBlock, CV_8UC3);
  }
  const cv::Mat target = in_place ? own : padded_;
  std::uint8_t* rows = target.data;
  const int step = static_cast<int>(target.step);
  sws_scale(scaler_.get(), frame.data, frame.linesize, 0, frame.height, &rows, &step);
  if (!in_place) padded_.colRange(0, frame.width).copyTo(own);
}

}  // namespace mien::ffmpeg
