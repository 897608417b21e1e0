#include "history/session_view.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <set>

#include "mien/error.h"

namespace mien {
namespace {

constexpr long long kMinute = 60;
constexpr double kHour = 3600;

/// A participant's seconds of each expression in the shortest time that is looked at.
struct Part {
  int participant = 0;
  long long begin = 0;  ///< seconds
  std::array<double, kExpressionCount> seconds{};
};

double sum_of(const std::array<double, kExpressionCount>& numbers) {
  double sum = 0;
  for (const double number : numbers) sum += number;
  return sum;
}

Probabilities shares_of(const std::array<double, kExpressionCount>& amounts) {
  Probabilities shares{};
  const double sum = sum_of(amounts);
  if (sum <= 0) return shares;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    shares[i] = static_cast<float>(amounts[i] / sum);
  }
  return shares;
}

/// Joins the parts of one participant after the other.
class Stretches {
 public:
  explicit Stretches(long long length) : length_(length) {}

  void add(const Part& part) {
    const auto begin = part.begin / length_ * length_;
    auto& all = joined_[part.participant];
    if (all.empty() || all.back().begin != begin) all.push_back({part.participant, begin, {}});
    for (std::size_t i = 0; i < kExpressionCount; ++i) all.back().seconds[i] += part.seconds[i];
  }

  std::map<int, std::vector<Stretch>> stretches() const {
    std::map<int, std::vector<Stretch>> result;
    for (const auto& [participant, parts] : joined_) {
      for (const auto& part : parts) {
        result[participant].push_back(
            {part.begin, length_, sum_of(part.seconds), shares_of(part.seconds)});
      }
    }
    return result;
  }

 private:
  long long length_;
  std::map<int, std::vector<Part>> joined_;
};

/// The whole class, moment by moment.
class Group {
 public:
  Group(long long unit, double duration) : unit_(unit), duration_(duration) {}

  /// Who is seen for less than half of a moment is not counted in it: otherwise a moment of five
  /// could be that of one alone, but for a glance of four.
  void add(const Part& part, bool shown) {
    const double seconds = sum_of(part.seconds);
    const double length =
        std::clamp(duration_ - static_cast<double>(part.begin), 1.0, static_cast<double>(unit_));
    if (seconds < length / 2) return;
    auto& moment = moments_[part.begin];
    ++moment.seen;
    if (!shown) ++moment.hidden;
    for (std::size_t i = 0; i < kExpressionCount; ++i) {
      moment.shares[i] += part.seconds[i] / seconds;
    }
  }

  std::vector<GroupStretch> stretches(long long length) const {
    std::vector<GroupStretch> all;
    auto moment = moments_.begin();
    while (moment != moments_.end()) {
      const auto begin = moment->first / length * length;
      Moment sum;
      int count = 0;
      for (; moment != moments_.end() && moment->first < begin + length; ++moment) {
        if (!may_be_shown(moment->second)) continue;
        ++count;
        sum.seen += moment->second.seen;
        for (std::size_t i = 0; i < kExpressionCount; ++i) {
          sum.shares[i] += moment->second.shares[i];
        }
      }
      if (count > 0) {
        all.push_back(
            {begin, length, static_cast<double>(sum.seen) / count, shares_of(sum.shares)});
      }
    }
    return all;
  }

 private:
  struct Moment {
    int seen = 0;
    int hidden = 0;
    std::array<double, kExpressionCount> shares{};
  };

  static bool may_be_shown(const Moment& moment) {
    return may_show_group(moment.seen, moment.seen - moment.hidden);
  }

