#pragma once

#include <filesystem>
#include <stop_token>

namespace mien {

/// What of a source belongs to a video.
struct SoundPart {
  double begin = 0;    ///< seconds from the source's start
  double seconds = 0;  ///< how long
};

enum class SoundOutcome {
  kept,
  none,        ///< the source has no sound
  no_program,  ///< the program ffmpeg is not installed
  failed,
};

/// Writes `video` together with the part of `source`'s sound into the MP4 file `into`, with the
/// program ffmpeg: as it is, or as AAC where MP4 cannot hold it. Takes bounded time and opens no
/// network address; ends soon when `stop` is requested. When the sound is not kept, `into` is of no
/// use.
SoundOutcome add_sound(const std::filesystem::path& video, const std::filesystem::path& source,
                       const SoundPart& part, const std::filesystem::path& into,
                       const std::stop_token& stop = {});

}  // namespace mien
