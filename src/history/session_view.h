#pragma once

#include <map>
#include <span>
#include <vector>

#include "history/history.h"

namespace mien {

/// Fewer faces of a class than this are shown to nobody.
inline constexpr int kSmallestGroup = 5;

/// Whether what a group of that many shows may be shown: there are enough of them, and what is left
/// without those who are shown by name is not one member alone.
bool may_show_group(int members, int by_name);

/// A participant in a stretch of time.
struct Stretch {
  long long begin = 0;  ///< seconds
  long long length = 1;
  double seen = 0;         ///< seconds in which the face was seen
  Probabilities shares{};  ///< of the expressions shown in them
};

/// The group of a class in a stretch of time.
struct GroupStretch {
  long long begin = 0;  ///< seconds
  long long length = 1;
  double seen = 0;         ///< participants, on average
  Probabilities shares{};  ///< of the expressions shown
};

/// A recorded session as it may be shown to who looks at it: of a class only those who agreed to be
/// shown by name, and the group where at least kSmallestGroup were seen; not where all but one of
/// them are shown by name either, as that one's part would be what is left. Of other sessions all.
struct SessionView {
  SessionInfo info;
  double duration = 0;   ///< seconds
  int participants = 0;  ///< all, those who are not shown too
  std::vector<Participant> shown;
  std::map<int, std::vector<RecordedMinute>> minutes;  ///< of those who are shown
  std::vector<SessionEvent> events;  ///< of those who are shown, and of the whole session
  /// Of those who are shown, where they were seen. From one second on in a session of minutes,
  /// whole minutes in one of more than an hour.
  std::map<int, std::vector<Stretch>> stretches;
  std::vector<GroupStretch> group;  ///< of a class, of the same length; empty for other sessions
};

/// `stretches`: about how many of them a session is divided into at most. Throws Error (input) when
/// there is no such session.
SessionView view_session(const History& history, long long session, int stretches = 360);

/// None of who is not shown, or was never seen.
std::span<const RecordedMinute> minutes_of(const SessionView& view, int participant);

/// The key frames of those who are shown.
std::vector<KeyFrame> key_frames_of(const History& history, const SessionView& view);

/// Who of a session's participants may be shown.
bool is_shown(const SessionInfo& session, const Participant& participant);

}  // namespace mien
