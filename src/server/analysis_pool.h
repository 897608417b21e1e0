#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "mien/expression_model.h"
#include "mien/face_detector.h"
#include "mien/frame_result.h"
#include "mien/image.h"
#include "mien/video_analyzer.h"

namespace mien::server {

/// What is remembered of one live client or source between its frames.
class Follower;

struct AnalysisPoolOptions {
  VideoOptions video;  ///< of every analysis; the model may be chosen for each
  int workers = 0;     ///< threads, each with detector and models; 0: as many as cores
  /// While clients' frames come that often, one of several workers is left for them.
  std::chrono::milliseconds between_frames = std::chrono::seconds(2);
  /// Make the stages of a worker. By default what `video` says.
  std::function<std::unique_ptr<FaceDetector>()> make_detector = {};
  std::function<ExpressionModel(const std::string& name)> make_model = {};
  std::function<AttributeModel()> make_attributes = {};
};

/// Threads that analyze what any part of the server asks for. Frames of clients go before pictures,
/// which have a turn now and then and, while frames come, never take the last of several workers. A
/// worker loads a model when it is first asked for; an empty name is the default one, and who asks
/// has checked all others.
/// Any thread may call any function; results come in the executor of the caller's coroutine, which
/// runs one thing at a time. A caller that is cancelled waits no longer, and what has not begun for
/// it is not done.
class AnalysisPool {
 public:
  /// Throws Error as VideoAnalyzer does.
  explicit AnalysisPool(const AnalysisPoolOptions& options);
  AnalysisPool(const AnalysisPool&) = delete;
  AnalysisPool& operator=(const AnalysisPool&) = delete;
  /// Waits for what is under way; what waits is not done.
  ~AnalysisPool();

  /// What is done with a picture that was analyzed, in the worker's thread.
  using Afterwards = std::function<void(Image& picture, const FrameResult& result)>;

  /// The faces of one picture. `picture` makes it, in the worker's thread: decoding is work too.
  /// Throws what `picture` and `afterwards` throw, and Error (model) for a model that cannot be
  /// loaded. There are never more pictures in memory than workers.
  boost::asio::awaitable<FrameResult> analyze(std::function<Image()> picture, std::string model,
                                              Afterwards afterwards = {});

  /// The state of a new client. Its frames are given one after the other.
  std::shared_ptr<Follower> make_follower(std::string model);

  /// The next frame of a client, at `time` seconds, growing.
  boost::asio::awaitable<FrameResult> follow(std::shared_ptr<Follower> follower,
                                             std::function<Image()> picture, double time);

  /// What waits for a worker.
  std::size_t waiting() const;

  /// All that was analyzed, and the faces in it.
  std::uint64_t frames() const;
  std::uint64_t faces() const;

  /// Lets every caller's wait end with an Error (internal), now and from now on.
  void stop();

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace mien::server
