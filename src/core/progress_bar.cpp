#include "core/progress_bar.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace mien {
namespace {

constexpr int kCells = 24;
constexpr auto kRedrawEvery = std::chrono::milliseconds(100);

std::string time_left(double seconds) {
  const auto whole = std::lround(seconds);
  char text[32];
  if (whole >= 3600) {
    std::snprintf(text, sizeof text, "%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
  } else {
    std::snprintf(text, sizeof text, "%ld:%02ld", whole / 60, whole % 60);
  }
  return text;
}

}  // namespace

ProgressBar::ProgressBar(std::string title)
    : title_(std::move(title)),
      on_terminal_(::isatty(STDERR_FILENO) == 1),
      started_(Clock::now()) {}

ProgressBar::~ProgressBar() {
  if (drawn_) std::fputs("\r\033[K", stderr);
}

void ProgressBar::update(std::uint64_t done, std::uint64_t total, const std::string& note) {
  if (!on_terminal_ || total == 0) return;
  const auto now = Clock::now();
  if (drawn_ && now - last_drawn_ < kRedrawEvery) return;
  last_drawn_ = now;
  drawn_ = true;

  const double share = std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
  const double elapsed = std::chrono::duration<double>(now - started_).count();
  const auto filled = static_cast<int>(share * kCells);
  std::string bar;
  for (int i = 0; i < kCells; ++i) bar += i < filled ? "█" : "·";
  std::string line = "\r\033[K" + title_ + " " + bar + " " + std::to_string(int(share * 100)) + "%";
  if (share > 0) line += "  " + time_left(elapsed * (1 - share) / share) + " left";
  if (!note.empty()) line += "  " + note;
  std::fputs(line.c_str(), stderr);
}

}  // namespace mien
