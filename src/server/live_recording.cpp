#include "server/live_recording.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <nlohmann/json.hpp>
#include <utility>

#include "history/session_feed.h"
#include "mien/error.h"
#include "server/one_member.h"
#include "server/stopwatch.h"

namespace mien::server {

namespace asio = boost::asio;

namespace {

std::string failure_json(const std::string& message) {
  return nlohmann::json({{"error", {{"status", 500}, {"message", message}}}}).dump();
}

}  // namespace

/// Stays until what was asked of the writer is done, also when the client has gone.
struct LiveRecording::State {
  std::shared_ptr<HistoryWriter::Session> session;
  SessionFeed feed;
  Stopwatch clock;
  LiveVoice* voice = nullptr;  ///< while the client is there
  bool forgotten = false;
};

LiveRecording::LiveRecording(HistoryWriter& writer, asio::any_io_executor executor,
                             SessionInfo info, const RecorderOptions& options, double rate)
    : writer_(writer),
      executor_(std::move(executor)),
      info_(std::move(info)),
      options_(options),
      rate_(rate),
      state_(std::make_shared<State>()) {}

LiveRecording::~LiveRecording() = default;

void LiveRecording::begin(LiveVoice& voice) { state_->voice = &voice; }

/// With the first frame: who connects alone leaves nothing.
void LiveRecording::begin_session() {
  info_.started = now_utc();
  state_->feed = SessionFeed({.recorder = options_});
  state_->clock = {};
  state_->session = writer_.begin(info_);
  asio::co_spawn(executor_, tell_id(state_), asio::detached);
}

std::string LiveRecording::take(const FrameResult& result) {
  if (state_->forgotten) return {};
  if (!state_->session) begin_session();
  const double now = state_->clock.seconds();
  state_->feed.add(now, result);
  if (auto batch = state_->feed.take_if_due(now)) state_->session->write(std::move(*batch));
  return {};
}

bool LiveRecording::take_text(std::string_view text) {
  const auto said = one_member(text);
  if (!said || !said->is("forget")) return false;
  if (!std::exchange(state_->forgotten, true)) {
    asio::co_spawn(executor_, forget(state_), asio::detached);
  }
  return true;
}

void LiveRecording::reset() { state_->feed.begin_anew(); }

void LiveRecording::end() {
  state_->voice = nullptr;
  if (state_->forgotten || !state_->session) return;
  const double now = state_->clock.seconds();
  state_->session->write(state_->feed.finish(now));
  state_->session->end(now);
}

asio::awaitable<void> LiveRecording::tell_id(std::shared_ptr<State> state) {
  std::string answer;
  try {
    const auto id = co_await state->session->id();
    answer = nlohmann::json({{"recording", {{"session", id}}}}).dump();
  } catch (const Error& error) {
    answer = failure_json(error.what());
  }
  if (state->voice != nullptr) state->voice->tell(std::move(answer));
}

asio::awaitable<void> LiveRecording::forget(std::shared_ptr<State> state) {
  std::string answer = R"({"forgotten":true})";
  try {
    if (state->session) co_await state->session->remove();
  } catch (const Error& error) {
    answer = failure_json(error.what());
  }
  if (state->voice != nullptr) state->voice->tell(std::move(answer));
}

}  // namespace mien::server
