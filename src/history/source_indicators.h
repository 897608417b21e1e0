#pragma once

#include <map>
#include <string>
#include <vector>

#include "history/indicators.h"
#include "history/session_recorder.h"
#include "mien/frame_result.h"

namespace mien {

/// What the indicators say of one track.
struct TrackIndicators {
  int track = 0;
  SessionIndicators session;
  std::vector<Episode> episodes;
  StreakLevel streak = StreakLevel::none;  ///< of all episodes' counts together
};

/// The indicators of one source, frame by frame.
class SourceIndicators {
 public:
  SourceIndicators(const StreakOptions& streak, const IndicatorOptions& cut_offs);

  void add(const FrameResult& result);

  /// By track; nothing may be added afterwards.
  std::vector<TrackIndicators> finish();

 private:
  void collect(const SessionBatch& batch);

  IndicatorOptions cut_offs_;
  SessionRecorder recorder_;
  double last_ = 0;
  std::map<int, std::vector<RecordedSecond>> seconds_;
  std::map<int, std::vector<Episode>> episodes_;
};

/// {"source","indicators":{"notice","tracks":[...]}}, one line.
std::string to_json_line(const std::string& source, const std::vector<TrackIndicators>& tracks);

/// A table for people, with the notice.
std::string to_table(const std::string& source, const std::vector<TrackIndicators>& tracks);

}  // namespace mien
