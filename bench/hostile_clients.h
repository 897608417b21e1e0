#pragma once

#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace mien::bench {

/// Clients of a running `mien serve` that mean it harm, each in a thread and again and again until
/// the end: noise in place of requests and of frames, frames and messages of which half is missing,
/// a frame of 100 MB, requests that come byte by byte, clients that never read, pictures that are
/// much work or memory for few bytes, and connections that only stand open.
class HostileClients {
 public:
  /// On this machine; `frames` are JPEGs, one at least.
  HostileClients(std::string port, const std::vector<std::vector<unsigned char>>& frames);
  HostileClients(const HostileClients&) = delete;
  HostileClients& operator=(const HostileClients&) = delete;
  ~HostileClients();

  /// How often each kind connected so far.
  std::map<std::string, long> connections() const;

 private:
  std::string port_;
  std::map<std::string, std::atomic<long>> connections_;
  std::vector<std::jthread> threads_;
};

}  // namespace mien::bench
