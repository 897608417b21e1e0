#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "history/indicators.h"
#include "history/session_recorder.h"

namespace CLI {
class App;
}

namespace mien::apps {

/// Which file sessions are kept in.
struct HistoryOption {
  std::string file;

  void add_to(CLI::App& command);
  std::filesystem::path path() const;
};

/// Indicators of lasting negative expression: off unless asked for.
struct IndicatorArguments {
  bool wanted = false;
  StreakOptions streak;
  IndicatorOptions cut_offs;

  void add_to(CLI::App& command, bool with_streak);
  /// Throws Error (usage) for an option that makes no sense.
  void check() const;
};

/// What `mien analyze` records.
struct RecordingArguments {
  std::optional<std::string> name;  ///< of the session
  HistoryOption history;
  std::optional<std::string> participant;  ///< of the person before the camera
  double rest = 0;                         ///< seconds
  bool keep_frames = false;                ///< key frames
  int frames_per_minute = 6;               ///< of them

  void add_to(CLI::App& command);
  void check() const;
};

}  // namespace mien::apps
