#include "history/history.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <utility>

#include "history/recording_lock.h"
#include "history/rows.h"
#include "history/schema.h"
#include "history/session_writer.h"
#include "mien/error.h"

namespace mien {
namespace {

using Path = std::filesystem::path;

constexpr int kPatience = 5000;  // milliseconds, for another program's lock
[[noreturn]] void fail(const Path& path, const SQLite::Exception& error) {
  const auto name = path.string();
  switch (error.getErrorCode()) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw Error(ErrorCode::internal,
                  name + ": locked by another program; end that one or try again");
    case SQLITE_NOTADB:
      throw Error(ErrorCode::model, name + ": no history of Mien; give another file");
    case SQLITE_CORRUPT:
      throw Error(ErrorCode::model, name + ": damaged (" + error.what() +
                                        "); move it away to begin a new one, or restore a copy");
    case SQLITE_FULL:
    case SQLITE_IOERR:
      throw Error(ErrorCode::internal,
                  name + ": cannot write: " + error.what() + "; check the disk's free space");
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      throw Error(
          ErrorCode::internal,
          name + ": cannot be opened for writing; check the permissions of file and folder");
    default:
      throw Error(ErrorCode::internal, name + ": " + error.what());
  }
}

/// For its user alone: SQLite gives the files beside it the same permissions.
void make_file(const Path& path) {
  std::error_code error;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), error);
  constexpr mode_t kUserAlone = 0600;
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kUserAlone);
  if (descriptor < 0) {
    throw Error(ErrorCode::internal,
                path.string() + ": cannot write: " + std::generic_category().message(errno) +
                    "; check the folder's permissions or give another file");
  }
  ::close(descriptor);
}

Path checked(const Path& path, History::Use use) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    throw Error(ErrorCode::input, path.string() + ": a folder; give a file's name");
  }
  if (use == History::Use::record) {
    make_file(path);
  } else if (!std::filesystem::exists(path, error)) {
    throw Error(ErrorCode::input,
                path.string() +
                    ": there is no history; record with mien analyze --record NAME, "
                    "or name its file with --history FILE");
  }
  return path;
}

}  // namespace

Path default_history_path() {
  const auto variable = [](const char* name) -> Path {
    const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets it
    return value == nullptr ? "" : value;
  };
  if (auto path = variable("MIEN_HISTORY"); !path.empty()) return path;
  if (auto data = variable("XDG_DATA_HOME"); !data.empty()) return data / "mien" / "history.db";
  if (auto home = variable("HOME"); !home.empty()) return home / ".local/share/mien/history.db";
  throw Error(ErrorCode::usage, "neither HOME nor MIEN_HISTORY is set; give --history FILE");
}

class History::State {
 public:
  State(const Path& path, Use use, const std::function<void(const std::string&)>& notice)
      : path_(checked(path, use)),
        lock_(path_),
        database_(path_.c_str(), SQLite::OPEN_READWRITE, kPatience),
        writer_(database_) {
    const bool alone = lock_.is_only_one();
    if (!alone) lock_.share();
    database_.exec(
        "PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY");
    prepare_schema(database_, path_, [this] { writer_.fill_minutes(); });
    database_.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    if (alone) recover(notice);
    if (use == Use::record) {
      lock_.share();
    } else {
      lock_.release();
    }
  }

  SQLite::Statement select(const std::string& sql) { return {database_, sql}; }
  SQLite::Statement select(const std::string& sql, long long session) {
    SQLite::Statement statement(database_, sql);
    statement.bind(1, static_cast<std::int64_t>(session));
    return statement;
  }

  SQLite::Database& database() { return database_; }
  const Path& path() const { return path_; }

  SessionWriter& writer() { return writer_; }

  void clean();

 private:
  void recover(const std::function<void(const std::string&)>& notice);
  void check_integrity();

  Path path_;
  RecordingLock lock_;
  SQLite::Database database_;
  SessionWriter writer_;
};

/// Nobody records, so whatever is not ended was cut off.
void History::State::recover(const std::function<void(const std::string&)>& notice) {
  const int broken =
      database_.execAndGet("SELECT count(*) FROM session WHERE ended IS NULL").getInt();
  if (broken == 0) return;
  check_integrity();
  database_.exec(
      "UPDATE session SET interrupted = 1, ended = started + max("
      "coalesce((SELECT max(second) + 1 FROM second WHERE second.session = session.id), 0), "
      "coalesce((SELECT max(time) FROM event WHERE event.session = session.id), 0)) "
      "WHERE ended IS NULL");
  if (notice) {
    notice(fmt::format(
        "{}: {}; the file is whole, and what was recorded up to then is kept", path_.string(),
        broken == 1 ? "a session was cut off before its end"
                    : fmt::format("{} sessions were cut off before their ends", broken)));
  }
}

void History::State::check_integrity() {
  const std::string found = database_.execAndGet("PRAGMA integrity_check(1)").getString();
  if (found == "ok") return;
  throw Error(ErrorCode::model, path_.string() + ": damaged (" + found +
                                    "); move it away to begin a new one, or restore a copy");
}

/// Copies of what was deleted stand in the log, and what it took in the file.
void History::State::clean() {
  writer_.release();
  bool busy = false;
  try {
    database_.exec("PRAGMA wal_checkpoint(TRUNCATE); VACUUM");
    SQLite::Statement checkpoint(database_, "PRAGMA wal_checkpoint(TRUNCATE)");
    busy = checkpoint.executeStep() && checkpoint.getColumn(0).getInt() != 0;
  } catch (const SQLite::Exception& error) {
    busy = error.getErrorCode() == SQLITE_BUSY || error.getErrorCode() == SQLITE_LOCKED;
    if (!busy) throw;
  }
  if (!busy) return;
  throw Error(
      ErrorCode::internal,
      path_.string() +
          ": another program holds the file open, so that traces of what was deleted may be "
          "left in it; end that program and run mien sessions clean");
}

