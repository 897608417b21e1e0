#pragma once

#include <optional>

#include "mien/image.h"

namespace mien {

/// What a stream says of itself.
struct StreamInfo {
  bool live = false;
  double rate = 0;                  ///< frames a second; 0: not known
  std::optional<long long> frames;  ///< about how many there are
};

/// All frames of one source as they come. FrameSource chooses among them.
class FrameReader {
 public:
  virtual ~FrameReader() = default;

  virtual const StreamInfo& info() const = 0;

  /// Goes on to the next frame; false at the end, or when it was interrupted. Throws Error (input)
  /// when the source breaks, and, at the end, when some of it was damaged or missing.
  virtual bool advance() = 0;

  /// The time of the frame that advance() came to, in seconds from the source's start; nothing when
  /// the stream does not say.
  virtual std::optional<double> time() const = 0;

  /// Decodes that frame into the memory of `picture`, as PixelFormat::bgr. False when it is
  /// damaged, which is told at the end. At most once for each frame.
  virtual bool read(Image& picture) = 0;

  /// Before the first advance(): goes to a frame not after `seconds`, from which on everything can
  /// be decoded. Returns how many frames were passed over, which may be none.
  virtual long long skip_to(double /*seconds*/) { return 0; }
};

}  // namespace mien
