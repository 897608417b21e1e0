#include "core/progress_bar.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace mien {
namespace {

constexpr int kCells = 24;
constexpr auto kRedrawEvery = std::chrono::milliseconds(100);
/// Seconds after which a change of speed shows for the most part.
constexpr double kRateMemory = 2;

template <typename... Values>
std::string printed(const char* format, Values... values) {
  char text[64];
  std::snprintf(text, sizeof text, format, values...);
  return text;
}

std::string time_left(double seconds) {
  constexpr double kLongest = 359'999;  // 99:59:59
  const auto whole = std::lround(std::min(seconds, kLongest));
  if (whole >= 3600) {
    return printed("%ld:%02ld:%02ld", whole / 3600, whole / 60 % 60, whole % 60);
  }
  return printed("%ld:%02ld", whole / 60, whole % 60);
}

std::string bar(double share) {
  const auto filled = static_cast<int>(share * kCells);
  std::string cells;
  for (int i = 0; i < kCells; ++i) cells += i < filled ? "█" : "·";
  return cells + " " + std::to_string(static_cast<int>(share * 100)) + "%";
}

double share_of(std::uint64_t done, std::uint64_t total) {
  return std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
}

}  // namespace

ProgressBar::ProgressBar(std::string title)
    : title_(std::move(title)),
      on_terminal_(::isatty(STDERR_FILENO) == 1),
      started_(Clock::now()),
      last_measured_(started_) {}

ProgressBar::~ProgressBar() { clear(); }

void ProgressBar::update(std::uint64_t done, std::uint64_t total, const std::string& note) {
  const auto now = Clock::now();
  if (total == 0 || !is_due(now)) return;
  const double share = share_of(done, total);
  const double elapsed = std::chrono::duration<double>(now - started_).count();
  std::string line = title_ + " " + bar(share);
  if (share > 0) line += "  " + time_left(elapsed * (1 - share) / share) + " left";
  draw(now, line, note);
}

void ProgressBar::update_frames(std::uint64_t done, std::optional<std::uint64_t> total,
                                const std::string& note) {
  const auto now = Clock::now();
  if (!is_due(now)) return;
  const double elapsed = std::chrono::duration<double>(now - last_measured_).count();
  if (done > last_done_ && elapsed > 0) {
    const double latest = static_cast<double>(done - last_done_) / elapsed;
    const double weight = rate_ > 0 ? 1 - std::exp(-elapsed / kRateMemory) : 1;
    rate_ += (latest - rate_) * weight;
    last_measured_ = now;
    last_done_ = done;
  }
  draw(now, frames_line(title_, done, total, rate_), note);
}

void ProgressBar::clear() {
  if (drawn_) std::fputs("\r\033[K", stderr);
  drawn_ = false;
}

bool ProgressBar::is_due(Clock::time_point now) const {
  return on_terminal_ && (!last_drawn_ || now - *last_drawn_ >= kRedrawEvery);
}

void ProgressBar::draw(Clock::time_point now, std::string line, const std::string& note) {
  last_drawn_ = now;
  drawn_ = true;
  if (!note.empty()) line += "  " + note;
  std::fputs(("\r\033[K" + line).c_str(), stderr);
}

std::string frames_line(const std::string& title, std::uint64_t done,
                        std::optional<std::uint64_t> total, double rate) {
  const bool is_known = total && *total > 0;
  std::string line = title + " ";
  if (is_known) line += bar(share_of(done, *total)) + "  ";
  line += std::to_string(done);
  if (is_known) line.append("/").append(std::to_string(*total));
  line += " frames";
  if (rate <= 0) return line;
  line += printed("  %.1f frames/s", rate);
  if (is_known && done < *total) {
    line += "  " + time_left(static_cast<double>(*total - done) / rate) + " left";
  }
  return line;
}

}  // namespace mien
