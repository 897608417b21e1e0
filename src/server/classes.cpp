#include "server/classes.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "output/shown_name.h"
#include "server/allowance.h"
#include "server/security.h"
#include "server/stopwatch.h"

namespace mien::server {

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kTick = std::chrono::milliseconds(500);
constexpr auto kDeserted = std::chrono::minutes(30);
/// Frames a second of a member; pages send two.
constexpr double kMemberRate = 5;
constexpr double kRoomRate = 30;
/// Of new members: a whole class at once, and afterwards those who are late.
constexpr double kJoinsPerSecond = 1;
constexpr double kJoinsAtOnce = 150;
constexpr std::size_t kLongestName = 40;
constexpr std::size_t kCodeLength = 8;
constexpr std::string_view kPrefix = "/api/v1/classes/";

/// Easy to read out: without letters and digits that look alike.
std::string make_code() {
  constexpr std::string_view kLetters = "abcdefghjkmnpqrstuvwxyz23456789";
  const auto token = make_token();
  std::string code;
  for (std::size_t i = 0; i < kCodeLength; ++i) {
    code += kLetters[std::stoul(token.substr(2 * i, 2), nullptr, 16) % kLetters.size()];
  }
  return code;
}

struct SocketPath {
  std::string code;
  std::string role;
};

std::optional<SocketPath> socket_of(std::string_view path) {
  if (!path.starts_with(kPrefix)) return std::nullopt;
  path.remove_prefix(kPrefix.size());
  const auto slash = path.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  SocketPath socket{std::string(path.substr(0, slash)), std::string(path.substr(slash + 1))};
  if (socket.role != "host" && socket.role != "join") return std::nullopt;
  return socket;
}

}  // namespace

struct Classes::Entry {
  ClassRoom room;
  std::string link;
  Stopwatch opened = {};
  Clock::time_point last_connected = Clock::now();
  Allowance joins{kJoinsAtOnce, Clock::now()};

  double now() const { return opened.seconds(); }
};

/// The host's view. The entry outlives whoever is connected.
class Classes::HostListener final : public LiveListener {
 public:
  explicit HostListener(std::shared_ptr<Entry> entry) : entry_(std::move(entry)) {}

  void begin(LiveVoice& voice) override {
    voice_ = &voice;
    entry_->room.add_host(voice, entry_->now(), entry_->link);
  }
  double most_rate() const override { return 0; }
  std::string take(const FrameResult& /*result*/) override { return {}; }
  bool take_text(std::string_view text) override {
    return entry_->room.take_host_text(text, entry_->now());
  }
  void end() override { entry_->room.remove_host(*voice_); }

 private:
  std::shared_ptr<Entry> entry_;
  LiveVoice* voice_ = nullptr;
};

class Classes::MemberListener final : public LiveListener {
 public:
  /// `number`: of who was there before, as after a break; 0: somebody new.
  MemberListener(std::shared_ptr<Entry> entry, std::string name, bool shown, int number)
      : entry_(std::move(entry)), name_(std::move(name)), shown_(shown), number_(number) {}

  void begin(LiveVoice& voice) override {
    voice_ = &voice;
    const auto& member = entry_->room.join(name_, shown_, number_, voice, entry_->now());
    number_ = member.number;
    voice.tell(joined_json(member.number, member.key));
  }
  double most_rate() const override { return entry_->room.plan().faces ? kMemberRate : 0; }
  std::string take(const FrameResult& result) override {
    return entry_->room.take(number_, *voice_, result, entry_->now());
  }
  bool take_text(std::string_view text) override {
    return entry_->room.take_text(number_, *voice_, text, entry_->now());
  }
  void end() override { entry_->room.leave(number_, *voice_, entry_->now()); }

 private:
  std::shared_ptr<Entry> entry_;
  std::string name_;
  bool shown_;
  int number_;
  LiveVoice* voice_ = nullptr;
};

/// The host's camera on the room.
class Classes::RoomListener final : public LiveListener {
 public:
  explicit RoomListener(std::shared_ptr<Entry> entry) : entry_(std::move(entry)) {}

  void begin(LiveVoice& voice) override { voice.tell(joined_json(0, "")); }
  double most_rate() const override { return entry_->room.plan().faces ? kRoomRate : 0; }
  std::string take(const FrameResult& result) override {
    entry_->room.take_room(result, entry_->now());
    return {};
  }
  bool take_text(std::string_view text) override {
    const auto said = parse_member_text(text);
    if (said && said->pause == true) entry_->room.leave_room(entry_->now());
    return said && !said->mood && !said->shown && !said->rest;
  }
  void end() override { entry_->room.leave_room(entry_->now()); }

