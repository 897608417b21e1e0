#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "server/message.h"

namespace mien::server {

/// How many bytes on disk all uploads and what is made of them may take together. Any thread may
/// call any function.
class DiskSpace {
 public:
  explicit DiskSpace(std::uint64_t most) : most_(most) {}

  std::uint64_t most() const { return most_; }
  std::uint64_t used() const { return used_; }
  std::uint64_t left() const { return most_ - used_; }

 private:
  friend class DiskShare;
  /// Counts `to` bytes in place of `from`; false, and nothing changes, when that is too much.
  bool change(std::uint64_t from, std::uint64_t to);

  std::uint64_t most_;
  std::atomic<std::uint64_t> used_ = 0;
};

/// What one upload or job takes of it; at the end it is given back. One thread at a time.
class DiskShare {
 public:
  explicit DiskShare(std::shared_ptr<DiskSpace> space) : space_(std::move(space)) {}
  DiskShare(const DiskShare&) = delete;
  DiskShare& operator=(const DiskShare&) = delete;
  ~DiskShare() { resize(0); }

  /// Takes that many bytes in all. False, and it stays as it is, when there are not so many.
  bool resize(std::uint64_t bytes);

 private:
  std::shared_ptr<DiskSpace> space_;
  std::uint64_t bytes_ = 0;
};

/// The answer to an upload for which nothing is left.
Response no_space_left(const DiskSpace& space);

}  // namespace mien::server
