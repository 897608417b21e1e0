#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "history/session.h"

namespace SQLite {
class Database;
class Statement;
}  // namespace SQLite

namespace mien {

/// Writes what sessions keep. Throws SQLite::Exception.
class SessionWriter {
 public:
  /// The database outlives the writer.
  explicit SessionWriter(SQLite::Database& database) : database_(database) {}

  /// All of it or nothing.
  void write(long long session, const SessionBatch& batch);

  /// Computes the minutes of all seconds in the file.
  void fill_minutes();

  /// Lets go of what it holds of the database between two calls.
  void release() { statements_.clear(); }

 private:
  SQLite::Statement& statement(const std::string& sql);
  void write_participants(long long session, const std::vector<Participant>& participants);
  void write_seconds(long long session, const std::vector<RecordedSecond>& seconds);
  void write_minutes(long long session, const std::vector<RecordedSecond>& seconds);
  void compute_minutes(long long session, int participant, long long first, long long end);
  void write_minute(long long session, const RecordedMinute& minute);
  void write_events(long long session, const std::vector<SessionEvent>& events);
  void write_key_frames(long long session, const std::vector<KeyFrame>& frames);

  SQLite::Database& database_;
  std::map<std::string, std::unique_ptr<SQLite::Statement>> statements_;
};

}  // namespace mien
