#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace mien::server {

/// Of times, in the buckets that Prometheus sums up.
class Histogram {
 public:
  void observe(std::chrono::duration<double> time);
  /// Its lines; `labels` are such as `route="/"`, or none.
  std::string text(const std::string& name, const std::string& labels) const;

 private:
  static constexpr std::array<double, 13> kBounds = {0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15,
                                                     0.25, 0.5,  1,    2.5,  5,     30};

  std::array<std::uint64_t, kBounds.size() + 1> counts_{};  // each its own; the last: longer ones
  double sum_ = 0;
};

/// What the server counts, as Prometheus reads it. Used in the server's thread.
class Metrics {
 public:
  /// `route` is the path of a route, with its {}.
  void count_request(const std::string& route, unsigned status);
  /// From a request's head to where its answer begins.
  void observe_request(const std::string& route, std::chrono::duration<double> time) {
    request_times_[route].observe(time);
  }
  void count_dropped(std::uint64_t frames) { dropped_ += frames; }
  /// From a live frame's receipt to its answer.
  void observe_delay(std::chrono::duration<double> delay) { delays_.observe(delay); }

  /// What others count.
  struct Gauges {
    std::string version;
    std::uint64_t frames = 0;  ///< of pictures, live clients, jobs and the source
    std::uint64_t faces = 0;
    std::size_t waiting = 0;
    std::uint64_t disk_bytes = 0;
    std::size_t live_clients = 0;
    std::size_t class_members = 0;
    std::size_t connections = 0;
  };
  std::string text(const Gauges& gauges) const;

 private:
  std::map<std::pair<std::string, unsigned>, std::uint64_t> requests_;
  std::map<std::string, Histogram> request_times_;
  Histogram delays_;
  std::uint64_t dropped_ = 0;
};

}  // namespace mien::server
