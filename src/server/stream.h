#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

#include "mien/annotation.h"
#include "mien/frame_source.h"
#include "mien/video_analyzer.h"
#include "server/newest.h"

namespace mien::server {

struct StreamOptions {
  std::string input;  ///< as open_frame_source() takes it
  FrameSourceOptions source;
  std::function<VideoAnalyzer()> make_analyzer;
  std::function<std::unique_ptr<FrameSource>(const std::string&, const FrameSourceOptions&)> open =
      open_frame_source;
  /// Told of every result, in the stream's thread.
  std::function<void(const Frame&, const FrameResult&)> follow = [](const Frame&,
                                                                    const FrameResult&) {};
  /// Of the pictures, 1..100. Default 80; more needs more of the network.
  int jpeg_quality = 80;
  /// How long after it was given up a source is opened again.
  std::chrono::milliseconds retry = std::chrono::seconds(10);
};

enum class StreamState { running, ended, failed };
std::string_view name(StreamState state);

struct StreamStatus {
  std::string source;  ///< as it may be shown: a file without folder, an address without password
  StreamState state = StreamState::running;
  std::string message;      ///< why it failed, or that it is connected again
  long long frame = 0;      ///< the source's, analyzed last
  double rate = 0;          ///< frames a second that are analyzed
  std::size_t viewers = 0;  ///< of the pictures
};

/// The server's own source, analyzed once for all who watch. A camera or a network stream is
/// connected again when it breaks, by the source itself and, once that has given up, every ten
/// seconds. A video or an image sequence is played in real time; at its end it begins anew, with
/// new tracks. Standard input ends. Frames are drawn on and encoded only while somebody watches
/// the pictures, each once.
class Stream {
 public:
  /// Opens the source. Throws Error as open_frame_source() and `make_analyzer` do.
  explicit Stream(StreamOptions options);
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream();

  /// Ends the analysis, soon, and then what the viewers see.
  void stop();

  StreamStatus status() const;
  long long analyzed() const;  ///< frames
  long long faces() const;     ///< in them
  long long encoded() const;   ///< pictures

  /// JPEGs, and frame results as JSON.
  const Newest& pictures() const { return pictures_; }
  const Newest& results() const { return results_; }

 private:
  using Clock = std::chrono::steady_clock;

  std::unique_ptr<FrameSource> open() const;
  FrameSourceOptions source_options();
  void work(const std::stop_token& stop);
  bool play(const std::stop_token& stop);
  void take(Frame& frame, const FrameResult& result);
  void show(Frame& frame, const FrameResult& result);
  void count(const FrameResult& result);
  void fail(const std::string& reason);
  void set_state(StreamState state, const std::string& message);
  std::string shown(const std::string& message) const;
  bool wait_for_retry(const std::stop_token& stop);

  StreamOptions options_;
  std::string shown_name_;
  std::stop_source stop_;
  mutable std::mutex mutex_;
  std::condition_variable_any retrying_;
  StreamStatus status_;
  std::string failure_;                  ///< that was told last
  std::deque<Clock::time_point> times_;  ///< of the last frames, for the rate
  long long analyzed_ = 0;
  long long faces_ = 0;
  long long encoded_ = 0;
  Newest pictures_;
  Newest results_;
  VideoAnalyzer analyzer_;
  std::unique_ptr<FrameSource> source_;  ///< of the worker, from the constructor on
  Annotator annotator_;
  std::jthread worker_;
};

}  // namespace mien::server
