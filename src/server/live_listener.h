#pragma once

#include <string>
#include <string_view>

#include "mien/frame_result.h"

namespace mien::server {

/// How the server speaks to one client of a WebSocket beside answering its frames. Used in the
/// server's thread.
class LiveVoice {
 public:
  virtual ~LiveVoice() = default;
  /// A text of its own. A client that reads none of them for long is sent away.
  virtual void tell(std::string text) = 0;
  /// Ends the session in order, after what was told.
  virtual void finish(std::string reason) = 0;
};

/// What a client's frames and texts are for. Used in the server's thread.
class LiveListener {
 public:
  virtual ~LiveListener() = default;
  /// The client is there; the voice is its until end().
  virtual void begin(LiveVoice& voice) = 0;
  /// Frames a second that are taken; none when it is 0.
  virtual double most_rate() const = 0;
  /// The result of a frame. What it returns is added to the answer: ",\"name\":value", or nothing.
  virtual std::string take(const FrameResult& result) = 0;
  /// Whether the text was understood.
  virtual bool take_text(std::string_view text) = 0;
  /// The tracks begin anew.
  virtual void reset() {}
  virtual void end() = 0;
};

}  // namespace mien::server
