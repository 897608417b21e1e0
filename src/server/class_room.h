#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "history/class_mood.h"
#include "history/session_recorder.h"
#include "mien/frame_result.h"
#include "server/class_message.h"
#include "server/history_writer.h"
#include "server/live_listener.h"

namespace mien::server {

/// What a class is for and who agreed: without it there is none.
struct ClassStatement {
  std::string purpose;
  std::string agreed;
};

struct ClassPlan {
  std::string title;
  bool faces = true;  ///< false: members report their mood themselves, no camera is read
  bool record = false;
};

/// A class: who takes part, what the group shows now and showed before. Times are seconds since it
/// was opened. What one member shows is told to nobody else, unless that member chose to be shown
/// by name; the group is told of from kSmallestGroup seen faces on. Used in the server's thread.
class ClassRoom {
 public:
  struct Member {
    int number = 0;
    std::string name;
    std::string key;     ///< by which the member may take back what was recorded
    bool shown = false;  ///< by name, as the member chose
    bool paused = false;
    bool withdrawn = false;            ///< counts no more; kept until it is erased from the disk
    LiveVoice* voice = nullptr;        ///< while connected
    std::optional<Expression> mood{};  ///< reported last
    double mood_time = 0;
    std::optional<double> seen{};  ///< when the face was seen last
    Expression expression = Expression::neutral;
    float confidence = 0;
    std::optional<Probabilities> rest{};
    std::optional<double> rest_begun{};
  };

  /// `record` is empty when nothing is recorded.
  ClassRoom(ClassPlan plan, ClassStatement statement, std::string code, std::string key,
            std::shared_ptr<HistoryWriter::Session> record);

  const ClassPlan& plan() const { return plan_; }
  const ClassStatement& statement() const { return statement_; }
  const std::string& code() const { return code_; }
  const std::string& key() const { return key_; }
  bool is_ended() const { return ended_; }
  /// All who ever joined, but for those of whom nothing is kept.
  std::size_t members() const { return members_.size(); }
  std::size_t connected() const;
  /// Of members and hosts.
  bool is_deserted() const { return hosts_.empty() && connected() == 0; }

  /// Somebody new, or the member of that number again.
  const Member& join(std::string name, bool shown, int number, LiveVoice& voice, double time);
  /// Whose key it is; nothing when it is nobody's.
  std::optional<int> number_of(std::string_view key) const;
  /// Nothing when there is no such member.
  const Member* find(int number) const;
  /// Nothing happens when the member speaks by another connection by now.
  void leave(int number, const LiveVoice& voice, double time);
  /// The largest face of a member's frame. What is added to the answer.
  std::string take(int number, const LiveVoice& voice, const FrameResult& result, double time);
  /// Whether a member's text was understood.
  bool take_text(int number, const LiveVoice& voice, std::string_view text, double time);
  /// A frame of the host's camera on the room: each face is an anonymous member.
  void take_room(const FrameResult& result, double time);
  void leave_room(double time);

  /// The member counts no more. What was recorded is to be erased from the returned session, null
  /// where nothing is recorded; then forget() drops what is left. Until then it can be repeated.
  std::shared_ptr<HistoryWriter::Session> withdraw(int number);
  void forget(int number);

  void add_host(LiveVoice& voice, double time, const std::string& link);
  void remove_host(LiveVoice& voice);
  bool take_host_text(std::string_view text, double time);

  /// About twice a second: writes what is complete, and tells the hosts once a second.
  void tick(double time);
  void end(double time);

 private:
  Participant participant_of(const Member& member, double time) const;
  void note(EventKind kind, int number, double time, std::optional<Expression> mood = {});
  /// Whoever speaks by that voice, unless they came again by another one or withdrew.
  Member* member_of(int number, const LiveVoice& voice);
  void forget_track(int number, double time);
  void leave_view(Member& member, double time);
  void set_name(Member& member, std::string name, bool shown, double time);
  void drop_oldest();
  void begin_rest(Member& member, double time);
  void end_rest(Member& member, const Probabilities& rest);
  void follow(const SessionBatch& batch);
  void notice_failed_rests(double time);
  void look_for_change(const ClassPoint& point, double time);
  ClassPoint point_at(double time) const;
  void keep(const ClassPoint& point);
  std::string update_of(const ClassPoint& point, double time) const;
  std::string greeting(double time, const std::string& link) const;
  void tell_hosts(const std::string& text);

  ClassPlan plan_;
  ClassStatement statement_;
  std::string code_;
  std::string key_;
  std::shared_ptr<HistoryWriter::Session> record_;
  bool ended_ = false;
  std::map<int, Member> members_;
  std::map<int, int> room_tracks_;  ///< the numbers of the tracks before the host's camera
  std::set<int> room_seen_;         ///< those that are seen now
  int next_number_ = 1;
  SessionRecorder recorder_;
  ClassMood mood_;
  std::optional<MoodChange> hint_;
  long long noted_hint_ = -1;  ///< second of the change that was noted last
  std::set<LiveVoice*> hosts_;
  std::vector<ClassPoint> points_;
  long long point_step_ = 1;
  std::vector<ClassMark> marks_;
  long long told_ = -1;
};

}  // namespace mien::server
