#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mien/expression_classifier.h"
#include "mien/expression_reader.h"
#include "mien/face_detector.h"
#include "mien/face_follower.h"
#include "mien/frame_result.h"
#include "mien/image.h"
#include "vision/attribute_reader.h"

namespace mien::server {

/// The detector of whoever analyzes at the moment: a client's frames are analyzed by one worker
/// after another.
class BorrowedDetector;

/// What is remembered of one live client or source between its frames. Used by one thread at a
/// time.
class Follower {
 public:
  Follower(std::string model, const FaceFollowerOptions& following, const ReadingOptions& reading);
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;
  ~Follower();

  const std::string& model() const { return model_; }

  /// The faces in the next frame, at `time` seconds, growing.
  /// Without an estimator they have no attributes.
  FrameResult analyze(FaceDetector& detector, ExpressionClassifier& classifier,
                      AttributeEstimator* attributes, const ImageView& picture, double time);

 private:
  FaceFollower& follower_of(FaceDetector& detector);

  std::string model_;
  FaceFollowerOptions following_;
  BorrowedDetector* detector_ = nullptr;  // follower_ owns it
  std::optional<FaceFollower> follower_;
  ExpressionReader reader_;
  AttributeReader attribute_reader_;
};

}  // namespace mien::server
