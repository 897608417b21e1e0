#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mien/frame_result.h"

namespace mien::server {

/// How many frames showed each expression.
using ExpressionCounts = std::array<long long, kExpressionCount>;

/// What one face showed while it was followed.
struct TrackOverview {
  int track = 0;
  double first = 0;  ///< when it was first seen, in seconds from the source's start
  double last = 0;
  long long frames = 0;  ///< in which it was seen
  ExpressionCounts shown{};
};

/// A face that shows another expression than before, both of them certain.
struct ExpressionChange {
  double time = 0;
  int track = 0;
  Expression from = Expression::neutral;
  Expression to = Expression::neutral;
  double held = 0;  ///< for how many seconds `from` was shown
};

/// A stretch of time: what was seen in its frames.
struct TimelineBin {
  struct Track {
    int track = 0;
    long long frames = 0;
    std::array<double, kExpressionCount> probabilities{};  ///< their sums
  };
  long long place = 0;  ///< it begins at place times bin_length()
  long long frames = 0;
  long long faces = 0;  ///< of all its frames together
  std::vector<Track> tracks;
};

struct JobSummary {
  double duration = 0;  ///< seconds from the source's start to the end of the last frame
  long long frames = 0;
  long long frames_with_faces = 0;
  long long faces = 0;  ///< of all frames together
  long long tracks = 0;
  long long changes = 0;
  ExpressionCounts shown{};
};

/// What a video shows over time, made while its frames are analyzed. However long the video is, the
/// memory stays below some megabytes: at most 600 bins, which begin with a tenth of a second and
/// double their length when there would be more, each with the 16 faces that were seen most in it;
/// the 500 to 1000 tracks that were seen most; the 1000 to 2000 changes after the longest calm.
class JobTimeline {
 public:
  static constexpr std::size_t kMostBins = 600;
  static constexpr double kFirstLength = 0.1;
  static constexpr std::size_t kMostBinTracks = 16;
  static constexpr std::size_t kMostTracks = 500;
  static constexpr std::size_t kMostChanges = 1000;

  /// The next frame of the video.
  void add(const FrameResult& result);

  const JobSummary& summary() const { return summary_; }
  /// Seconds that each bin covers; the last one may be cut by the end.
  double bin_length() const { return bin_length_; }
  /// In order; stretches without a frame have none.
  const std::vector<TimelineBin>& bins() const { return bins_; }
  /// By number.
  std::vector<TrackOverview> tracks() const;
  /// In order.
  const std::vector<ExpressionChange>& changes() const { return changes_; }

 private:
  struct Track {
    TrackOverview overview;
    std::optional<Expression> certain;  ///< what it showed last when it was certain
    double since = 0;                   ///< when that began
  };

  void note_time(double time);
  void add_to_track(const Face& face, double time);
  void add_to_bins(const FrameResult& result);
  TimelineBin& bin_at(double time);
  void halve_bins();
  void keep_longest_calms();
  void keep_most_seen(const FrameResult& result);

  JobSummary summary_;
  double last_time_ = 0;
  std::map<int, Track> tracks_;
  std::vector<TimelineBin> bins_;
  double bin_length_ = kFirstLength;
  std::vector<ExpressionChange> changes_;
};

/// {"duration","tracks":[...],"bins":[...],"changes":[...]}, as GET /api/v1/jobs/ID/timeline gives.
std::string to_json(const JobTimeline& timeline);

}  // namespace mien::server
