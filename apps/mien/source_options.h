#pragma once

#include <optional>
#include <string>

#include "detector_options.h"
#include "mien/video_analyzer.h"
#include "model_options.h"

namespace CLI {
class App;
}

namespace mien::apps {

/// What of a video, camera or stream is read.
struct SourceOptions {
  std::optional<std::string> start;
  std::optional<std::string> end;
  FrameSourceOptions frames;

  void add_to(CLI::App& command);

  /// Throws Error (usage) for an option that makes no sense.
  FrameSourceOptions checked() const;
};

/// How faces are found, followed and read.
struct FollowingOptions : DetectorOptions {
  FaceFollowerOptions follower;
  bool straighten = true;
  std::string smoothing{name(SmoothingOptions().kind)};
  ReadingOptions reading;

  void add_to(CLI::App& command);

  /// All that a video is analyzed with. Throws Error (usage) for an option that makes no sense.
  VideoOptions video(const ModelOptions& model) const;
};

/// Seconds of "90", "1:30" or "0:01:30.5"; nothing for another text.
std::optional<double> seconds_of(const std::string& text);

}  // namespace mien::apps
