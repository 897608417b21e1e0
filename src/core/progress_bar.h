#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace mien {

/// One line on stderr that shows how far something is and how long it will take. It draws nothing
/// when stderr is not a terminal, and is wiped when it goes out of scope.
class ProgressBar {
 public:
  explicit ProgressBar(std::string title);
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar();

  /// `note` is shown behind the bar. Calls in quick succession are passed over.
  void update(std::uint64_t done, std::uint64_t total, const std::string& note = {});

  /// The same for frames, with how many come a second of late. The total may be wrong; a live
  /// source has none, and no bar.
  void update_frames(std::uint64_t done, std::optional<std::uint64_t> total,
                     const std::string& note = {});

  /// Wipes the line, so that another one can be printed; the next update draws it again.
  void clear();

 private:
  using Clock = std::chrono::steady_clock;

  bool is_due(Clock::time_point now) const;
  void draw(Clock::time_point now, std::string line, const std::string& note);

  std::string title_;
  bool on_terminal_;
  bool drawn_ = false;
  Clock::time_point started_;
  std::optional<Clock::time_point> last_drawn_;
  Clock::time_point last_measured_;
  std::uint64_t last_done_ = 0;
  double rate_ = 0;  ///< frames a second, of late
};

/// What update_frames() shows: "analyze ██████······ 50%  125/250 frames  31.2 frames/s  0:04
/// left". `rate` is in frames a second, 0 where it is not known yet.
std::string frames_line(const std::string& title, std::uint64_t done,
                        std::optional<std::uint64_t> total, double rate);

}  // namespace mien
