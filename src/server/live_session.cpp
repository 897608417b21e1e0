#include "server/live_session.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <exception>
#include <utility>

#include "mien/error.h"
#include "output/shown_name.h"
#include "server/live_message.h"
#include "server/live_recording.h"

namespace mien::server {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;

namespace {

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
/// Answers to texts that a client has not read.
constexpr std::size_t kMostTexts = 16;
/// Of results that a client has not read, so that what it sees next is not old.
constexpr int kSendBuffer = 64 << 10;
/// For the client to say goodbye too.
constexpr auto kFarewell = std::chrono::milliseconds(500);
/// A rate may be exceeded for so long.
constexpr double kRateSeconds = 2;
constexpr double kFirstTexts = 20;

double milliseconds_since(Transport::Clock::time_point time) {
  return std::chrono::duration<double, std::milli>(Transport::Clock::now() - time).count();
}

constexpr std::size_t kLongestName = 80;

std::variant<Response, LiveGuest> admit_to_class(const Request& request, Site& site) {
  auto connected = site.classes->connect(request);
  if (auto* refused = std::get_if<Response>(&connected)) return std::move(*refused);
  return LiveGuest{.model = site.live.models.default_name(),
                   .listener = std::move(std::get<std::unique_ptr<LiveListener>>(connected)),
                   .is_member = true};
}

}  // namespace

std::variant<Response, LiveGuest> LiveSession::admit(const Request& request, Site& site,
                                                     const asio::any_io_executor& executor) {
  const bool is_class = site.classes != nullptr && Classes::is_socket(request.path);
  if (request.path != kPath && !is_class) {
    return failure(http::status::not_found,
                   "there is no WebSocket here; connect to " + std::string(kPath));
  }
  if (request.method != http::verb::get) {
    return failure(http::status::method_not_allowed, "WebSockets are opened with GET");
  }
  if (is_class) return admit_to_class(request, site);
  if (site.live.models.find(parameter(request, "model")) == nullptr) {
    return failure(http::status::bad_request,
                   "there is no such model; /api/v1/models lists those there are");
  }
  if (site.live.count >= site.limits.live_clients) {
    return failure(http::status::service_unavailable,
                   "the server has as many live clients as it takes (" +
                       std::to_string(site.limits.live_clients) + "); try again later");
  }
  LiveGuest guest{.model = site.live.models.get(parameter(request, "model")).name};
  if (!request.query.contains("record")) return guest;
  const auto name = typed_line(parameter(request, "record"), kLongestName);
  if (site.history == nullptr || !name) {
    return failure(http::status::bad_request,
                   site.history == nullptr
                       ? "this server records nothing; start it with --record"
                       : "a session's name has 1 to 80 characters, none of them invisible");
  }
  const SessionInfo info = {.name = *name,
                            .kind = SessionKind::live,
                            .source = "browser",
                            .model = guest.model,
                            .indicators = site.recording.episodes.has_value()};
  guest.listener = std::make_unique<LiveRecording>(*site.history, executor, info, site.recording,
                                                   site.limits.live_rate);
  return guest;
}

LiveSession::LiveSession(Transport& transport, Site& site, LiveGuest guest)
    : transport_(transport),
      site_(site),
      socket_(transport),
      guest_(std::move(guest)),
      follower_(site.live.pool.make_follower(guest_.model)),
      something_to_do_(transport.get_executor(), Clock::time_point::max()),
      silence_(transport.get_executor()),
      begun_(Clock::now()),
      heard_(begun_),
      frames_allowed_(kRateSeconds * most_rate(), begun_),
      texts_allowed_(kFirstTexts, begun_) {
  if (!guest_.is_member) ++site_.live.count;
}

LiveSession::~LiveSession() {
  if (listened_) guest_.listener->end();
  if (!guest_.is_member) --site_.live.count;
}

asio::awaitable<void> LiveSession::run(const http::request<http::empty_body>& head) {
  using namespace asio::experimental::awaitable_operators;
  transport_.set_send_buffer(kSendBuffer);
  socket_.read_message_max(site_.limits.live_frame_bytes);
  socket_.set_option(websocket::stream_base::timeout{std::chrono::seconds(10),
                                                     websocket::stream_base::none(), false});
  const auto [error] = co_await socket_.async_accept(head, kTuple);
  if (error) co_return;
  if (guest_.listener) {
    listened_ = true;
    guest_.listener->begin(*this);
  }
  co_await (read() && answer() && watch_silence());
}

void LiveSession::stop() { say_goodbye(CloseCode::going_away, "the server stops"); }

void LiveSession::tell(std::string text) {
  if (texts_.size() >= kMostTexts) {
    return say_goodbye(CloseCode::policy_error, "what was told was not read");
  }
  texts_.push_back(std::move(text));
  something_to_do_.cancel();
}

void LiveSession::finish(std::string reason) { say_goodbye(CloseCode::normal, std::move(reason)); }

double LiveSession::most_rate() const {
  return guest_.listener ? guest_.listener->most_rate() : site_.limits.live_rate;
}

/// Until the connection ends, however that comes.
asio::awaitable<void> LiveSession::read() {
  boost::beast::flat_buffer buffer;
  for (;;) {
    const auto [error, size] = co_await socket_.async_read(buffer, kTuple);
    if (error) break;
    heard_ = Clock::now();
    if (!farewell_) {
      if (socket_.got_text()) {
        take_text({static_cast<const char*>(buffer.cdata().data()), buffer.size()});
      } else {
        take_frame(buffer);
      }
    }
    buffer.clear();
  }
  end();
}

void LiveSession::take_frame(const boost::beast::flat_buffer& buffer) {
  if (most_rate() <= 0) return say_goodbye(CloseCode::policy_error, "no frames are taken here");
  if (is_too_fast(heard_)) {
    return say_goodbye(CloseCode::policy_error, "too many frames a second; send fewer");
  }
  const auto* bytes = static_cast<const std::uint8_t*>(buffer.cdata().data());
  if (waiting_) ++dropped_;
  waiting_ = WaitingFrame{next_frame_++,
                          std::make_shared<const Bytes>(bytes, bytes + buffer.size()), heard_};
  something_to_do_.cancel();
}

void LiveSession::take_text(std::string_view text) {
  if (text.size() > site_.limits.live_text_bytes) {
    return say_goodbye(CloseCode::too_big, "a text may have 4 KB at most");
  }
  if (guest_.listener && is_too_talkative()) {
    return say_goodbye(CloseCode::policy_error, "too many texts; say less");
  }
  if (guest_.listener && guest_.listener->take_text(text)) return;
  if (parse_live_command(text) == LiveCommand::reset) {
    follower_ = site_.live.pool.make_follower(guest_.model);
    if (guest_.listener) guest_.listener->reset();
    return;
  }
  if (texts_.size() >= kMostTexts) {
    return say_goodbye(CloseCode::policy_error, "too many texts that were not understood");
  }
  texts_.push_back(live_failure(static_cast<unsigned>(http::status::bad_request),
                                guest_.listener
                                    ? "this text is not understood"
                                    : "this text is not understood; {\"reset\":true} is"));
  something_to_do_.cancel();
}

bool LiveSession::is_too_fast(Clock::time_point now) {
  const double rate = most_rate();
  return !frames_allowed_.take(now, rate, kRateSeconds * rate);
}

/// Each may cost a row on the disk.
bool LiveSession::is_too_talkative() {
  constexpr double kTextsPerSecond = 5;
  constexpr double kTextsAtOnce = 20;
  return !texts_allowed_.take(heard_, kTextsPerSecond, kTextsAtOnce);
}

/// All that is sent is sent here: one thing after the other.
asio::awaitable<void> LiveSession::answer() {
  while (!ended_) {
    // What was told before it is sent before it.
    if (farewell_ && (farewell_->code != CloseCode::normal || texts_.empty())) {
      transport_.read_by(Clock::now() + kFarewell);
      const websocket::close_reason reason(farewell_->code, farewell_->reason);
      co_await socket_.async_close(reason, kTuple);
      break;
    }
    if (!texts_.empty()) {
      auto text = std::move(texts_.front());
      texts_.pop_front();
      co_await send(std::move(text));
    } else if (waiting_) {
      auto frame = std::move(*waiting_);
      waiting_.reset();
      co_await analyze(std::move(frame));
    } else {
      co_await something_to_do_.async_wait(kTuple);
    }
  }
  end();
}

asio::awaitable<void> LiveSession::analyze(WaitingFrame frame) {
  const PictureLimits limits = {.bytes = site_.limits.live_frame_bytes,
                                .pixels = site_.limits.live_frame_pixels};
  const auto dropped = std::exchange(dropped_, 0);
  const double time = std::chrono::duration<double>(frame.came - begun_).count();
  std::string text;
  try {
    std::function<Image()> decode = [bytes = frame.bytes, limits] {
      return decode_live_frame(*bytes, limits);
    };
    auto result = co_await site_.live.pool.follow(follower_, std::move(decode), time);
    result.source = "live";
    result.frame = frame.number;
    const auto more = guest_.listener ? guest_.listener->take(result) : std::string();
    text = live_answer(result, dropped, milliseconds_since(frame.came), more);
    bad_frames_ = 0;
  } catch (const boost::system::system_error&) {
    throw;  // the client has gone, or the server stops
  } catch (const std::exception& error) {
    text = failure_of(error, frame.number, dropped);
  }
  site_.metrics.count_dropped(dropped);
  site_.metrics.observe_delay(Clock::now() - frame.came);
  co_await send(std::move(text));
  if (bad_frames_ >= site_.limits.live_bad_frames) {
    say_goodbye(CloseCode::unknown_data, "too many frames that are no pictures");
  }
}

/// What is wrong within the server is told to whoever runs it, once, and not to the client.
std::string LiveSession::failure_of(const std::exception& error, long long frame,
                                    std::uint64_t dropped) {
  const auto* reason = dynamic_cast<const Error*>(&error);
  if (reason != nullptr && reason->code() == ErrorCode::input) {
    ++bad_frames_;
    return live_failure(frame, dropped, static_cast<unsigned>(http::status::bad_request),
                        error.what());
  }
  if (farewell_) {
    return live_failure(frame, dropped, static_cast<unsigned>(http::status::service_unavailable),
                        error.what());
  }
  if (std::exchange(told_, error.what()) != error.what()) {
    site_.notice(std::string("a live client: ") + error.what());
  }
  return live_failure(frame, dropped, static_cast<unsigned>(http::status::internal_server_error),
                      "something went wrong within the server; what it was stands in its log");
}

asio::awaitable<void> LiveSession::send(std::string text) {
  socket_.text(true);
  const auto [error, size] = co_await socket_.async_write(asio::buffer(text), kTuple);
  if (!error) co_return;
  transport_.close();
  end();
}

asio::awaitable<void> LiveSession::watch_silence() {
  // Browsers wake hidden pages about once a minute.
  constexpr int kPatienceWithMembers = 3;
  const auto limit = (guest_.is_member ? kPatienceWithMembers : 1) *
                     std::chrono::duration_cast<Clock::duration>(site_.limits.live_silence);
  while (!ended_ && Clock::now() < heard_ + limit) {
    silence_.expires_at(heard_ + limit);
    co_await silence_.async_wait(kTuple);
  }
  if (!ended_) say_goodbye(CloseCode::policy_error, "nothing came for too long");
}

void LiveSession::say_goodbye(CloseCode code, std::string reason) {
  if (farewell_) return;
  farewell_ = {code, std::move(reason)};
  something_to_do_.cancel();
}

void LiveSession::end() {
  if (ended_) return;
  ended_ = true;
  something_to_do_.cancel();
  silence_.cancel();
}

}  // namespace mien::server