 private:
  std::shared_ptr<Entry> entry_;
};

Classes::Classes(ClassesOptions options) : options_(std::move(options)) {}
Classes::~Classes() { stop(); }

const ClassRoom* Classes::open(ClassPlan plan) {
  if (open_count() >= options_.most_open) return nullptr;
  std::shared_ptr<HistoryWriter::Session> record;
  if (plan.record && options_.writer != nullptr) {
    record = options_.writer->begin({.name = plan.title,
                                     .kind = SessionKind::group,
                                     .started = now_utc(),
                                     .source = "browsers",
                                     .model = options_.model,
                                     .purpose = options_.statement.purpose,
                                     .agreed = options_.statement.agreed});
  }
  const auto code = make_code();
  const auto entry = std::make_shared<Entry>(Entry{
      .room = ClassRoom(std::move(plan), options_.statement, code, make_token(), std::move(record)),
      .link = options_.link_base + "/join/" + code});
  rooms_[code] = entry;
  return &entry->room;
}

ClassRoom* Classes::find(const std::string& code) {
  const auto found = rooms_.find(code);
  return found == rooms_.end() ? nullptr : &found->second->room;
}

std::string Classes::link_of(const ClassRoom& room) const { return rooms_.at(room.code())->link; }

std::size_t Classes::open_count() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      rooms_, [](const auto& entry) { return !entry.second->room.is_ended(); }));
}

std::size_t Classes::connected() const {
  std::size_t count = 0;
  for (const auto& [code, entry] : rooms_) count += entry->room.connected();
  return count;
}

bool Classes::is_socket(const std::string& path) { return socket_of(path).has_value(); }

std::variant<Response, std::unique_ptr<LiveListener>> Classes::connect(const Request& request) {
  const auto socket = socket_of(request.path);
  const auto found = socket ? rooms_.find(socket->code) : rooms_.end();
  if (found == rooms_.end()) {
    return failure(http::status::not_found, "there is no such class; ask its host for the link");
  }
  const auto& entry = found->second;
  if (entry->room.is_ended()) {
    return failure(http::status::forbidden, "the class has ended");
  }
  if (socket->role == "join") return join(entry, request);
  if (!equal_in_constant_time(parameter(request, "key"), entry->room.key())) {
    return failure(http::status::forbidden, "the host's key is wrong; open the class anew");
  }
  return std::make_unique<HostListener>(entry);
}

std::variant<Response, std::unique_ptr<LiveListener>> Classes::join(
    const std::shared_ptr<Entry>& entry, const Request& request) {
  if (const auto key = parameter(request, "room"); !key.empty()) {
    if (!equal_in_constant_time(key, entry->room.key())) {
      return failure(http::status::forbidden, "the host's key is wrong; open the class anew");
    }
    return std::make_unique<RoomListener>(entry);
  }
  const auto name = typed_line(parameter(request, "name"), kLongestName);
  if (!name) {
    return failure(http::status::bad_request,
                   "a name has 1 to 40 characters, none of them invisible; give one");
  }
  const bool shown = parameter(request, "shown") == "yes";
  if (const auto known = entry->room.number_of(parameter(request, "key"))) {
    return std::make_unique<MemberListener>(entry, *name, shown, *known);
  }
  if (entry->room.connected() >= options_.most_members ||
      entry->room.members() >= options_.most_joins) {
    return failure(http::status::service_unavailable, "the class is full");
  }
  if (!entry->joins.take(Clock::now(), kJoinsPerSecond, kJoinsAtOnce)) {
    return failure(http::status::service_unavailable, "too many join at once; try again");
  }
  return std::make_unique<MemberListener>(entry, *name, shown, 0);
}

asio::awaitable<void> Classes::run() {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  while (!stopped_) {
    timer.expires_after(kTick);
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    for (const auto& [code, entry] : rooms_) {
      const auto now = Clock::now();
      if (!entry->room.is_deserted()) entry->last_connected = now;
      entry->room.tick(entry->now());
      if (now - entry->last_connected > kDeserted) entry->room.end(entry->now());
    }
  }
}

void Classes::stop() {
  stopped_ = true;
  for (const auto& [code, entry] : rooms_) entry->room.end(entry->now());
}

}  // namespace mien::server
