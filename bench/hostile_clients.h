#pragma once

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace mien::bench {

/// Clients of a running `mien serve` that mean it harm, each in a thread and again and again until
/// the end: noise in place of requests and of frames, frames and messages of which half is missing,
/// a frame of 100 MB, requests that come byte by byte, and clients that never read.
class HostileClients {
 public:
  /// On this machine; `frames` are JPEGs, one at least.
  HostileClients(std::string port, const std::vector<std::vector<unsigned char>>& frames);
  HostileClients(const HostileClients&) = delete;
  HostileClients& operator=(const HostileClients&) = delete;
  ~HostileClients();

  std::size_t kinds() const { return threads_.size(); }
  /// How often one of them connected so far.
  long connections() const { return connections_; }

 private:
  std::string port_;
  std::atomic<long> connections_ = 0;
  std::vector<std::jthread> threads_;
};

}  // namespace mien::bench
