#pragma once

#include <cstdint>
#include <optional>

#include "core/progress_bar.h"
#include "mien/frame_source.h"

namespace mien::apps {

/// A progress bar, unless results on the same terminal show the progress well enough.
class Progress {
 public:
  /// Over the inputs.
  Progress();
  /// Over the frames of a source.
  explicit Progress(const SourceInfo& source);

  void update(std::uint64_t inputs, std::uint64_t of);
  void update(long long frames);

 private:
  std::optional<ProgressBar> bar_;
  std::optional<std::uint64_t> frames_;
};

}  // namespace mien::apps
