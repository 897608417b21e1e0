#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "history/indicators.h"
#include "history/key_frames.h"
#include "history/session_recorder.h"

namespace CLI {
class App;
}

namespace mien::apps {

/// The group of its options in a help text.
inline constexpr const char* kRecording = "Recording";

/// Which file sessions are kept in.
struct HistoryOption {
  std::string file;

  void add_to(CLI::App& command, const std::string& group = "Options");
  std::filesystem::path path() const;
};

/// Throws Error (usage) when the output is the history or a file beside it.
void check_is_no_history(const char* option, const std::string& output,
                         const std::filesystem::path& history);

/// Indicators of lasting negative expression: off unless asked for.
struct IndicatorArguments {
  bool wanted = false;
  StreakOptions streak;
  IndicatorOptions cut_offs;

  /// The flag, what an episode is, and the cut-offs of levels.
  void add_to(CLI::App& command);
  void add_streak_to(CLI::App& command);
  void add_cut_offs_to(CLI::App& command);
  /// Throws Error (usage) for an option that makes no sense.
  void check() const;
};

/// Which pictures are kept with a session: none unless asked for.
struct KeyFrameArguments {
  bool wanted = false;
  int per_minute = KeyFrameOptions().per_minute;

  void add_to(CLI::App& command);
  /// Throws Error (usage) for a number out of range.
  std::optional<KeyFrameOptions> checked() const;
};

/// What `mien analyze` records.
struct RecordingArguments {
  std::optional<std::string> name;  ///< of the session
  HistoryOption history;
  std::optional<std::string> participant;  ///< of the person before the camera
  double rest = 0;                         ///< seconds
  std::string recorded_at;                 ///< when the source was; empty: now
  KeyFrameArguments key_frames;

  void add_to(CLI::App& command);
  /// Throws Error (usage) for an option that makes no sense.
  void check() const;
  /// Seconds since 1970, UTC; nothing for now.
  std::optional<double> start() const;
};

}  // namespace mien::apps
