#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "mien/video_analyzer.h"
#include "server/analysis_pool.h"

namespace mien::server {

/// Holds up an analysis.
class Turnstile {
 public:
  void close();
  void open();
  /// Waits while it is closed.
  void pass();
  int held() const;  ///< that wait now

 private:
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool closed_ = false;
  int held_ = 0;
};

struct StubOptions {
  /// What the network is surest of, in turn: each so many frames long, the last to the end.
  std::vector<std::pair<Expression, int>> shows = {{Expression::happy, 1}};
  std::shared_ptr<Turnstile> turnstile{};  ///< before each frame
  std::chrono::milliseconds delay{0};
  /// Every face looks female for sure and 30 years old.
  AttributeChoice attributes = {};
};

/// Finds one face in every frame and sees in it what was planned, without smoothing.
VideoAnalyzer stub_analyzer(const StubOptions& options = {});

/// The same stages for a pool.
AnalysisPoolOptions stub_analysis(const StubOptions& options = {});

/// Calls it every few milliseconds until it is true; false after ten seconds.
template <typename Condition>
bool comes_true(const Condition& condition) {
  for (int i = 0; i < 2000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return false;
}

}  // namespace mien::server
