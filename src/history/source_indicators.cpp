#include "history/source_indicators.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "history/minutes.h"
#include "history/session_text.h"
#include "output/rounding.h"

namespace mien {
namespace {

using Json = nlohmann::ordered_json;

StreakLevel level_of(const std::vector<Episode>& episodes) {
  Episode all;
  for (const auto& episode : episodes) {
    all.angry += episode.angry;
    all.sad += episode.sad;
    all.fear += episode.fear;
  }
  return all.level();
}

Json to_object(const TrackIndicators& track) {
  Json episodes = Json::array();
  for (const auto& episode : track.episodes) episodes.push_back(Json::parse(to_json(episode)));
  return {{"track", track.track},
          {"seen", rounded(track.session.seen)},
          {"level", name(track.session.level)},
          {"negative_share", rounded(track.session.negative_share)},
          {"negative_seconds", rounded(track.session.negative)},
          {"positive_share", rounded(track.session.positive_share)},
          {"positive_seconds", rounded(track.session.positive)},
          {"changes_per_minute", rounded(track.session.changes_per_minute)},
          {"streak_level", name(track.streak)},
          {"episodes", episodes}};
}

}  // namespace

SourceIndicators::SourceIndicators(const StreakOptions& streak, const IndicatorOptions& cut_offs)
    : cut_offs_(cut_offs), recorder_({.episodes = streak}) {}

void SourceIndicators::add(const FrameResult& result) {
  last_ = std::max(last_, result.time);
  recorder_.add(result.time, result);
  collect(recorder_.take(result.time));
}

void SourceIndicators::collect(const SessionBatch& batch) {
  for (const auto& second : batch.seconds) seconds_[second.participant].push_back(second);
  for (const auto& event : batch.events) {
    if (event.kind != EventKind::episode) continue;
    episodes_[event.participant].push_back(episode_from_json(event.text));
  }
}

std::vector<TrackIndicators> SourceIndicators::finish() {
  collect(recorder_.finish(last_));
  std::vector<TrackIndicators> tracks;
  for (const auto& [track, seconds] : seconds_) {
    const auto& episodes = episodes_[track];
    tracks.push_back({.track = track,
                      .session = indicators_of(minutes_of(seconds), cut_offs_),
                      .episodes = episodes,
                      .streak = level_of(episodes)});
  }
  return tracks;
}

std::string to_json_line(const std::string& source, const std::vector<TrackIndicators>& tracks) {
  Json list = Json::array();
  for (const auto& track : tracks) list.push_back(to_object(track));
  const Json line = {{"source", source},
                     {"indicators", {{"notice", kIndicatorNotice}, {"tracks", list}}}};
  return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string to_table(const std::string& source, const std::vector<TrackIndicators>& tracks) {
  std::string text = fmt::format("{}: indicators\n{}\n", source, kIndicatorNotice);
  text += fmt::format("{:>6}{:>12}{:>10}{:>10}{:>10}{:>14}{:>10}{:>10}\n", "track", "seen", "level",
                      "negative", "positive", "changes/min", "episodes", "streak");
  for (const auto& track : tracks) {
    text +=
        fmt::format("{:>6}{:>12}{:>10}{:>9.0f}%{:>9.0f}%{:>14.1f}{:>10}{:>10}\n", track.track,
                    length_text(track.session.seen), name(track.session.level),
                    100 * track.session.negative_share, 100 * track.session.positive_share,
                    track.session.changes_per_minute, track.episodes.size(), name(track.streak));
  }
  return text;
}

}  // namespace mien
