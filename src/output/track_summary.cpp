#include "output/track_summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <numeric>
#include <utility>

#include "output/attribute_text.h"

namespace mien {
namespace {

/// A longer time without a frame is a gap.
constexpr double kLongestStep = 1;

std::size_t index_of(Expression expression) { return static_cast<std::size_t>(expression); }

/// "1:02:03.4"; hours and minutes where there are some.
std::string clock(double seconds) {
  const auto tenths = std::llround(std::max(0.0, seconds) * 10);
  const auto whole = tenths / 10;
  if (whole >= 3600) {
    return fmt::format("{}:{:02}:{:02}.{}", whole / 3600, whole / 60 % 60, whole % 60, tenths % 10);
  }
  if (whole >= 60) return fmt::format("{}:{:02}.{}", whole / 60, whole % 60, tenths % 10);
  return fmt::format("{}.{}", whole, tenths % 10);
}

/// What a terminal would take as a command does not get there.
std::string printable(std::string text) {
  std::ranges::replace_if(
      text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
  return text;
}

std::string row(const TrackSummary& track) {
  std::string line = fmt::format("{:>6}{:>11}{:>11}{:>11}{:>9} ", track.track, clock(track.first),
                                 clock(track.last), clock(track.seconds), track.changes);
  for (const auto share : track.shares) {
    line += share > 0 ? fmt::format("{:>8.0f}%", 100 * share) : fmt::format("{:>9}", "-");
  }
  if (track.attributes) line += "   " + attribute_text(*track.attributes);
  return line + '\n';
}

}  // namespace

TrackSummaries::Source& TrackSummaries::source_of(const FrameResult& result) {
  const auto found = std::find_if(sources_.rbegin(), sources_.rend(), [&](const Source& source) {
    return source.name == result.source;
  });
  if (found != sources_.rend() && result.frame > found->last_frame) return *found;
  return sources_.emplace_back(Source{.name = result.source});
}

void TrackSummaries::add(const FrameResult& result) {
  Source& source = source_of(result);
  if (source.frames > 0) {
    const double step = std::max(0.0, result.time - source.last_time);
    lasted(source, std::min(step, std::max(kLongestStep, 2 * source.step)));
    source.step = step;
  }
  ++source.frames;
  source.last_frame = result.frame;
  source.last_time = result.time;
  source.in_sight.clear();
  for (const auto& face : result.faces) {
    auto [found, is_new] = source.tracks.try_emplace(face.track);
    Track& track = found->second;
    if (is_new) {
      track.summary.track = face.track;
      track.summary.first = result.time;
    } else if (track.shown != face.expression) {
      ++track.summary.changes;
    }
    track.summary.last = result.time;
    ++track.summary.frames;
    track.shown = face.expression;
    if (face.attributes) track.summary.attributes = face.attributes;
    track.frames[index_of(face.expression)] += 1;
    source.in_sight.push_back(face.track);
  }
}

void TrackSummaries::lasted(Source& source, double seconds) {
  for (const int number : source.in_sight) {
    Track& track = source.tracks.at(number);
    track.summary.seconds += seconds;
    track.seconds[index_of(track.shown)] += seconds;
  }
}

SourceSummary TrackSummaries::summary_of(Source source) {
  const double last_step = std::min(source.step, kLongestStep);
  lasted(source, last_step);
  SourceSummary summary{source.name, source.last_time + last_step, source.frames, {}};
  for (auto& [number, track] : source.tracks) {
    const auto& amounts = track.summary.seconds > 0 ? track.seconds : track.frames;
    const double whole = std::accumulate(amounts.begin(), amounts.end(), 0.0);
    for (std::size_t i = 0; i < kExpressionCount; ++i) track.summary.shares[i] = amounts[i] / whole;
    summary.tracks.push_back(track.summary);
  }
  return summary;
}

std::vector<SourceSummary> TrackSummaries::summaries() const {
  std::vector<SourceSummary> all;
  std::ranges::transform(sources_, std::back_inserter(all), summary_of);
  return all;
}

std::string to_table(const std::vector<SourceSummary>& summaries) {
  std::string table;
  for (const auto& source : summaries) {
    if (!table.empty()) table += '\n';
    table += fmt::format("{}: {} frames, {}, {} {}\n", printable(source.source), source.frames,
                         clock(source.seconds), source.tracks.size(),
                         source.tracks.size() == 1 ? "face" : "faces");
    if (source.tracks.empty()) continue;
    table +=
        fmt::format("{:>6}{:>11}{:>11}{:>11}{:>9} ", "track", "first", "last", "seen", "changes");
    for (const auto expression : all_expressions()) {
      table += fmt::format("{:>9}", name(expression));
    }
    const bool looks = std::any_of(source.tracks.begin(), source.tracks.end(),
                                   [](const auto& track) { return track.attributes.has_value(); });
    table += looks ? "   looks\n" : "\n";
    for (const auto& track : source.tracks) table += row(track);
  }
  return table;
}

}  // namespace mien
