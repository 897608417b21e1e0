#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mien/frame_result.h"

namespace mien {

/// What one face showed while it was followed.
struct TrackSummary {
  int track = 0;
  double first = 0;    ///< when it was first seen, in seconds from the source's start
  double last = 0;     ///< when it was last seen
  double seconds = 0;  ///< how long it was seen, without gaps
  long long frames = 0;
  /// Of each expression, by time (by frames where no time passed, as in a picture); their sum is 1.
  std::array<double, kExpressionCount> shares{};
  long long changes = 0;                   ///< how often the shown expression changed
  std::optional<Attributes> attributes{};  ///< as shown last, when they were asked for
};

struct SourceSummary {
  std::string source;
  double seconds = 0;  ///< from the source's start to the end of the last frame
  long long frames = 0;
  std::vector<TrackSummary> tracks;  ///< in order
};

/// Collects frame results, those of each source in order. A frame lasts until the next one; after
/// a gap of more than a second (and more than twice the time between the frames before) a face is
/// counted for that much. Needs memory per track, none per frame.
class TrackSummaries {
 public:
  void add(const FrameResult& result);

  /// Of the sources in the order in which they began. A source that begins again is another one.
  std::vector<SourceSummary> summaries() const;

 private:
  using Amounts = std::array<double, kExpressionCount>;

  struct Track {
    TrackSummary summary;
    Amounts seconds{};
    Amounts frames{};
    Expression shown = Expression::neutral;
  };

  struct Source {
    std::string name;
    long long frames = 0;
    long long last_frame = 0;
    double last_time = 0;
    double step = 0;              ///< between the last two frames, in seconds
    std::vector<int> in_sight{};  ///< the tracks of the last frame
    std::map<int, Track> tracks{};
  };

  Source& source_of(const FrameResult& result);
  static void lasted(Source& source, double seconds);
  static SourceSummary summary_of(Source source);

  std::vector<Source> sources_;
};

/// A table for people, with a line per track.
std::string to_table(const std::vector<SourceSummary>& summaries);

}  // namespace mien
