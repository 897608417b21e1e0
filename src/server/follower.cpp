#include "server/follower.h"

#include <utility>

namespace mien::server {

class BorrowedDetector final : public FaceDetector {
 public:
  explicit BorrowedDetector(FaceDetector& detector) : detector_(&detector) {}

  void borrow(FaceDetector& detector) { detector_ = &detector; }

  std::vector<DetectedFace> detect(const ImageView& picture) override {
    return detector_->detect(picture);
  }
  FaceFraming framing() const override { return detector_->framing(); }
  double default_min_score() const override { return detector_->default_min_score(); }
  double min_score() const override { return detector_->min_score(); }
  std::vector<DetectedFace> detect_near(const ImageView& picture, const Box& expected) override {
    return detector_->detect_near(picture, expected);
  }
  std::vector<DetectedFace> detect_in(const ImageView& picture, const Box& part,
                                      int round) override {
    return detector_->detect_in(picture, part, round);
  }

 private:
  FaceDetector* detector_;
};

Follower::Follower(std::string model, const FaceFollowerOptions& following,
                   const ReadingOptions& reading)
    : model_(std::move(model)),
      following_(following),
      reader_(reading),
      attribute_reader_(reading) {}

Follower::~Follower() = default;

FrameResult Follower::analyze(FaceDetector& detector, ExpressionClassifier& classifier,
                              AttributeEstimator* attributes, const ImageView& picture,
                              double time) {
  const auto tracked = follower_of(detector).follow(picture, time);
  FrameResult result;
  result.time = time;
  result.width = picture.width;
  result.height = picture.height;
  result.faces = reader_.read(classifier, picture, tracked, time);
  if (attributes != nullptr) {
    attribute_reader_.read(*attributes, picture, tracked, time, result.faces);
  }
  return result;
}

FaceFollower& Follower::follower_of(FaceDetector& detector) {
  if (!follower_) {
    auto borrowed = std::make_unique<BorrowedDetector>(detector);
    detector_ = borrowed.get();
    follower_.emplace(std::move(borrowed), following_);
  }
  detector_->borrow(detector);
  return *follower_;
}

}  // namespace mien::server
