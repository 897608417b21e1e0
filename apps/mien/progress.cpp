#include "progress.h"

#include <unistd.h>

#include <filesystem>

namespace mien::apps {
namespace {

bool results_on_terminal() { return ::isatty(STDOUT_FILENO) == 1; }

}  // namespace

Progress::Progress() {
  if (!results_on_terminal()) bar_.emplace("analyze");
}

Progress::Progress(const SourceInfo& source) {
  if (results_on_terminal()) return;
  bar_.emplace(std::filesystem::path(source.name).filename().string());
  if (source.frames) frames_ = static_cast<std::uint64_t>(*source.frames);
}

void Progress::update(std::uint64_t inputs, std::uint64_t of) {
  if (bar_) bar_->update(inputs, of);
}

void Progress::update(long long frames) {
  if (bar_) bar_->update_frames(static_cast<std::uint64_t>(frames), frames_);
}

}  // namespace mien::apps
