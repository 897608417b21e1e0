#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "vision/source/ffmpeg.h"
#include "vision/source/frame_reader.h"
#include "vision/source/interruption.h"

namespace mien {

struct VideoReaderOptions {
  bool network = false;
  double answer_seconds = 5;  ///< after which a network address that is silent is given up
  std::string formats = {};   ///< FFmpeg's names of those that it may have; empty: all
  long long most_pixels = PictureLimits().pixels;
  int decoder_threads = 0;
};

/// A video file or a network stream, through FFmpeg's libraries. They are used directly rather than
/// through OpenCV's VideoCapture, which does not tell the end of a file from damage, cannot be
/// interrupted and copies each frame once more.
class VideoReader final : public FrameReader {
 public:
  /// Throws Error (input) with the reason, without the name.
  VideoReader(const std::string& address, const VideoReaderOptions& options,
              std::shared_ptr<Interruption> interruption);

  const StreamInfo& info() const override { return info_; }
  bool advance() override;
  std::optional<double> time() const override { return time_; }
  bool read(Image& picture) override;
  long long skip_to(double seconds) override;

 private:
  static int should_stop(void* reader);
  void start_waiting();
  void open(const std::string& address);
  void choose_stream();
  void describe();
  bool read_packet();
  void decode_packet();
  void note_frame();
  void finish();
  bool is_cut_off() const;
  bool rewind();
  double seconds(std::int64_t stamp, const AVStream& stream) const;

  VideoReaderOptions options_;
  std::shared_ptr<Interruption> interruption_;
  std::chrono::steady_clock::time_point deadline_;
  bool timed_out_ = false;

  ffmpeg::Owned<AVFormatContext> format_;
  ffmpeg::Owned<AVCodecContext> decoder_;
  ffmpeg::Owned<AVPacket> packet_;
  ffmpeg::Owned<AVFrame> frame_;
  ffmpeg::Converter converter_;
  AVStream* stream_ = nullptr;  ///< format_ owns it
  int quarter_turns_ = 0;       ///< clockwise, to be upright
  Image unturned_;

  StreamInfo info_;
  bool has_clock_ = true;
  std::optional<double> time_;
  std::optional<std::int64_t> first_stamp_;
  double furthest_ = 0;     ///< seconds into the file that any packet reaches
  double longest_gap_ = 0;  ///< between two packets of the video
  double last_packet_ = 0;
  long long given_ = 0;     ///< frames
  long long damaged_ = 0;   ///< packets and frames
  long long failures_ = 0;  ///< one after the other
  bool packet_waits_ = false;
  bool draining_ = false;
  std::string break_;  ///< why no more can be read, if that is not the end
};

}  // namespace mien
