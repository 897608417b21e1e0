#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "mien/frame_source.h"

namespace mien {

/// Writes frames as an MP4 file with the rate, the size and, where possible, the sound of their
/// source. The file gets its name when it is finished and readable; until then, and when it is
/// never finished, there is none. One thread at a time.
class AnnotatedVideo {
 public:
  /// Told in one line of what is no error, such as that the sound is missing.
  using Notice = std::function<void(const std::string&)>;

  /// Makes the folder where it is missing. Throws Error (internal) when nothing can be written
  /// there.
  AnnotatedVideo(std::filesystem::path path, const SourceInfo& source, Notice notice = {});
  AnnotatedVideo(const AnnotatedVideo&) = delete;
  AnnotatedVideo& operator=(const AnnotatedVideo&) = delete;
  AnnotatedVideo(AnnotatedVideo&&) noexcept;
  AnnotatedVideo& operator=(AnnotatedVideo&&) noexcept;
  ~AnnotatedVideo();

  /// The next frame, with what was found drawn on it. The first one gives the size (an odd side
  /// gets one more row or column, as H.264 needs it even); later ones of another size are scaled
  /// into it, with black edges. By the frame's time it is repeated or left out. Throws Error
  /// (internal) when there is no encoder for the size or the disk is full. When `stop` is
  /// requested, it is repeated no further: up to a minute can lie between two frames.
  void write(const Frame& frame, const std::stop_token& stop = {});

  /// Adds the sound and gives the file its name. False, and no file, when there was no frame.
  /// Throws Error (internal) when the file is not whole, as on a full disk. Later calls do nothing
  /// and return the same. When `stop` is requested, the sound may be missing, which comes last and
  /// can take long.
  bool finish(const std::stop_token& stop = {});

  const std::filesystem::path& path() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace mien
