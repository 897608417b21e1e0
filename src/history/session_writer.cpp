#include "history/session_writer.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "history/minutes.h"
#include "history/rows.h"

namespace mien {
namespace {

int thousandths(double share) {
  return std::isfinite(share)
             ? static_cast<int>(std::lround(std::clamp(share, 0.0, 1.0) * kThousand))
             : 0;
}

void bind_optional(SQLite::Statement& statement, int index, std::optional<Expression> expression) {
  if (expression) {
    statement.bind(index, static_cast<int>(*expression));
  } else {
    statement.bind(index);
  }
}

}  // namespace

SQLite::Statement& SessionWriter::statement(const std::string& sql) {
  auto& known = statements_[sql];
  if (!known) known = std::make_unique<SQLite::Statement>(database_, sql);
  known->reset();
  known->clearBindings();
  return *known;
}

void SessionWriter::write(long long session, const SessionBatch& batch) {
  SQLite::Transaction transaction(database_, SQLite::TransactionBehavior::IMMEDIATE);
  write_participants(session, batch.participants);
  write_seconds(session, batch.seconds);
  write_minutes(session, batch.seconds);
  write_events(session, batch.events);
  write_key_frames(session, batch.key_frames);
  transaction.commit();
}

void SessionWriter::write_participants(long long session,
                                       const std::vector<Participant>& participants) {
  for (const auto& participant : participants) {
    auto& insert = statement(
        "INSERT INTO participant (session, number, name, shown, first, last, rest) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (session, number) DO UPDATE SET "
        "name = ?3, shown = ?4, last = max(last, ?6), rest = coalesce(?7, rest)");
    insert.bind(1, static_cast<std::int64_t>(session));
    insert.bind(2, participant.number);
    insert.bind(3, participant.name);
    insert.bind(4, participant.shown ? 1 : 0);
    insert.bind(5, participant.first);
    insert.bind(6, participant.last);
    if (participant.rest) insert.bind(7, nlohmann::json(*participant.rest).dump());
    insert.exec();
  }
}

void SessionWriter::write_seconds(long long session, const std::vector<RecordedSecond>& seconds) {
  for (const auto& second : seconds) {
    auto& insert = statement(
        "INSERT OR REPLACE INTO second VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, "
        "?13, ?14)");
    insert.bind(1, static_cast<std::int64_t>(session));
    insert.bind(2, second.participant);
    insert.bind(3, static_cast<std::int64_t>(second.second));
    insert.bind(4, thousandths(second.seen));
    insert.bind(5, static_cast<int>(second.expression));
    insert.bind(6, second.uncertain ? 1 : 0);
    insert.bind(7, thousandths(second.confidence));
    for (std::size_t i = 0; i < kExpressionCount; ++i) {
      insert.bind(8 + static_cast<int>(i), thousandths(second.probabilities[i]));
    }
    insert.exec();
  }
}

void SessionWriter::write_minutes(long long session, const std::vector<RecordedSecond>& seconds) {
  std::map<int, std::pair<long long, long long>> touched;
  for (const auto& second : seconds) {
    const auto minute = second.second / 60;
    const auto [place, is_new] =
        touched.try_emplace(second.participant, std::pair(minute, minute + 1));
    place->second.first = std::min(place->second.first, minute);
    place->second.second = std::max(place->second.second, minute + 1);
  }
  for (const auto& [participant, range] : touched) {
    compute_minutes(session, participant, range.first, range.second);
  }
}

void SessionWriter::compute_minutes(long long session, int participant, long long first,
                                    long long end) {
  std::optional<Expression> before;
  auto& earlier = statement(
      "SELECT expression FROM second WHERE session = ?1 AND participant = ?2 AND second < ?3 "
      "ORDER BY second DESC LIMIT 1");
  earlier.bind(1, static_cast<std::int64_t>(session));
  earlier.bind(2, participant);
  earlier.bind(3, static_cast<std::int64_t>(first * 60));
  if (earlier.executeStep()) before = expression_at(earlier.getColumn(0));
  earlier.reset();
  auto& rows = statement(std::string(kSecondColumns) +
                         "AND participant = ?2 AND second >= ?3 AND second < ?4 ORDER BY second");
  rows.bind(1, static_cast<std::int64_t>(session));
  rows.bind(2, participant);
  rows.bind(3, static_cast<std::int64_t>(first * 60));
  rows.bind(4, static_cast<std::int64_t>(end * 60));
  std::vector<RecordedSecond> seconds;
  while (rows.executeStep()) seconds.push_back(second_from(rows));
  rows.reset();
  for (const auto& minute : minutes_of(seconds, before)) write_minute(session, minute);
}

void SessionWriter::write_minute(long long session, const RecordedMinute& minute) {
  auto& insert = statement(
      "INSERT OR REPLACE INTO minute VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, "
      "?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)");
  insert.bind(1, static_cast<std::int64_t>(session));
  insert.bind(2, minute.participant);
  insert.bind(3, static_cast<std::int64_t>(minute.minute));
  insert.bind(4, minute.seconds);
  insert.bind(5, static_cast<int>(std::lround(minute.seen * kThousand)));
  insert.bind(6, minute.changes);
  for (std::size_t i = 0; i < kExpressionCount; ++i) {
    insert.bind(7 + static_cast<int>(i), minute.shown[i]);
    insert.bind(14 + static_cast<int>(i), static_cast<double>(minute.probabilities[i]) * kThousand);
  }
  insert.exec();
}

void SessionWriter::fill_minutes() {
  std::vector<std::pair<long long, int>> participants;
  SQLite::Statement rows(database_, "SELECT session, number FROM participant");
  while (rows.executeStep()) {
    participants.emplace_back(rows.getColumn(0).getInt64(), rows.getColumn(1).getInt());
  }
  SQLite::Statement last(database_, "SELECT coalesce(max(second), 0) / 60 + 1 FROM second");
  last.executeStep();
  const long long end = last.getColumn(0).getInt64();
  for (const auto& [session, number] : participants) compute_minutes(session, number, 0, end);
}

void SessionWriter::write_events(long long session, const std::vector<SessionEvent>& events) {
  for (const auto& event : events) {
    auto& insert = statement(
        "INSERT INTO event (session, participant, time, kind, before, after, until, text) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
    insert.bind(1, static_cast<std::int64_t>(session));
    if (event.participant != 0) insert.bind(2, event.participant);
    insert.bind(3, event.time);
    insert.bind(4, std::string(name(event.kind)));
    bind_optional(insert, 5, event.from);
    bind_optional(insert, 6, event.to);
    if (event.until) insert.bind(7, *event.until);
    insert.bind(8, event.text);
    insert.exec();
  }
}

void SessionWriter::write_key_frames(long long session, const std::vector<KeyFrame>& frames) {
  for (const auto& frame : frames) {
    auto& insert = statement(
        "INSERT INTO key_frame (session, participant, time, until, expression, jpeg) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
    insert.bind(1, static_cast<std::int64_t>(session));
    insert.bind(2, frame.participant);
    insert.bind(3, frame.time);
    insert.bind(4, frame.until);
    insert.bind(5, static_cast<int>(frame.expression));
    insert.bind(6, frame.jpeg.data(), static_cast<int>(frame.jpeg.size()));
    insert.exec();
  }
}

}  // namespace mien
