#pragma once

#include <memory>
#include <string>
#include <vector>

#include "inputs.h"
#include "mien/frame_result.h"
#include "mien/frame_source.h"
#include "mien/image.h"
#include "session_options.h"

namespace CLI {
class App;
}

namespace mien::apps {

struct OutputOptions {
  bool table = false;
  bool summary = false;
  bool show = false;
  std::string output;
  std::string csv;
  RecordingArguments recording;
  IndicatorArguments indicators;
  AttributeChoice attributes;  ///< that the analysis is asked for
  std::string model;           ///< that it is done with

  void add_to(CLI::App& command);

  /// Throws Error (usage) for an option that makes no sense.
  void check() const;
};

/// Where results go: standard output, a CSV file, annotated pictures and videos, a window,
/// recorded sessions.
class Outputs {
 public:
  /// Throws Error: usage when an output would be written over an input, internal when one cannot
  /// be written.
  Outputs(const OutputOptions& options, const std::vector<Input>& inputs);
  Outputs(Outputs&&) noexcept;
  Outputs& operator=(Outputs&&) noexcept;
  /// What was not finished is not left behind.
  ~Outputs();

  void add_picture(Image picture, const FrameResult& result);

  /// The frames of a moving source come between begin() and end().
  void begin(const SourceInfo& source);
  /// Draws on the frame. False when who looks at the window has seen enough.
  bool add_frame(Frame& frame, const FrameResult& result);
  void end();

  void finish();
  /// end() and finish() after an error, which is what will be said.
  void finish_after_error() noexcept;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace mien::apps
