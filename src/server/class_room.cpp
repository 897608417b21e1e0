#include "server/class_room.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "history/session_view.h"
#include "server/security.h"

namespace mien::server {
namespace {

/// A face that was seen that lately is there.
constexpr double kPresence = 2;
constexpr double kRestSeconds = 30;
/// After which a rest has failed.
constexpr double kRestPatience = 5;
constexpr double kMoodSeconds = 300;
constexpr std::size_t kMostPoints = 1800;
constexpr std::size_t kMostMarks = 500;

}  // namespace

ClassRoom::ClassRoom(ClassPlan plan, ClassStatement statement, std::string code, std::string key,
                     std::shared_ptr<HistoryWriter::Session> record)
    : plan_(std::move(plan)),
      statement_(std::move(statement)),
      code_(std::move(code)),
      key_(std::move(key)),
      record_(std::move(record)) {}

std::size_t ClassRoom::connected() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      members_, [](const auto& entry) { return entry.second.voice != nullptr; }));
}

Participant ClassRoom::participant_of(const Member& member, double time) const {
  // A name that nobody is to see is not kept.
  return {.number = member.number,
          .name = member.shown ? member.name : std::string(),
          .shown = member.shown,
          .first = time,
          .last = time,
          .rest = member.rest};
}

const ClassRoom::Member& ClassRoom::join(std::string name, bool shown, int number, LiveVoice& voice,
                                         double time) {
  const auto known = members_.find(number);
  if (known != members_.end() && !known->second.withdrawn) {
    auto& member = known->second;
    auto* const before = std::exchange(member.voice, &voice);
    if (before != nullptr) before->finish("you came again by another connection");
    set_name(member, std::move(name), shown, time);
    return member;
  }
  if (!record_) drop_oldest();
  number = next_number_++;
  auto& member = members_[number];
  member.number = number;
  member.name = std::move(name);
  member.shown = shown;
  member.voice = &voice;
  member.key = make_token();
  recorder_.introduce(participant_of(member, time));
  return member;
}

/// Of members who have gone and were not recorded a few are known, should they come again.
void ClassRoom::drop_oldest() {
  constexpr std::size_t kMostGone = 100;
  std::vector<int> gone;
  for (const auto& [number, member] : members_) {
    if (member.voice == nullptr && !room_seen_.contains(number)) gone.push_back(number);
  }
  for (std::size_t i = 0; i + kMostGone < gone.size(); ++i) forget(gone[i]);
}

const ClassRoom::Member* ClassRoom::find(int number) const {
  const auto found = members_.find(number);
  return found == members_.end() ? nullptr : &found->second;
}

ClassRoom::Member* ClassRoom::member_of(int number, const LiveVoice& voice) {
  const auto found = members_.find(number);
  return ended_ || found == members_.end() || found->second.voice != &voice ? nullptr
                                                                            : &found->second;
}

std::optional<int> ClassRoom::number_of(std::string_view key) const {
  if (key.empty()) return std::nullopt;
  for (const auto& [number, member] : members_) {
    if (!member.withdrawn && equal_in_constant_time(member.key, key)) return number;
  }
  return std::nullopt;
}

void ClassRoom::leave(int number, const LiveVoice& voice, double time) {
  const auto found = members_.find(number);
  if (found == members_.end() || found->second.voice != &voice) return;
  found->second.voice = nullptr;
  leave_view(found->second, time);
}

std::string ClassRoom::take(int number, const LiveVoice& voice, const FrameResult& result,
                            double time) {
  auto* const member = member_of(number, voice);
  if (member == nullptr) return {};
  const auto* const face = member->paused ? nullptr : largest_face(result.faces);
  recorder_.observe(number, time, face);
  if (face == nullptr) return {};
  member->seen = time;
  member->expression = face->expression;
  member->confidence = face->confidence;
  return member->rest ? relative_json(face->probabilities, *member->rest) : std::string();
}

bool ClassRoom::take_text(int number, const LiveVoice& voice, std::string_view text, double time) {
  auto* const member = member_of(number, voice);
  const auto said = parse_member_text(text);
  if (member == nullptr || !said) return false;
  if (said->mood) {
    member->mood = said->mood;
    member->mood_time = time;
    note(EventKind::mood, number, time, said->mood);
    member->voice->tell(mood_json(*said->mood));
  }
  if (said->pause && *said->pause != member->paused) {
    member->paused = *said->pause;
    if (member->paused) leave_view(*member, time);
    note(member->paused ? EventKind::paused : EventKind::resumed, number, time);
  }
  if (said->shown) set_name(*member, member->name, *said->shown, time);
  if (said->rest) begin_rest(*member, time);
  return true;
}

