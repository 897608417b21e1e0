#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mien/expression.h"

namespace mien {

/// What a session was recorded from.
enum class SessionKind {
  analysis,  ///< a video or camera that was analyzed
  stream,    ///< the server's own source
  live,      ///< one person's browser
  group,     ///< a class: its members agreed to what is shown of whom
};
std::string_view name(SessionKind kind);
std::optional<SessionKind> session_kind_from_name(std::string_view name);

/// A recording over time. Times within it are seconds from its start.
struct SessionInfo {
  long long id = 0;  ///< 1, 2, ...; never given twice
  std::string name{};
  SessionKind kind = SessionKind::analysis;
  double started = 0;             ///< seconds since 1970, UTC
  std::optional<double> ended{};  ///< nothing while it is recorded
  bool interrupted = false;       ///< the program that recorded it did not end it
  std::string source{};           ///< as the user named it, without a password
  std::string model{};
  std::string purpose{};    ///< of a class: what it is for
  std::string agreed{};     ///< and who agreed to it
  bool indicators = false;  ///< whether episodes were looked for
};

/// One face that was followed, or a person who took part under a name of their choosing.
struct Participant {
  int number = 0;      ///< 1, 2, ... within the session; the track's where a track was followed
  std::string name{};  ///< empty: anonymous
  bool shown =
      false;         ///< agreed to be shown by name; in a class others are part of the group alone
  double first = 0;  ///< when they were first there
  double last = 0;
  std::optional<Probabilities> rest{};  ///< the mean of their rest
};

/// What one participant showed in one second.
struct RecordedSecond {
  int participant = 0;
  long long second = 0;                         ///< from `second` to `second` + 1
  double seen = 0;                              ///< how much of it the face was seen, above 0 to 1
  Expression expression = Expression::neutral;  ///< the smoothed label that was shown longest
  bool uncertain = false;                       ///< for most of that
  double confidence = 0;                        ///< the mean
  Probabilities probabilities{};                ///< the mean
};

/// Sixty of them, for what is looked at as a whole.
struct RecordedMinute {
  int participant = 0;
  long long minute = 0;
  int seconds = 0;                            ///< in which the face was seen
  double seen = 0;                            ///< seconds, without gaps
  std::array<int, kExpressionCount> shown{};  ///< seconds of each expression
  int changes = 0;                ///< between one seen second's expression and the next's
  Probabilities probabilities{};  ///< the mean
};

enum class EventKind {
  came,
  left,
  change,  ///< of the expression, for at least some seconds: `from`, `to`
  mark,    ///< set by the host of a class: `text`
  hint,    ///< a class's mood changed for long: `text`
  mood,    ///< a participant reported it by a tap: `to`
  paused,  ///< by the participant
  resumed,
  episode,  ///< of the streak rule, from `time` to `until`: `text` holds its counts as JSON
};
std::string_view name(EventKind kind);
std::optional<EventKind> event_kind_from_name(std::string_view name);

struct SessionEvent {
  double time = 0;
  EventKind kind = EventKind::came;
  int participant = 0;  ///< 0: of the whole session
  std::optional<Expression> from{};
  std::optional<Expression> to{};
  std::optional<double> until{};
  std::string text{};
};

/// A picture that stands for a stretch of time.
struct KeyFrame {
  double time = 0;
  int participant = 0;
  Expression expression = Expression::neutral;
  double until = 0;  ///< when the stretch ended
  std::vector<std::uint8_t> jpeg{};
};

/// What is written at once.
struct SessionBatch {
  std::vector<Participant> participants{};  ///< new or changed
  std::vector<RecordedSecond> seconds{};    ///< of a participant, growing
  std::vector<SessionEvent> events{};
  std::vector<KeyFrame> key_frames{};

  bool empty() const {
    return participants.empty() && seconds.empty() && events.empty() && key_frames.empty();
  }
};

/// Seconds since 1970, UTC.
double now_utc();

}  // namespace mien
