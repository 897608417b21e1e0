#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include "history/session.h"

namespace mien {

/// Shares stand in the file as thousandths.
inline constexpr double kThousand = 1000;

inline constexpr const char* kSessionColumns =
    "SELECT id, name, kind, started, ended, interrupted, source, model, purpose, agreed, "
    "indicators FROM session ";
inline constexpr const char* kParticipantColumns =
    "SELECT number, name, shown, first, last, rest FROM participant WHERE session = ?1 ";
inline constexpr const char* kSecondColumns =
    "SELECT participant, second, seen, expression, uncertain, confidence, angry, disgust, fear, "
    "happy, sad, surprise, neutral FROM second WHERE session = ?1 ";
inline constexpr const char* kMinuteColumns =
    "SELECT participant, minute, seconds, seen, changes, angry_seconds, disgust_seconds, "
    "fear_seconds, happy_seconds, sad_seconds, surprise_seconds, neutral_seconds, angry, disgust, "
    "fear, happy, sad, surprise, neutral FROM minute WHERE session = ?1 ";
inline constexpr const char* kEventColumns =
    "SELECT participant, time, kind, before, after, until, text FROM event WHERE session = ?1 ";
inline constexpr const char* kKeyFrameColumns =
    "SELECT participant, time, until, expression, jpeg FROM key_frame WHERE session = ?1 ";

/// Each reads a row of the columns of its kind. What no Mien has written there is read as something
/// that it may have.
SessionInfo session_from(SQLite::Statement& row);
Participant participant_from(SQLite::Statement& row);
RecordedSecond second_from(SQLite::Statement& row);
RecordedMinute minute_from(SQLite::Statement& row);
SessionEvent event_from(SQLite::Statement& row);
KeyFrame key_frame_from(SQLite::Statement& row);

Expression expression_at(const SQLite::Column& column);

}  // namespace mien