void ClassRoom::leave_view(Member& member, double time) {
  if (member.seen) recorder_.observe(member.number, time, nullptr);
  member.seen.reset();
}

void ClassRoom::note(EventKind kind, int number, double time, std::optional<Expression> mood) {
  recorder_.note({.time = time, .kind = kind, .participant = number, .to = mood});
}

void ClassRoom::set_name(Member& member, std::string name, bool shown, double time) {
  const auto before = participant_of(member, time).name;
  member.name = std::move(name);
  member.shown = shown;
  const auto after = participant_of(member, time);
  if (after.name == before) return;
  recorder_.introduce(after);
  if (before.empty() || !record_) return;
  // The former name goes from the disk, too.
  auto batch = recorder_.take(time);
  follow(batch);
  record_->write(std::move(batch));
  record_->wipe();
}

void ClassRoom::begin_rest(Member& member, double time) {
  recorder_.begin_rest(member.number, time, kRestSeconds);
  member.rest_begun = time;
  member.voice->tell(rest_json("running"));
}

void ClassRoom::end_rest(Member& member, const Probabilities& rest) {
  member.rest = rest;
  if (member.rest_begun && member.voice != nullptr) member.voice->tell(rest_json("done"));
  member.rest_begun.reset();
}

void ClassRoom::notice_failed_rests(double time) {
  for (auto& [number, member] : members_) {
    if (!member.rest_begun || time < *member.rest_begun + kRestSeconds + kRestPatience) continue;
    member.rest_begun.reset();
    recorder_.end_rest(number);
    if (member.voice != nullptr) member.voice->tell(rest_json("failed"));
  }
}

void ClassRoom::take_room(const FrameResult& result, double time) {
  if (ended_) return;
  std::set<int> seen;
  for (const auto& face : result.faces) {
    const auto [place, is_new] = room_tracks_.try_emplace(face.track, next_number_);
    if (is_new) ++next_number_;
    seen.insert(place->second);
    recorder_.observe(place->second, time, &face);
    auto& member = members_[place->second];
    member.number = place->second;
    member.seen = time;
    member.expression = face.expression;
    member.confidence = face.confidence;
  }
  for (const int number : room_seen_) {
    if (!seen.contains(number)) forget_track(number, time);
  }
  room_seen_ = std::move(seen);
}

void ClassRoom::forget_track(int number, double time) {
  leave_view(members_.at(number), time);
  members_.erase(number);
  std::erase_if(room_tracks_, [&](const auto& track) { return track.second == number; });
}

void ClassRoom::leave_room(double time) {
  for (const int number : std::exchange(room_seen_, {})) forget_track(number, time);
}

std::shared_ptr<HistoryWriter::Session> ClassRoom::withdraw(int number) {
  auto& member = members_.at(number);
  if (member.voice != nullptr) member.voice->finish("what was recorded is taken back");
  member.voice = nullptr;
  member.withdrawn = true;
  member.seen.reset();
  member.mood.reset();
  recorder_.forget(number);
  mood_.forget(number);
  return record_;
}

void ClassRoom::forget(int number) {
  members_.erase(number);
  recorder_.forget(number);
  mood_.forget(number);
}

void ClassRoom::add_host(LiveVoice& voice, double time, const std::string& link) {
  hosts_.insert(&voice);
  voice.tell(greeting(time, link));
}

void ClassRoom::remove_host(LiveVoice& voice) { hosts_.erase(&voice); }

bool ClassRoom::take_host_text(std::string_view text, double time) {
  const auto said = parse_host_text(text);
  if (!said) return false;
  if (said->mark && marks_.size() < kMostMarks) {
    const auto second = static_cast<long long>(time);
    marks_.push_back({second, *said->mark});
    recorder_.note({.time = time, .kind = EventKind::mark, .text = *said->mark});
    tell_hosts(mark_json(second, *said->mark));
  }
  if (said->end) end(time);
  return true;
}

void ClassRoom::tick(double time) {
  if (ended_) return;
  auto batch = recorder_.take(time);
  follow(batch);
  if (record_) record_->write(std::move(batch));
  notice_failed_rests(time);
  const auto second = static_cast<long long>(time);
  if (second == told_) return;
  told_ = second;
  const auto point = point_at(time);
  look_for_change(point, time);
  keep(point);
  tell_hosts(update_of(point, time));
}