/// All that SQLite throws becomes an Error here.
template <typename Work>
static auto guarded(const Path& path, const Work& work) {
  try {
    return work();
  } catch (const SQLite::Exception& error) {
    fail(path, error);
  }
}

History::History(const Path& path, Use use, const std::function<void(const std::string&)>& notice)
    : state_(guarded(path, [&] { return std::make_unique<State>(path, use, notice); })) {}

History::~History() = default;

const Path& History::path() const { return state_->path(); }

long long History::begin(const SessionInfo& info) {
  return guarded(path(), [&] {
    SQLite::Statement insert(
        state_->database(),
        "INSERT INTO session (name, kind, started, source, model, purpose, agreed, indicators) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
    insert.bind(1, info.name);
    insert.bind(2, std::string(name(info.kind)));
    insert.bind(3, info.started);
    insert.bind(4, info.source);
    insert.bind(5, info.model);
    insert.bind(6, info.purpose);
    insert.bind(7, info.agreed);
    insert.bind(8, info.indicators ? 1 : 0);
    insert.exec();
    return static_cast<long long>(state_->database().getLastInsertRowid());
  });
}

void History::write(long long session, const SessionBatch& batch) {
  if (batch.empty()) return;
  guarded(path(), [&] { state_->writer().write(session, batch); });
}

void History::end(long long session, double ended) {
  guarded(path(), [&] {
    SQLite::Statement update(state_->database(), "UPDATE session SET ended = ?2 WHERE id = ?1");
    update.bind(1, static_cast<std::int64_t>(session));
    update.bind(2, ended);
    update.exec();
  });
}

template <typename Row, typename Read>
static std::vector<Row> rows_of(SQLite::Statement& statement, const Read& read) {
  std::vector<Row> rows;
  while (statement.executeStep()) rows.push_back(read(statement));
  return rows;
}

std::vector<SessionInfo> History::sessions() const {
  return guarded(path(), [&] {
    auto rows = state_->select(std::string(kSessionColumns) + "ORDER BY started, id");
    return rows_of<SessionInfo>(rows, session_from);
  });
}

std::optional<SessionInfo> History::session(long long id) const {
  return guarded(path(), [&]() -> std::optional<SessionInfo> {
    auto rows = state_->select(std::string(kSessionColumns) + "WHERE id = ?1", id);
    if (!rows.executeStep()) return std::nullopt;
    return session_from(rows);
  });
}

std::vector<Participant> History::participants(long long session) const {
  return guarded(path(), [&] {
    auto rows = state_->select(std::string(kParticipantColumns) + "ORDER BY number", session);
    return rows_of<Participant>(rows, participant_from);
  });
}

std::vector<RecordedSecond> History::seconds(long long session,
                                             std::optional<int> participant) const {
  return guarded(path(), [&] {
    const auto one = participant ? fmt::format("AND participant = {} ", *participant) : "";
    auto rows = state_->select(kSecondColumns + one + "ORDER BY participant, second", session);
    return rows_of<RecordedSecond>(rows, second_from);
  });
}

void History::for_each_second(long long session,
                              const std::function<void(const RecordedSecond&)>& take) const {
  guarded(path(), [&] {
    auto rows =
        state_->select(std::string(kSecondColumns) + "ORDER BY participant, second", session);
    while (rows.executeStep()) take(second_from(rows));
  });
}

std::vector<RecordedMinute> History::minutes(long long session) const {
  return guarded(path(), [&] {
    auto rows =
        state_->select(std::string(kMinuteColumns) + "ORDER BY participant, minute", session);
    return rows_of<RecordedMinute>(rows, minute_from);
  });
}

std::vector<SessionEvent> History::events(long long session) const {
  return guarded(path(), [&] {
    auto rows = state_->select(std::string(kEventColumns) + "ORDER BY time, id", session);
    return rows_of<SessionEvent>(rows, event_from);
  });
}

std::vector<KeyFrame> History::key_frames(long long session) const {
  return guarded(path(), [&] {
    auto rows = state_->select(std::string(kKeyFrameColumns) + "ORDER BY time, id", session);
    return rows_of<KeyFrame>(rows, key_frame_from);
  });
}

void History::remove(long long session) { remove(std::vector{session}); }

void History::remove(const std::vector<long long>& sessions) {
  guarded(path(), [&] {
    SQLite::Transaction transaction(state_->database(), SQLite::TransactionBehavior::IMMEDIATE);
    for (const auto session : sessions) {
      SQLite::Statement remove(state_->database(), "DELETE FROM session WHERE id = ?1");
      remove.bind(1, static_cast<std::int64_t>(session));
      remove.exec();
    }
    transaction.commit();
    state_->clean();
  });
}

void History::remove_participant(long long session, int number) {
  guarded(path(), [&] {
    SQLite::Statement remove(state_->database(),
                             "DELETE FROM participant WHERE session = ?1 AND number = ?2");
    remove.bind(1, static_cast<std::int64_t>(session));
    remove.bind(2, number);
    remove.exec();
    state_->clean();
  });
}

bool History::wipe() {
  return guarded(path(), [&] {
    SQLite::Statement checkpoint(state_->database(), "PRAGMA wal_checkpoint(TRUNCATE)");
    return checkpoint.executeStep() && checkpoint.getColumn(0).getInt() == 0;
  });
}

void History::set_patience(std::chrono::milliseconds patience) {
  state_->database().setBusyTimeout(static_cast<int>(patience.count()));
}

void History::clean() {
  guarded(path(), [&] { state_->clean(); });
}

}  // namespace mien
