#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "mien/image.h"

namespace mien {

/// One picture of a moving source.
struct Frame {
  Image picture;        ///< PixelFormat::bgr
  long long index = 0;  ///< 0, 1, ... within the source; those passed over are counted
  double time = 0;  ///< seconds from the source's start, by the stream's own clock if it has one
};

struct SourceInfo {
  std::string name;  ///< as the user named it
  /// A camera or a network stream: what is not taken in time is lost, not delayed.
  bool live = false;
  double rate = 0;                  ///< frames a second that next() gives; 0: not known
  std::optional<long long> frames;  ///< about how many next() will give, for progress alone
  std::optional<std::filesystem::path> file;  ///< the video file, whose sound can be kept
};

/// Gives the frames of a video, a camera or a stream, one after the other. One thread at a time,
/// but for interrupt().
class FrameSource {
 public:
  virtual ~FrameSource() = default;

  virtual const SourceInfo& info() const = 0;

  /// The next frame, in the memory of the one given; false at the end. Throws Error (input) when
  /// the source breaks; frames given before stay good, and later calls return false.
  virtual bool next(Frame& frame) = 0;

  /// Makes next() return false soon, also one that waits in another thread. From any thread.
  virtual void interrupt() = 0;
};

struct FrameSourceOptions {
  double start = 0;  ///< seconds from the source's start; what is before is passed over
  std::optional<double> end = {};   ///< seconds from the source's start. Default: its own end
  int every = 1;                    ///< takes every Nth frame, 1 or more
  std::optional<double> rate = {};  ///< takes at most that many frames a second; not with `every`
  /// Frames with a longer side are scaled down to it. Default 0: as they are.
  int longest_side = 0;
  /// Seconds after which a network address that does not answer, or falls silent, is given up.
  double connect_seconds = 5;
  /// How often a live source that broke is connected again before it is given up. Default 5; the
  /// waits grow from half a second to eight. A connection of ten seconds counts as a good one,
  /// after which there are as many again.
  int reconnects = 5;
  /// Of raw frames on standard input: "WIDTHxHEIGHT[@RATE]", BGR, 8 bits a channel. Empty: MJPEG.
  std::string raw_size = {};
  /// Of video files that strangers gave: FFmpeg's names of the formats that they may have,
  /// separated by commas, such as "mov,matroska". Default, empty: all, playlists of other local
  /// files too.
  std::string formats = {};
  /// Of video files: larger frames are refused. Default 100 megapixels. A decoder keeps up to
  /// sixteen frames, and one more for each of its threads, of 1.5 bytes a pixel or more.
  long long most_pixels = 100'000'000;
  /// Threads that decode. Default 0: as many as there are processors.
  int decoder_threads = 0;
  /// When it is requested, opening ends soon, and next() returns false. Default: never.
  std::stop_token stop = {};
  /// Told in one line of what is no error, such as that a stream is connected again.
  std::function<void(const std::string&)> notice = {};
};

/// Opens a video file, `camera:N`, `rtsp://...`, `http(s)://...` (MJPEG), an image sequence such as
/// `img_%05d.png`, or `-`, which is standard input. Throws Error: usage for an option out of range,
/// input when nothing can open it, with the reason of each reader that was tried.
std::unique_ptr<FrameSource> open_frame_source(const std::string& input,
                                               const FrameSourceOptions& options = {});

/// Whether the name is one that open_frame_source() takes and that is no picture: a scheme, `-`, a
/// sequence's pattern, or a file whose name ends as videos' names do.
bool has_frame_source_name(const std::string& input);

}  // namespace mien