void ClassRoom::follow(const SessionBatch& batch) {
  for (const auto& second : batch.seconds) mood_.add(second);
  for (const auto& participant : batch.participants) {
    const auto found = members_.find(participant.number);
    if (found != members_.end() && participant.rest && participant.rest != found->second.rest) {
      end_rest(found->second, *participant.rest);
    }
  }
}

/// Seconds are complete two seconds later at the latest.
void ClassRoom::look_for_change(const ClassPoint& point, double time) {
  constexpr long long kLate = 2;
  const auto known = std::exchange(hint_, std::nullopt);
  if (point.group) hint_ = mood_.change(static_cast<long long>(time) - kLate);
  mood_.forget_before(static_cast<long long>(time) - 3 * ClassMood::kHalfMinute);
  if (hint_ && known) hint_->since = known->since;
  if (!hint_ || known) return;
  // A group that is hidden for a moment shows the same change again.
  if (noted_hint_ >= 0 && hint_->since <= noted_hint_ + ClassMood::kHalfMinute) return;
  noted_hint_ = hint_->since;
  recorder_.note({.time = static_cast<double>(hint_->since),
                  .kind = EventKind::hint,
                  .until = time,
                  .text = hint_text(hint_->share)});
}

ClassPoint ClassRoom::point_at(double time) const {
  ClassPoint point{.time = static_cast<long long>(time)};
  int shown_by_name = 0;
  int reporters = 0;
  int named_reporters = 0;
  Probabilities counts{};
  for (const auto& [number, member] : members_) {
    if (member.voice != nullptr) ++point.participants;
    if (!member.paused && member.mood && time - member.mood_time <= kMoodSeconds) {
      ++point.reports[*member.mood];
      ++reporters;
      if (member.shown) ++named_reporters;
    }
    if (!member.seen || time - *member.seen > kPresence) continue;
    ++point.seen;
    if (member.shown) ++shown_by_name;
    ++counts.at(static_cast<std::size_t>(member.expression));
  }
  if (may_show_group(point.seen, shown_by_name)) {
    for (auto& count : counts) count /= static_cast<float>(point.seen);
    point.group = counts;
  }
  if (!may_show_group(reporters, named_reporters)) point.reports.clear();
  return point;
}

/// All of a long class, more and more coarsely.
void ClassRoom::keep(const ClassPoint& point) {
  if (point.time % point_step_ != 0) return;
  points_.push_back(point);
  if (points_.size() <= kMostPoints) return;
  point_step_ *= 2;
  std::erase_if(points_, [&](const ClassPoint& kept) { return kept.time % point_step_ != 0; });
}

std::string ClassRoom::update_of(const ClassPoint& point, double time) const {
  ClassUpdate update{.point = point};
  update.hint = hint_;
  for (const auto& [number, member] : members_) {
    if (!member.shown || member.voice == nullptr) continue;
    ShownMember shown{.number = number, .name = member.name};
    if (member.seen && time - *member.seen <= kPresence) {
      shown.expression = member.expression;
      shown.confidence = member.confidence;
    }
    if (!member.paused && member.mood && time - member.mood_time <= kMoodSeconds)
      shown.reported = member.mood;
    update.named.push_back(std::move(shown));
  }
  return to_json(update);
}

std::string ClassRoom::greeting(double time, const std::string& link) const {
  ClassGreeting greeting{.title = plan_.title,
                         .code = code_,
                         .purpose = statement_.purpose,
                         .agreed = statement_.agreed,
                         .recording = plan_.record,
                         .faces = plan_.faces,
                         .link = link,
                         .time = static_cast<long long>(time),
                         .history = points_,
                         .marks = marks_};
  return to_json(greeting);
}

void ClassRoom::tell_hosts(const std::string& text) {
  const auto hosts = hosts_;  // one that is sent away leaves them
  for (auto* host : hosts) host->tell(text);
}

void ClassRoom::end(double time) {
  if (std::exchange(ended_, true)) return;
  auto batch = recorder_.finish(time);
  if (record_) {
    record_->write(std::move(batch));
    record_->end(time);
  }
  const auto hosts = hosts_;
  for (auto* host : hosts) {
    host->tell(ended_json());
    host->finish("the class has ended");
  }
  for (auto& [number, member] : members_) {
    if (member.voice == nullptr) continue;
    member.voice->tell(ended_json());
    member.voice->finish("the class has ended");
  }
}

}  // namespace mien::server
