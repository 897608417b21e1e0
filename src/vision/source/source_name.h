#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "mien/frame_source.h"

namespace mien {

/// The N of "camera:N"; nothing when it is none. Throws Error (usage) for a camera without a number
/// of at most three digits.
std::optional<int> camera_number(const std::string& input);

/// "rtsp" of "rtsp://...", in lower case; empty without one.
std::string scheme_of(const std::string& input);

/// A name with one place for a number, as printf has it: "%d", or "%05d".
struct SequencePattern {
  std::filesystem::path folder;
  std::string before;  ///< within the file's name
  std::string after;
  int digits = 0;  ///< at least that many, with zeros in front

  std::filesystem::path path(long long number) const;
  /// The number in a file's name; nothing when path() would not give that name.
  std::optional<long long> number(const std::string& file_name) const;
};

/// Nothing when the file's name holds no such place, or several.
std::optional<SequencePattern> sequence_pattern(const std::string& input);

struct RawSize {
  int width = 0;
  int height = 0;
  double rate = 25;  ///< frames a second
};

/// Of "WIDTHxHEIGHT[@RATE]". Throws Error (usage).
RawSize parse_raw_size(const std::string& text);

/// Throws Error (usage) for what is out of range or does not go together.
void check_options(const FrameSourceOptions& options);

}  // namespace mien
