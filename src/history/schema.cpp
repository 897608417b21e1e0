#include "history/schema.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>

#include <array>

#include "mien/error.h"

namespace mien {
namespace {

/// "Mien", so that another program's file is not taken for ours.
constexpr int kApplication = 0x4D69656E;

/// Probabilities and shares are thousandths: small, exact, and legible in any SQLite tool.
constexpr const char* kFirst = R"sql(
CREATE TABLE session (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  started REAL NOT NULL,
  ended REAL,
  interrupted INTEGER NOT NULL DEFAULT 0,
  source TEXT NOT NULL,
  model TEXT NOT NULL
);
CREATE TABLE participant (
  session INTEGER NOT NULL REFERENCES session(id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  name TEXT NOT NULL,
  shown INTEGER NOT NULL,
  first REAL NOT NULL,
  last REAL NOT NULL,
  PRIMARY KEY (session, number)
) WITHOUT ROWID;
CREATE TABLE second (
  session INTEGER NOT NULL,
  participant INTEGER NOT NULL,
  second INTEGER NOT NULL,
  seen INTEGER NOT NULL,
  expression INTEGER NOT NULL,
  uncertain INTEGER NOT NULL,
  confidence INTEGER NOT NULL,
  angry INTEGER NOT NULL, disgust INTEGER NOT NULL, fear INTEGER NOT NULL, happy INTEGER NOT NULL,
  sad INTEGER NOT NULL, surprise INTEGER NOT NULL, neutral INTEGER NOT NULL,
  PRIMARY KEY (session, participant, second),
  FOREIGN KEY (session, participant) REFERENCES participant(session, number) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE TABLE event (
  id INTEGER PRIMARY KEY,
  session INTEGER NOT NULL REFERENCES session(id) ON DELETE CASCADE,
  participant INTEGER,
  time REAL NOT NULL,
  kind TEXT NOT NULL,
  before INTEGER,
  after INTEGER,
  until REAL,
  text TEXT NOT NULL,
  FOREIGN KEY (session, participant) REFERENCES participant(session, number) ON DELETE CASCADE
);
CREATE INDEX event_of_session ON event(session, participant, time);
)sql";

/// Minutes, so that a long session is looked at without reading each of its seconds; classes, rests
/// and key frames.
constexpr const char* kSecond = R"sql(
ALTER TABLE session ADD COLUMN purpose TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN agreed TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN indicators INTEGER NOT NULL DEFAULT 0;
ALTER TABLE participant ADD COLUMN rest TEXT;
CREATE TABLE minute (
  session INTEGER NOT NULL,
  participant INTEGER NOT NULL,
  minute INTEGER NOT NULL,
  seconds INTEGER NOT NULL,
  seen INTEGER NOT NULL,
  changes INTEGER NOT NULL,
  angry_seconds INTEGER NOT NULL, disgust_seconds INTEGER NOT NULL, fear_seconds INTEGER NOT NULL,
  happy_seconds INTEGER NOT NULL, sad_seconds INTEGER NOT NULL, surprise_seconds INTEGER NOT NULL,
  neutral_seconds INTEGER NOT NULL,
  angry REAL NOT NULL, disgust REAL NOT NULL, fear REAL NOT NULL, happy REAL NOT NULL,
  sad REAL NOT NULL, surprise REAL NOT NULL, neutral REAL NOT NULL,
  PRIMARY KEY (session, participant, minute),
  FOREIGN KEY (session, participant) REFERENCES participant(session, number) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE TABLE key_frame (
  id INTEGER PRIMARY KEY,
  session INTEGER NOT NULL,
  participant INTEGER NOT NULL,
  time REAL NOT NULL,
  until REAL NOT NULL,
  expression INTEGER NOT NULL,
  jpeg BLOB NOT NULL,
  FOREIGN KEY (session, participant) REFERENCES participant(session, number) ON DELETE CASCADE
);
CREATE INDEX key_frame_of_session ON key_frame(session, participant, time);
)sql";

constexpr std::array kVersions = {kFirst, kSecond};
/// Whose minutes are to be computed.
constexpr int kWithoutMinutes = 1;

int number_of(SQLite::Database& database, const char* query) {
  return database.execAndGet(query).getInt();
}

void check_owner(SQLite::Database& database, const std::filesystem::path& path, int version) {
  const auto application = number_of(database, "PRAGMA application_id");
  const bool fresh = application == 0 && version == 0 &&
                     number_of(database, "SELECT count(*) FROM sqlite_master") == 0;
  if (application != kApplication && !fresh) {
    throw Error(ErrorCode::model, path.string() +
                                      ": a database of another program; give another file, or "
                                      "none to begin one");
  }
  if (version > newest_schema()) {
    throw Error(ErrorCode::model,
                fmt::format("{}: made by a newer Mien (version {} of the file; this one knows {}); "
                            "use that one",
                            path.string(), version, newest_schema()));
  }
}

}  // namespace

int newest_schema() { return static_cast<int>(kVersions.size()); }

void prepare_schema(SQLite::Database& database, const std::filesystem::path& path,
                    const std::function<void()>& fill_minutes) {
  check_owner(database, path, number_of(database, "PRAGMA user_version"));
  if (number_of(database, "PRAGMA user_version") == newest_schema()) return;
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  // Another program may have been faster.
  const auto version = number_of(database, "PRAGMA user_version");
  for (int next = version; next < newest_schema(); ++next) {
    database.exec(kVersions.at(static_cast<std::size_t>(next)));
    if (next == kWithoutMinutes && version == kWithoutMinutes) fill_minutes();
  }
  database.exec(fmt::format("PRAGMA user_version = {}; PRAGMA application_id = {}", newest_schema(),
                            kApplication));
  transaction.commit();
}

}  // namespace mien
