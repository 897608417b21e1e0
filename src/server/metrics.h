#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace mien::server {

/// What the server counts, as Prometheus reads it. Used in the server's thread.
class Metrics {
 public:
  /// `route` is the path of a route, with its {}.
  void count_request(const std::string& route, unsigned status);
  void count_dropped(std::uint64_t frames) { dropped_ += frames; }
  /// From a live frame's receipt to its answer.
  void observe_delay(std::chrono::duration<double> delay);

  /// What others count.
  struct Gauges {
    std::string version;
    std::uint64_t frames = 0;
    std::uint64_t faces = 0;
    std::size_t waiting = 0;
    std::uint64_t disk_bytes = 0;
    std::size_t live_clients = 0;
    std::size_t connections = 0;
  };
  std::string text(const Gauges& gauges) const;

 private:
  static constexpr std::array<double, 12> kDelays = {0.01, 0.02, 0.03, 0.05, 0.075, 0.1,
                                                     0.15, 0.25, 0.5,  1,    2.5,   5};

  std::map<std::pair<std::string, unsigned>, std::uint64_t> requests_;
  std::array<std::uint64_t, kDelays.size() + 1> delays_{};  // each its own; the last: longer ones
  double delay_sum_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace mien::server
