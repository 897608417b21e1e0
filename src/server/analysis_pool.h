#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <string>

#include "mien/frame_result.h"
#include "mien/image.h"
#include "mien/video_analyzer.h"

namespace mien::server {

/// What is remembered of one live client or source between its frames.
class Follower;

struct AnalysisPoolOptions {
  VideoOptions video;  ///< of every analysis; the model may be chosen for each
  int workers = 0;     ///< threads, each with detector and models; 0: as many as cores
};

/// Threads that analyze what any part of the server asks for, in turn. A worker loads a model when
/// it is first asked for. Any thread may call any function; results come in the executor of the
/// caller's coroutine.
class AnalysisPool {
 public:
  /// Throws Error as VideoAnalyzer does.
  explicit AnalysisPool(const AnalysisPoolOptions& options);
  AnalysisPool(const AnalysisPool&) = delete;
  AnalysisPool& operator=(const AnalysisPool&) = delete;
  ~AnalysisPool();

  /// The faces of one picture. `picture` makes it, in the worker's thread: decoding is work too.
  /// Throws what `picture` throws, and Error (model) for a model that cannot be loaded.
  boost::asio::awaitable<FrameResult> analyze(std::function<Image()> picture, std::string model);

  /// The state of a new client. Its frames are given one after the other.
  std::shared_ptr<Follower> make_follower(std::string model);

  /// The next frame of a client, at `time` seconds, growing.
  boost::asio::awaitable<FrameResult> follow(std::shared_ptr<Follower> follower,
                                             std::function<Image()> picture, double time);

  /// What waits for a worker.
  std::size_t waiting() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace mien::server
