#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "history/session_recorder.h"
#include "server/history_writer.h"
#include "server/live_listener.h"

namespace mien::server {

/// Records what one live client's faces show, as they asked for, until they go or want it
/// forgotten.
class LiveRecording final : public LiveListener {
 public:
  /// `rate`: frames a second that are taken.
  LiveRecording(HistoryWriter& writer, boost::asio::any_io_executor executor, SessionInfo info,
                const RecorderOptions& options, double rate);
  ~LiveRecording() override;

  void begin(LiveVoice& voice) override;
  double most_rate() const override { return rate_; }
  std::string take(const FrameResult& result) override;
  bool take_text(std::string_view text) override;
  void reset() override;
  void end() override;

 private:
  struct State;
  void begin_session();
  static boost::asio::awaitable<void> tell_id(std::shared_ptr<State> state);
  static boost::asio::awaitable<void> forget(std::shared_ptr<State> state);

  HistoryWriter& writer_;
  boost::asio::any_io_executor executor_;
  SessionInfo info_;
  RecorderOptions options_;
  double rate_;
  std::shared_ptr<State> state_;
};

}  // namespace mien::server
