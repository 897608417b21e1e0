#pragma once

#include <functional>
#include <memory>
#include <stop_token>

#include "mien/analyzer.h"
#include "mien/expression_reader.h"
#include "mien/face_follower.h"
#include "mien/frame_source.h"

namespace mien {

struct VideoOptions {
  AnalyzerOptions analyzer;
  FaceFollowerOptions follower;
  ReadingOptions reading;
};

struct VideoReport {
  long long frames = 0;   ///< that were analyzed
  long long dropped = 0;  ///< of a live source, because newer ones had come
};

/// Receives each frame with its result, in order; may draw on the frame. Return false to stop.
using FrameOutput = std::function<bool(Frame& frame, const FrameResult& result)>;

/// From the frames of one source to the expressions in them. Decoding, following, classifying and
/// the output run side by side in threads of their own, joined by bounded queues: of a file no
/// frame is lost and the order is kept; of a live source the oldest waiting frame is dropped for a
/// newer.
class VideoAnalyzer {
 public:
  /// Throws Error as Analyzer does.
  explicit VideoAnalyzer(const VideoOptions& options = {});
  /// With stages of the caller's own.
  VideoAnalyzer(std::unique_ptr<FaceDetector> detector, ExpressionModel model,
                const VideoOptions& options = {}, AttributeModel attributes = {});
  VideoAnalyzer(VideoAnalyzer&&) noexcept;
  VideoAnalyzer& operator=(VideoAnalyzer&&) noexcept;
  ~VideoAnalyzer();

  /// Analyzes the source to its end, or until `stop` is requested or `output` returns false, which
  /// interrupt the source; `output` runs in the caller's thread. What was read before a source
  /// broke is analyzed and given out, then its Error (input) is thrown; so is what a stage or the
  /// output throws. Each call begins with fresh tracks. A file is analyzed in the caller's thread
  /// alone where the process may use one core only.
  VideoReport run(FrameSource& source, const FrameOutput& output, std::stop_token stop = {});

  /// Of the last run, also of one that threw.
  const VideoReport& report() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace mien
