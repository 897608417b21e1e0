#include "output/sound.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "output/child_process.h"

namespace mien {
namespace {

using Arguments = std::vector<std::string>;

/// Hours of video are copied within a minute or two; what takes longer hangs.
std::chrono::milliseconds limit_for(const SoundPart& part) {
  constexpr double kLeast = 20;
  return std::chrono::milliseconds(
      static_cast<long long>(1000 * std::min(kLeast + part.seconds / 5, 1800.0)));
}

void add_input(Arguments& arguments, const std::filesystem::path& path) {
  // A hostile file may name other files or addresses; this keeps to files.
  arguments.insert(arguments.end(), {"-protocol_whitelist", "file", "-i", "file:" + path.string()});
}

Arguments beginning() { return {"ffmpeg", "-nostdin", "-v", "quiet", "-y"}; }

Arguments probe(const std::filesystem::path& source) {
  auto arguments = beginning();
  add_input(arguments, source);
  arguments.insert(arguments.end(),
                   {"-map", "0:a:0", "-c", "copy", "-frames:a", "1", "-f", "null", "-"});
  return arguments;
}

Arguments join(const std::filesystem::path& video, const std::filesystem::path& source,
               const SoundPart& part, const std::filesystem::path& into, const std::string& codec) {
  auto arguments = beginning();
  add_input(arguments, video);
  if (part.begin > 0) arguments.insert(arguments.end(), {"-ss", fmt::format("{:.6f}", part.begin)});
  arguments.insert(arguments.end(), {"-t", fmt::format("{:.6f}", part.seconds)});
  add_input(arguments, source);
  arguments.insert(arguments.end(),
                   {"-map", "0:v:0", "-map", "1:a:0", "-c:v", "copy", "-c:a", codec, "-movflags",
                    "+faststart", "-f", "mp4", "file:" + into.string()});
  return arguments;
}

}  // namespace

SoundOutcome add_sound(const std::filesystem::path& video, const std::filesystem::path& source,
                       const SoundPart& part, const std::filesystem::path& into,
                       const std::stop_token& stop) {
  const auto limit = limit_for(part);
  const auto probed = run_program(probe(source), limit, stop);
  if (!probed) return SoundOutcome::no_program;
  if (*probed != 0) return SoundOutcome::none;
  for (const auto* codec : {"copy", "aac"}) {
    if (run_program(join(video, source, part, into, codec), limit, stop) == 0) {
      return SoundOutcome::kept;
    }
  }
  return SoundOutcome::failed;
}

}  // namespace mien
