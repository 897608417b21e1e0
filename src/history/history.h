#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "history/session.h"

namespace mien {

/// Where sessions are kept without an option: MIEN_HISTORY, else history.db in Mien's folder under
/// XDG_DATA_HOME, else under ~/.local/share. Throws Error (usage) when none of them is known.
std::filesystem::path default_history_path();

/// Recorded sessions, in one SQLite file (WAL). A change is on the disk when its call returns, and
/// whole or not there at all after a crash. Several programs may use one file; who cannot write
/// within five seconds because another one does gets an Error. One thread at a time.
///
/// All calls throw Error: model for a file that is no history, is damaged or was made by a newer
/// Mien; internal for a full disk, a locked file and whatever else the system refuses.
class History {
 public:
  enum class Use { look, record };

  /// Makes the file, which its user alone may read, when it is missing and `use` is record; a
  /// missing one to look at is an Error (input). Files of older versions are brought up to date.
  /// After a crash the file's integrity is checked, the sessions that were being recorded are ended
  /// where their last second is, and `notice` is told in one line.
  explicit History(const std::filesystem::path& path, Use use = Use::record,
                   const std::function<void(const std::string&)>& notice = {});
  History(const History&) = delete;
  History& operator=(const History&) = delete;
  ~History();

  const std::filesystem::path& path() const;

  /// The id of the new session; `info.id` and `info.ended` do not matter.
  long long begin(const SessionInfo& info);
  /// A second that is there already is replaced.
  void write(long long session, const SessionBatch& batch);
  void end(long long session, double ended);

  std::vector<SessionInfo> sessions() const;  ///< the oldest first
  std::optional<SessionInfo> session(long long id) const;
  std::vector<Participant> participants(long long session) const;
  /// By participant and time; of one participant where that is asked.
  std::vector<RecordedSecond> seconds(long long session, std::optional<int> participant = {}) const;
  /// The same one after the other, however many they are.
  void for_each_second(long long session,
                       const std::function<void(const RecordedSecond&)>& take) const;
  std::vector<RecordedMinute> minutes(long long session) const;
  std::vector<SessionEvent> events(long long session) const;
  std::vector<KeyFrame> key_frames(long long session) const;

  /// Deleted is overwritten on the disk, and the file made as small as it can be (secure_delete,
  /// VACUUM). Nothing of it is left in the file or beside it.
  void remove(long long session);
  void remove(const std::vector<long long>& sessions);
  void remove_participant(long long session, int number);
  /// The same without deleting anything, after a program that held the file open was ended.
  void clean();
  /// Overwrites what was replaced, such as a name, in the log too. False when another program holds
  /// the file open; then it can be asked for again.
  bool wipe();

  /// How long to wait for another program's lock; five seconds at first.
  void set_patience(std::chrono::milliseconds patience);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace mien
