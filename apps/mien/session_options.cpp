#include "session_options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <ctime>

#include "history/history.h"
#include "history/key_frames.h"
#include "mien/error.h"
#include "output/shown_name.h"

namespace mien::apps {
namespace {

constexpr const char* kIndicators = "Indicators (research only, never a diagnosis)";
constexpr std::size_t kLongestName = 80;

void check_name(const char* option, const std::optional<std::string>& name) {
  if (!name || typed_line(*name, kLongestName)) return;
  throw Error(ErrorCode::usage, std::string(option) +
                                    ": give 1 to 80 characters, without line breaks and "
                                    "other controls");
}

}  // namespace

void HistoryOption::add_to(CLI::App& command, const std::string& group) {
  command
      .add_option("--history", file,
                  "the file of recorded sessions; by default MIEN_HISTORY, or "
                  "~/.local/share/mien/history.db")
      ->type_name("FILE")
      ->group(group);
}

std::filesystem::path HistoryOption::path() const {
  return file.empty() ? default_history_path() : std::filesystem::path(file);
}

void check_is_no_history(const char* option, const std::string& output,
                         const std::filesystem::path& history) {
  std::error_code ignored;
  const auto whole = [&](const std::filesystem::path& path) {
    return std::filesystem::weakly_canonical(std::filesystem::absolute(path), ignored);
  };
  for (const auto* end : {"", ".lock", "-wal", "-shm"}) {
    auto file = history;
    file += end;
    if (!std::filesystem::equivalent(output, file, ignored) && whole(output) != whole(file))
      continue;
    throw Error(
        ErrorCode::usage,
        fmt::format("{} {}: sessions are kept there; give another file's name", option, output));
  }
}

void IndicatorArguments::add_to(CLI::App& command) {
  command
      .add_flag("--indicators", wanted,
                "also tell of lasting negative expression: what a face showed, not how a person "
                "feels")
      ->group(kIndicators);
}

void IndicatorArguments::add_streak_to(CLI::App& command) {
  command
      .add_option("--streak", streak.least,
                  "results in a row of angry, sad or fear that are an episode")
      ->type_name("N")
      ->capture_default_str()
      ->needs("--indicators")
      ->group(kIndicators);
}

void IndicatorArguments::add_cut_offs_to(CLI::App& command) {
  command
      .add_option("--moderate-share", cut_offs.moderate_share,
                  "share of negative expressions from which the level is moderate")
      ->type_name("SHARE")
      ->capture_default_str()
      ->needs("--indicators")
      ->group(kIndicators);
  command.add_option("--high-share", cut_offs.high_share, "and high")
      ->type_name("SHARE")
      ->capture_default_str()
      ->needs("--indicators")
      ->group(kIndicators);
}

void IndicatorArguments::check() const {
  const StreakRule checked(streak);
  if (cut_offs.moderate_share > 0 && cut_offs.moderate_share <= cut_offs.high_share &&
      cut_offs.high_share <= 1) {
    return;
  }
  throw Error(ErrorCode::usage,
              "--moderate-share and --high-share: give shares above 0 up to 1, the second not "
              "below the first");
}

void KeyFrameArguments::add_to(CLI::App& command) {
  command
      .add_flag("--keep-frames", wanted,
                "also keep the pictures of the source that best stand for each stretch of an "
                "expression")
      ->group(kRecording);
  command
      .add_option("--frames-per-minute", per_minute, "of those pictures at most so many, 1 to 60")
      ->type_name("N")
      ->capture_default_str()
      ->needs("--keep-frames")
      ->group(kRecording);
}

std::optional<KeyFrameOptions> KeyFrameArguments::checked() const {
  if (!wanted) return std::nullopt;
  const KeyFrameOptions options = {.per_minute = per_minute};
  const KeyFrameFinder checked(options);
  return options;
}

void RecordingArguments::add_to(CLI::App& command) {
  command
      .add_option("--record", name,
                  "keep what the faces of videos and cameras showed, second by second, as a "
                  "session of that name; no pictures (mien sessions lists, shows, deletes)")
      ->type_name("NAME")
      ->group(kRecording);
  history.add_to(command, kRecording);
  command
      .add_option("--participant", participant,
                  "record the largest face alone, as that person's, whose course over several "
                  "sessions can then be seen")
      ->type_name("NAME")
      ->group(kRecording);
  command
      .add_option("--rest", rest,
                  "the first so many seconds of each face are its rest, to which results are "
                  "compared")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.0, 600.0).description(""))
      ->group(kRecording);
  command
      .add_option("--recorded-at", recorded_at,
                  "when a video was recorded, as YYYY-MM-DD or \"YYYY-MM-DD HH:MM\" in UTC, for a "
                  "course over weeks; without it, now")
      ->type_name("TIME")
      ->needs("--record")
      ->group(kRecording);
  key_frames.add_to(command);
}

std::optional<double> RecordingArguments::start() const {
  if (recorded_at.empty()) return std::nullopt;
  for (const auto* format : {"%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d"}) {
    std::tm time = {};
    const char* const end = ::strptime(recorded_at.c_str(), format, &time);
    const auto wanted = time;
    const auto seconds = ::timegm(&time);  // makes another day of one that there is not
    const bool is_one = time.tm_mday == wanted.tm_mday && static_cast<double>(seconds) <= now_utc();
    if (end != nullptr && *end == '\0' && is_one) return static_cast<double>(seconds);
  }
  throw Error(ErrorCode::usage,
              "--recorded-at " + recorded_at +
                  ": no time, or one to come; give one such as 2026-11-20 or \"2026-11-20 "
                  "14:30\"");
}

void RecordingArguments::check() const {
  check_name("--record", name);
  check_name("--participant", participant);
  if (!name && (participant || rest > 0 || key_frames.wanted || !history.file.empty())) {
    throw Error(ErrorCode::usage,
                "--participant, --rest, --keep-frames and --history go with --record NAME; give "
                "one");
  }
  key_frames.checked();
  start();
}

}  // namespace mien::apps