  long long unit_;
  double duration_;
  std::map<long long, Moment> moments_;
};

Part part_of(const RecordedSecond& second) {
  Part part{second.participant, second.second, {}};
  part.seconds.at(static_cast<std::size_t>(second.expression)) = 1;
  return part;
}

Part part_of(const RecordedMinute& minute) {
  Part part{minute.participant, minute.minute * kMinute, {}};
  std::ranges::copy(minute.shown, part.seconds.begin());
  return part;
}

/// The time of a video may run faster than that of the clock, so the data counts too.
double duration_of(const SessionInfo& info, const std::vector<Participant>& participants) {
  double duration = info.ended ? std::max(0.0, *info.ended - info.started) : 0;
  for (const auto& participant : participants) duration = std::max(duration, participant.last);
  return duration;
}

/// The shortest of the usual lengths that does not divide the session into more than `most`.
long long length_of(double duration, long long unit, int most) {
  constexpr std::array<long long, 15> kLengths = {1,   2,   5,    10,   15,   30,    60,   120,
                                                  300, 600, 1200, 1800, 3600, 10800, 21600};
  for (const auto length : kLengths) {
    if (length >= unit && duration / static_cast<double>(length) <= most) return length;
  }
  constexpr long long kDay = 86400;
  return kDay * std::max(1LL, std::llround(std::ceil(duration / kDay / std::max(1, most))));
}

std::set<int> numbers_of(const std::vector<Participant>& participants) {
  std::set<int> numbers;
  for (const auto& participant : participants) numbers.insert(participant.number);
  return numbers;
}

void add_lines(const History& history, int most, SessionView& view) {
  const bool is_group = view.info.kind == SessionKind::group;
  const bool is_long = view.duration > kHour;
  const auto length = length_of(view.duration, is_long ? kMinute : 1, most);
  const auto shown = numbers_of(view.shown);
  Stretches stretches(length);
  Group group(is_long ? kMinute : 1, view.duration);
  const auto add = [&](const Part& part) {
    const bool is_shown = shown.contains(part.participant);
    if (is_shown) stretches.add(part);
    if (is_group) group.add(part, is_shown);
  };
  for (const auto& minute : history.minutes(view.info.id)) {
    if (is_long) add(part_of(minute));
    if (shown.contains(minute.participant)) view.minutes[minute.participant].push_back(minute);
  }
  // The seconds of a day would take too long.
  if (!is_long) {
    history.for_each_second(view.info.id,
                            [&](const RecordedSecond& second) { add(part_of(second)); });
  }
  view.stretches = stretches.stretches();
  if (is_group) view.group = group.stretches(length);
}

}  // namespace

bool is_shown(const SessionInfo& session, const Participant& participant) {
  return session.kind != SessionKind::group || participant.shown;
}

bool may_show_group(int members, int by_name) {
  return members >= kSmallestGroup && members - by_name != 1;
}

SessionView view_session(const History& history, long long session, int stretches) {
  const auto info = history.session(session);
  if (!info) {
    throw Error(ErrorCode::input, history.path().string() + ": there is no session " +
                                      std::to_string(session) + "; see mien sessions list");
  }
  SessionView view;
  view.info = *info;
  const auto participants = history.participants(session);
  view.duration = duration_of(view.info, participants);
  view.participants = static_cast<int>(participants.size());
  std::ranges::copy_if(
      participants, std::back_inserter(view.shown),
      [&](const Participant& participant) { return is_shown(view.info, participant); });
  const auto shown = numbers_of(view.shown);
  std::ranges::copy_if(history.events(session), std::back_inserter(view.events),
                       [&](const SessionEvent& event) {
                         return event.participant == 0 || shown.contains(event.participant);
                       });
  add_lines(history, stretches, view);
  return view;
}

std::span<const RecordedMinute> minutes_of(const SessionView& view, int participant) {
  const auto found = view.minutes.find(participant);
  if (found == view.minutes.end()) return {};
  return found->second;
}

std::vector<KeyFrame> key_frames_of(const History& history, const SessionView& view) {
  const auto shown = numbers_of(view.shown);
  auto frames = history.key_frames(view.info.id);
  std::erase_if(frames, [&](const KeyFrame& frame) { return !shown.contains(frame.participant); });
  return frames;
}

}  // namespace mien
