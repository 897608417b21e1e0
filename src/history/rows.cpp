#include "history/rows.h"

#include <nlohmann/json.hpp>

namespace mien {
namespace {

std::optional<double> optional_number(const SQLite::Column& column) {
  if (column.isNull()) return std::nullopt;
  return column.getDouble();
}

std::optional<Probabilities> rest_from(const SQLite::Column& column) {
  if (column.isNull()) return std::nullopt;
  const auto numbers = nlohmann::json::parse(column.getString(), nullptr, false);
  if (!numbers.is_array() || numbers.size() != kExpressionCount) return std::nullopt;
  Probabilities rest{};
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (!numbers[i].is_number()) return std::nullopt;
    rest[i] = numbers[i].get<float>();
  }
  return rest;
}

}  // namespace

Expression expression_at(const SQLite::Column& column) {
  const auto index = static_cast<std::size_t>(column.getInt());
  return all_expressions()[index < kExpressionCount ? index : kExpressionCount - 1];
}

SessionInfo session_from(SQLite::Statement& row) {
  SessionInfo info;
  info.id = row.getColumn(0).getInt64();
  info.name = row.getColumn(1).getString();
  info.kind = session_kind_from_name(row.getColumn(2).getString()).value_or(SessionKind::analysis);
  info.started = row.getColumn(3).getDouble();
  info.ended = optional_number(row.getColumn(4));
  info.interrupted = row.getColumn(5).getInt() != 0;
  info.source = row.getColumn(6).getString();
  info.model = row.getColumn(7).getString();
  info.purpose = row.getColumn(8).getString();
  info.agreed = row.getColumn(9).getString();
  info.indicators = row.getColumn(10).getInt() != 0;
  return info;
}

RecordedSecond second_from(SQLite::Statement& row) {
  RecordedSecond second;
  second.participant = row.getColumn(0).getInt();
  second.second = row.getColumn(1).getInt64();
  second.seen = row.getColumn(2).getInt() / kThousand;
  second.expression = expression_at(row.getColumn(3));
  second.uncertain = row.getColumn(4).getInt() != 0;
  second.confidence = row.getColumn(5).getInt() / kThousand;
  for (std::size_t i = 0; i < kExpressionCount; ++i) {
    second.probabilities[i] =
        static_cast<float>(row.getColumn(6 + static_cast<int>(i)).getInt() / kThousand);
  }
  return second;
}

RecordedMinute minute_from(SQLite::Statement& row) {
  constexpr int kShown = 5;
  constexpr int kProbabilities = kShown + static_cast<int>(kExpressionCount);
  RecordedMinute minute;
  minute.participant = row.getColumn(0).getInt();
  minute.minute = row.getColumn(1).getInt64();
  minute.seconds = row.getColumn(2).getInt();
  minute.seen = row.getColumn(3).getInt() / kThousand;
  minute.changes = row.getColumn(4).getInt();
  for (std::size_t i = 0; i < kExpressionCount; ++i) {
    const auto at = static_cast<int>(i);
    minute.shown[i] = row.getColumn(kShown + at).getInt();
    minute.probabilities[i] =
        static_cast<float>(row.getColumn(kProbabilities + at).getDouble() / kThousand);
  }
  return minute;
}

SessionEvent event_from(SQLite::Statement& row) {
  SessionEvent event;
  event.participant = row.getColumn(0).isNull() ? 0 : row.getColumn(0).getInt();
  event.time = row.getColumn(1).getDouble();
  event.kind = event_kind_from_name(row.getColumn(2).getString()).value_or(EventKind::mark);
  if (!row.getColumn(3).isNull()) event.from = expression_at(row.getColumn(3));
  if (!row.getColumn(4).isNull()) event.to = expression_at(row.getColumn(4));
  event.until = optional_number(row.getColumn(5));
  event.text = row.getColumn(6).getString();
  return event;
}

Participant participant_from(SQLite::Statement& row) {
  return {.number = row.getColumn(0).getInt(),
          .name = row.getColumn(1).getString(),
          .shown = row.getColumn(2).getInt() != 0,
          .first = row.getColumn(3).getDouble(),
          .last = row.getColumn(4).getDouble(),
          .rest = rest_from(row.getColumn(5))};
}

KeyFrame key_frame_from(SQLite::Statement& row) {
  const auto bytes = row.getColumn(4);
  const auto* begin = static_cast<const std::uint8_t*>(bytes.getBlob());
  return {.time = row.getColumn(1).getDouble(),
          .participant = row.getColumn(0).getInt(),
          .expression = expression_at(row.getColumn(3)),
          .until = row.getColumn(2).getDouble(),
          .jpeg = {begin, begin + bytes.getBytes()}};
}

}  // namespace mien
