#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libswscale/swscale.h>
}

#include <memory>
#include <opencv2/core.hpp>
#include <string>

#include "mien/image.h"
#include "mien/picture.h"

namespace mien::ffmpeg {

struct Free {
  void operator()(AVFormatContext* format) const { avformat_close_input(&format); }
  void operator()(AVCodecContext* decoder) const { avcodec_free_context(&decoder); }
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
  void operator()(SwsContext* scaler) const { sws_freeContext(scaler); }
};

template <typename Type>
using Owned = std::unique_ptr<Type, Free>;

/// While it lives, FFmpeg's complaints in this thread are kept: they say more than its error codes.
/// All else that FFmpeg would write on standard error is dropped, for the whole process and from
/// the first use on, since FFmpeg has one log for all.
class Complaints {
 public:
  Complaints();
  Complaints(const Complaints&) = delete;
  Complaints& operator=(const Complaints&) = delete;
  ~Complaints();

  /// The first of them, which names the cause, or else what the error code means.
  std::string reason(int error) const;

 private:
  std::string first_;
};

struct DecoderOptions {
  bool live = false;
  long long most_pixels = PictureLimits().pixels;  ///< larger frames are not decoded
  int threads = 0;                                 ///< 0: as many as there are processors
};

/// A decoder for the stream, ready to use. Throws Error (input) when there is none.
Owned<AVCodecContext> open_decoder(const AVCodecParameters& stream, const DecoderOptions& options);

/// Turns decoded frames, each of any size and pixel format, into BGR.
class Converter {
 public:
  void convert(const AVFrame& frame, Image& picture);

 private:
  Owned<SwsContext> scaler_;
  cv::Mat padded_;
};

}  // namespace mien::ffmpeg
