#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "history/indicators.h"
#include "history/participant_meter.h"
#include "history/session.h"
#include "mien/frame_result.h"

namespace mien {

struct RecorderOptions {
  /// An expression that is shown for so many seconds is a lasting one: another lasting one after it
  /// is an event.
  int lasting = 5;
  /// Look for episodes of the streak rule.
  std::optional<StreakOptions> episodes = {};
  /// The first so many seconds of each participant are their rest; 0: none is taken.
  double rest = 0;
};

/// Of one person before a camera: the largest face; null when there is none.
const Face* largest_face(const std::vector<Face>& faces);

/// Turns results over time into what a session keeps. Tracks that were not seen for a minute cost
/// no memory. It writes nothing itself: who uses it takes a batch about twice a second and writes
/// it. Times are seconds from the session's start, as a clock that does not jump gives them; one
/// that goes back is held.
class SessionRecorder {
 public:
  explicit SessionRecorder(const RecorderOptions& options = {});

  /// A participant under a name, or whose name changes. Others are anonymous from their first face.
  void introduce(const Participant& participant);
  void note(SessionEvent event);

  /// All faces of a frame; a participant is a track.
  void add(double time, const FrameResult& result);
  /// The face of one participant, or that it is not seen.
  void observe(int number, double time, const Face* face);
  /// From now on, `seconds` long, the participant is at rest.
  void begin_rest(int number, double time, double seconds);
  /// It was none.
  void end_rest(int number);
  /// Nothing more comes of the participant, and nothing of them is in the batches to come.
  void forget(int number);

  /// What is new and complete at `now`.
  SessionBatch take(double now);
  /// Also what is not complete: nothing follows.
  SessionBatch finish(double now);

 private:
  struct Rest {
    double end = 0;
    double seconds = 0;  ///< seen in it so far
    double wanted = 0;
    std::array<double, kExpressionCount> sums{};
  };
  struct Member {
    explicit Member(int number) : meter(number) {}
    Participant participant;
    ParticipantMeter meter;
    bool is_introduced = false;  ///< stays known for however long they are away
    bool is_changed = false;     ///< since the last batch
    bool present = false;
    std::optional<StreakRule> streak;
    std::optional<Expression> lasting;    ///< what was shown for long last
    std::optional<Expression> candidate;  ///< what is shown now, since when and how long
    long long candidate_since = 0;
    int candidate_seconds = 0;
    long long candidate_last = 0;
    std::optional<Rest> rest;
  };

  Member& member(int number, double time);
  void collect(double now, bool whole);
  void follow(Member& member, const RecordedSecond& second);
  void follow_rest(Member& member, const RecordedSecond& second);
  void note_episode(int number, const std::optional<Episode>& episode);
  void notice_absence(Member& member, double now);
  void drop_absent(double now);

  RecorderOptions options_;
  std::map<int, Member> members_;
  double last_ = 0;
  SessionBatch batch_;
};

}  // namespace mien
