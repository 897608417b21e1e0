#include "progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

namespace mien::apps {
namespace {

bool results_on_terminal() { return ::isatty(STDOUT_FILENO) == 1; }

}  // namespace

Progress::Progress() {
  if (!results_on_terminal()) bar_.emplace("analyze");
}

Progress::Progress(const SourceInfo& source)
    : frames_(static_cast<std::uint64_t>(source.frames.value_or(0))) {
  if (!results_on_terminal() && frames_ > 0) {
    bar_.emplace(std::filesystem::path(source.name).filename().string());
  }
}

void Progress::update(std::uint64_t inputs, std::uint64_t of) {
  if (bar_) bar_->update(inputs, of);
}

void Progress::update(long long frames) {
  if (!bar_) return;
  const double seconds = std::chrono::duration<double>(Clock::now() - started_).count();
  bar_->update(static_cast<std::uint64_t>(frames), frames_,
               fmt::format("{:.0f} frames/s", static_cast<double>(frames) / seconds));
}

}  // namespace mien::apps
