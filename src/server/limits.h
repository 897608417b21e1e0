#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace mien::server {

/// What one client may ask of the server. More lets well-meant clients do more, and others too.
struct Limits {
  using Seconds = std::chrono::duration<double>;

  std::size_t connections = 64;
  std::size_t header_bytes = 16U << 10U;
  Seconds head_time{30};      ///< for a request's head, and between two requests
  Seconds progress_time{10};  ///< in which some byte of a body must come or go
  Seconds handshake_time{10};
  /// After head_time a body must have come, or a file been taken, that fast on average.
  double body_bytes_per_second = 16'384;
  /// Bodies in memory, all together: more are refused with 503.
  std::uint64_t bodies_bytes = 256U << 20U;

  std::uint64_t picture_bytes = 20'000'000;
  long long picture_pixels = 50'000'000;
  std::uint64_t job_bytes = 500'000'000;
  std::uint64_t disk_bytes = 10'000'000'000;  ///< of all videos and their results together
  std::size_t waiting_jobs = 8;
  std::size_t waiting_pictures = 32;  ///< for a worker, from POST /analyze

  std::size_t live_clients = 16;
  std::size_t live_frame_bytes = 4'000'000;
  long long live_frame_pixels = 10'000'000;
  std::size_t live_text_bytes = 4096;
  double live_rate = 60;     ///< frames a second of one client, over two seconds
  int live_in_flight = 3;    ///< frames that a client has under way: pages are told
  double advised_rate = 30;  ///< frames a second that pages send at most: they are told
  int live_bad_frames = 10;
  Seconds live_silence{60};
};

}  // namespace mien::server
