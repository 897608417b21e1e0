#pragma once

#include <memory>
#include <string>

#include "mien/frame_result.h"
#include "mien/frame_source.h"
#include "session_options.h"

namespace mien::apps {

/// Records each source as a session of its own.
class SessionOutput {
 public:
  /// Throws Error when the history cannot be opened. `model` is named in the sessions.
  SessionOutput(const RecordingArguments& recording, const IndicatorArguments& indicators,
                std::string model);
  SessionOutput(const SessionOutput&) = delete;
  SessionOutput& operator=(const SessionOutput&) = delete;
  ~SessionOutput();

  void begin(const SourceInfo& source);
  /// What cannot be written is said once; the analysis goes on.
  void add(const Frame& frame, const FrameResult& result);
  void end();

  /// Throws Error (internal) when something could not be recorded.
  void finish() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace mien::apps
