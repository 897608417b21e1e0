#include "server/job_timeline.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "output/rounding.h"

namespace mien::server {
namespace {

using Json = nlohmann::ordered_json;

/// A longer time without a frame is a gap, and no frame lasts as long.
constexpr double kLongestStep = 1;
/// While a bin fills it may hold more tracks than it keeps, so that late ones get their chance.
constexpr std::size_t kMostOpenTracks = 4 * JobTimeline::kMostBinTracks;
constexpr double kLatest = 1e12;
/// For times that were rounded.
constexpr double kTolerance = 1e-6;

std::size_t index_of(Expression expression) { return static_cast<std::size_t>(expression); }

void keep_most_seen(std::vector<TimelineBin::Track>& tracks) {
  std::ranges::sort(tracks, [](const auto& a, const auto& b) {
    return std::pair(b.frames, a.track) < std::pair(a.frames, b.track);
  });
  if (tracks.size() > JobTimeline::kMostBinTracks) tracks.resize(JobTimeline::kMostBinTracks);
}

TimelineBin::Track* track_in(TimelineBin& bin, int track) {
  const auto found = std::ranges::find(bin.tracks, track, &TimelineBin::Track::track);
  if (found != bin.tracks.end()) return &*found;
  if (bin.tracks.size() >= kMostOpenTracks) return nullptr;
  return &bin.tracks.emplace_back(TimelineBin::Track{.track = track});
}

void add_bin(const TimelineBin& from, TimelineBin& to) {
  to.frames += from.frames;
  to.faces += from.faces;
  for (const auto& track : from.tracks) {
    auto* same = track_in(to, track.track);
    if (same == nullptr) continue;
    same->frames += track.frames;
    for (std::size_t i = 0; i < kExpressionCount; ++i) {
      same->probabilities[i] += track.probabilities[i];
    }
  }
}

Json to_json(const TrackOverview& track) {
  Json shares = Json::object();
  for (const auto expression : all_expressions()) {
    const auto count = static_cast<double>(track.shown[index_of(expression)]);
    shares[std::string(name(expression))] = rounded(count / static_cast<double>(track.frames));
  }
  return {{"track", track.track},
          {"first", rounded(track.first)},
          {"last", rounded(track.last)},
          {"frames", track.frames},
          {"shares", shares}};
}

Json to_json(const TimelineBin::Track& track, long long frames) {
  Json probabilities = Json::array();
  for (const auto sum : track.probabilities) {
    probabilities.push_back(rounded(sum / static_cast<double>(track.frames)));
  }
  const auto largest = std::ranges::max_element(track.probabilities);
  const auto expression = static_cast<Expression>(largest - track.probabilities.begin());
  return {{"probabilities", probabilities},
          {"expression", name(expression)},
          {"seen", rounded(static_cast<double>(track.frames) / static_cast<double>(frames))}};
}

Json to_json(const TimelineBin& bin, const JobTimeline& timeline) {
  const double time = static_cast<double>(bin.place) * timeline.bin_length();
  const double left = timeline.summary().duration - time;
  auto most_seen = bin.tracks;
  keep_most_seen(most_seen);
  Json tracks = Json::object();
  for (const auto& track : most_seen) {
    tracks[std::to_string(track.track)] = to_json(track, bin.frames);
  }
  return {{"time", rounded(time)},
          {"length", rounded(std::clamp(left, 0.0, timeline.bin_length()))},
          {"faces", rounded(static_cast<double>(bin.faces) / static_cast<double>(bin.frames))},
          {"tracks", tracks}};
}

Json to_json(const ExpressionChange& change) {
  return {{"time", rounded(change.time)},
          {"track", change.track},
          {"from", name(change.from)},
          {"to", name(change.to)}};
}

}  // namespace

void JobTimeline::add(const FrameResult& result) {
  note_time(result.time);
  ++summary_.frames;
  summary_.frames_with_faces += result.faces.empty() ? 0 : 1;
  summary_.faces += static_cast<long long>(result.faces.size());
  for (const auto& face : result.faces) add_to_track(face, result.time);
  add_to_bins(result);
  if (changes_.size() > 2 * kMostChanges) keep_longest_calms();
  if (tracks_.size() > 2 * kMostTracks) keep_most_seen(result);
}

void JobTimeline::note_time(double time) {
  const double step = summary_.frames > 0 ? std::clamp(time - last_time_, 0.0, kLongestStep) : 0;
  last_time_ = std::max(last_time_, time);
  summary_.duration = last_time_ + step;
}

void JobTimeline::add_to_track(const Face& face, double time) {
  auto [found, is_new] = tracks_.try_emplace(face.track);
  Track& track = found->second;
  auto& overview = track.overview;
  if (is_new) {
    ++summary_.tracks;
    overview.track = face.track;
    overview.first = time;
  }
  overview.last = time;
  ++overview.frames;
  ++overview.shown[index_of(face.expression)];
  ++summary_.shown[index_of(face.expression)];
  if (face.uncertain || track.certain == face.expression) return;
  if (track.certain) {
    ++summary_.changes;
    changes_.push_back({time, face.track, *track.certain, face.expression, time - track.since});
  }
  track.certain = face.expression;
  track.since = time;
}

void JobTimeline::add_to_bins(const FrameResult& result) {
  auto& bin = bin_at(result.time);
  ++bin.frames;
  bin.faces += static_cast<long long>(result.faces.size());
  for (const auto& face : result.faces) {
    auto* track = track_in(bin, face.track);
    if (track == nullptr) continue;
    ++track->frames;
    for (std::size_t i = 0; i < kExpressionCount; ++i) {
      track->probabilities[i] += face.probabilities[i];
    }
  }
}

/// The bin that is filled; a new one where the time has come for it.
TimelineBin& JobTimeline::bin_at(double time) {
  const double sane = std::clamp(time, 0.0, kLatest);
  const auto place_of = [&] {
    return static_cast<long long>(std::floor(sane / bin_length_ + kTolerance));
  };
  if (!bins_.empty() && place_of() <= bins_.back().place) return bins_.back();
  if (!bins_.empty()) server::keep_most_seen(bins_.back().tracks);
  while (place_of() >= static_cast<long long>(kMostBins)) halve_bins();
  if (bins_.empty() || bins_.back().place < place_of()) {
    bins_.emplace_back(TimelineBin{.place = place_of(), .tracks = {}});
  }
  return bins_.back();
}

/// Two neighbours become one of twice the length.
void JobTimeline::halve_bins() {
  std::vector<TimelineBin> halved;
  for (auto& bin : bins_) {
    bin.place /= 2;
    if (halved.empty() || halved.back().place != bin.place) {
      halved.push_back(std::move(bin));
    } else {
      add_bin(bin, halved.back());
      server::keep_most_seen(halved.back().tracks);
    }
  }
  bins_ = std::move(halved);
  bin_length_ *= 2;
}

void JobTimeline::keep_longest_calms() {
  std::vector<std::pair<double, std::size_t>> order;
  for (std::size_t i = 0; i < changes_.size(); ++i) order.emplace_back(-changes_[i].held, i);
  const auto nth = order.begin() + static_cast<std::ptrdiff_t>(kMostChanges);
  std::nth_element(order.begin(), nth, order.end());
  order.erase(nth, order.end());
  std::ranges::sort(order, {}, &std::pair<double, std::size_t>::second);
  std::vector<ExpressionChange> kept;
  for (const auto& entry : order) kept.push_back(changes_[entry.second]);
  changes_ = std::move(kept);
}

void JobTimeline::keep_most_seen(const FrameResult& result) {
  const auto in_sight = [&](int track) {
    return std::ranges::find(result.faces, track, &Face::track) != result.faces.end();
  };
  std::vector<std::pair<std::pair<bool, long long>, int>> order;
  for (const auto& [number, track] : tracks_) {
    order.push_back({{!in_sight(number), -track.overview.frames}, number});
  }
  const auto nth = order.begin() + static_cast<std::ptrdiff_t>(kMostTracks);
  std::ranges::nth_element(order, nth);
  std::for_each(nth, order.end(), [&](const auto& entry) { tracks_.erase(entry.second); });
}

std::vector<TrackOverview> JobTimeline::tracks() const {
  std::vector<TrackOverview> all;
  for (const auto& [number, track] : tracks_) all.push_back(track.overview);
  return all;
}

std::string to_json(const JobTimeline& timeline) {
  Json tracks = Json::array();
  for (const auto& track : timeline.tracks()) tracks.push_back(to_json(track));
  Json bins = Json::array();
  for (const auto& bin : timeline.bins()) bins.push_back(to_json(bin, timeline));
  Json changes = Json::array();
  for (const auto& change : timeline.changes()) changes.push_back(to_json(change));
  const Json whole = {{"duration", rounded(timeline.summary().duration)},
                      {"tracks", tracks},
                      {"bins", bins},
                      {"changes", changes}};
  return whole.dump();
}

}  // namespace mien::server
