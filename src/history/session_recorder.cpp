#include "history/session_recorder.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

namespace mien {
namespace {

/// A face that is missing for longer has left.
constexpr double kAbsence = 2;
/// Of the seconds of a rest so many must have shown the face.
constexpr double kLeastRest = 0.5;

}  // namespace

const Face* largest_face(const std::vector<Face>& faces) {
  const auto found =
      std::ranges::max_element(faces, {}, [](const Face& face) { return area(face.box); });
  return found == faces.end() ? nullptr : &*found;
}

SessionRecorder::SessionRecorder(const RecorderOptions& options) : options_(options) {}

SessionRecorder::Member& SessionRecorder::member(int number, double time) {
  const auto [place, is_new] = members_.try_emplace(number, number);
  auto& member = place->second;
  if (!is_new) return member;
  member.participant = {.number = number, .first = time, .last = time};
  if (options_.episodes) member.streak.emplace(*options_.episodes);
  member.is_changed = true;
  if (options_.rest > 0) begin_rest(number, time, options_.rest);
  return member;
}

void SessionRecorder::introduce(const Participant& participant) {
  auto& who = member(participant.number, participant.first);
  who.participant.name = participant.name;
  who.participant.shown = participant.shown;
  if (participant.rest) who.participant.rest = participant.rest;
  who.is_introduced = true;
  who.is_changed = true;
}

void SessionRecorder::note(SessionEvent event) { batch_.events.push_back(std::move(event)); }

void SessionRecorder::add(double time, const FrameResult& result) {
  std::set<int> seen;
  for (const auto& face : result.faces) {
    if (seen.insert(face.track).second) observe(face.track, time, &face);
  }
  for (auto& [number, member] : members_) {
    if (member.present && !seen.contains(number)) observe(number, time, nullptr);
  }
}

void SessionRecorder::observe(int number, double time, const Face* face) {
  if (!std::isfinite(time)) return;
  last_ = time = std::max(time, last_);
  auto& who = member(number, time);
  who.meter.observe(time, face);
  if (face == nullptr) return notice_absence(who, time);
  who.participant.last = time;
  if (!std::exchange(who.present, true)) {
    note({.time = time, .kind = EventKind::came, .participant = number});
  }
  if (who.streak) note_episode(number, who.streak->add(time, face->expression));
}

void SessionRecorder::begin_rest(int number, double time, double seconds) {
  member(number, time).rest = Rest{.end = time + seconds, .wanted = seconds};
}

void SessionRecorder::end_rest(int number) {
  const auto found = members_.find(number);
  if (found != members_.end()) found->second.rest.reset();
}

void SessionRecorder::forget(int number) {
  members_.erase(number);
  std::erase_if(batch_.seconds, [&](const auto& one) { return one.participant == number; });
  std::erase_if(batch_.events, [&](const auto& one) { return one.participant == number; });
  std::erase_if(batch_.key_frames, [&](const auto& one) { return one.participant == number; });
}

SessionBatch SessionRecorder::take(double now) {
  collect(std::max(now, last_), false);
  drop_absent(std::max(now, last_));
  return std::exchange(batch_, {});
}

SessionBatch SessionRecorder::finish(double now) {
  collect(std::max(now, last_), true);
  for (auto& [number, who] : members_) {
    if (who.streak) note_episode(number, who.streak->finish());
  }
  return std::exchange(batch_, {});
}

void SessionRecorder::collect(double now, bool whole) {
  for (auto& [number, who] : members_) {
    const auto seconds = who.meter.take(now, whole);
    for (const auto& second : seconds) follow(who, second);
    if (std::exchange(who.is_changed, false) || !seconds.empty()) {
      batch_.participants.push_back(who.participant);
    }
    batch_.seconds.insert(batch_.seconds.end(), seconds.begin(), seconds.end());
    if (!whole) notice_absence(who, now);
  }
}

void SessionRecorder::notice_absence(Member& who, double now) {
  if (!who.present || now - who.meter.last_seen().value_or(now) <= kAbsence) return;
  who.present = false;
  note({.time = *who.meter.last_seen(),
        .kind = EventKind::left,
        .participant = who.participant.number});
}

void SessionRecorder::drop_absent(double now) {
  constexpr double kForgotten = 60;
  for (auto place = members_.begin(); place != members_.end();) {
    auto& who = place->second;
    const double seen = who.meter.last_seen().value_or(who.participant.first);
    const bool is_gone = !who.present && !who.is_introduced && now - seen > kForgotten;
    if (is_gone && who.streak) note_episode(place->first, who.streak->finish());
    place = is_gone ? members_.erase(place) : std::next(place);
  }
}

/// Finds lasting changes, and the rest.
void SessionRecorder::follow(Member& who, const RecordedSecond& second) {
  follow_rest(who, second);
  constexpr long long kLongestGap = 2;
  const bool goes_on = second.second - who.candidate_last <= kLongestGap;
  who.candidate_last = second.second;
  if (who.candidate != second.expression || !goes_on) {
    who.candidate = second.expression;
    who.candidate_since = second.second;
    who.candidate_seconds = 0;
  }
  ++who.candidate_seconds;
  if (who.candidate_seconds < options_.lasting || who.lasting == second.expression) return;
  if (who.lasting) {
    note({.time = static_cast<double>(who.candidate_since),
          .kind = EventKind::change,
          .participant = who.participant.number,
          .from = who.lasting,
          .to = second.expression});
  }
  who.lasting = second.expression;
}

void SessionRecorder::follow_rest(Member& who, const RecordedSecond& second) {
  if (!who.rest) return;
  auto& rest = *who.rest;
  const bool is_over = static_cast<double>(second.second + 1) > rest.end;
  if (!is_over) {
    rest.seconds += second.seen;
    for (std::size_t i = 0; i < kExpressionCount; ++i) {
      rest.sums[i] += second.seen * static_cast<double>(second.probabilities[i]);
    }
  }
  if (static_cast<double>(second.second + 2) <= rest.end) return;
  if (rest.seconds >= kLeastRest * rest.wanted) {
    Probabilities mean{};
    for (std::size_t i = 0; i < kExpressionCount; ++i) {
      mean[i] = static_cast<float>(rest.sums[i] / rest.seconds);
    }
    who.participant.rest = mean;
    who.is_changed = true;
  }
  who.rest.reset();
}

void SessionRecorder::note_episode(int number, const std::optional<Episode>& episode) {
  if (!episode) return;
  note({.time = episode->begin,
        .kind = EventKind::episode,
        .participant = number,
        .until = episode->end,
        .text = to_json(*episode)});
}

}  // namespace mien
