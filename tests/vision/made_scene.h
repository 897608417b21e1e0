#pragma once

#include <cstdint>
#include <map>
#include <opencv2/core.hpp>
#include <optional>
#include <random>
#include <set>
#include <span>
#include <vector>

#include "mien/face_tracker.h"

namespace mien::test {

/// How a face of a made scene moves: along a line, swaying about it, while its size swings.
struct MadePath {
  cv::Point2d from;  ///< where the centre is at the scene's start
  cv::Point2d to;    ///< and at its end
  double size = 80;  ///< of the face's box, pixels
  cv::Point2d sway = {};
  double sway_seconds = 4;
  double size_swing = 0;  ///< ln of how many times larger and smaller it gets
  double phase = 0;       ///< of both, radians
  double appears = 0;     ///< seconds
};

struct MadeFace {
  int face = 0;  ///< the path's number, from 0
  Box box;
  bool visible = true;  ///< a third of it is covered at most
};

/// A video with known faces: those with a higher number are in front, bars are before them all.
struct MadeScene {
  cv::Size size = {640, 480};
  double seconds = 8;
  std::vector<MadePath> paths;
  std::vector<cv::Rect> bars;

  std::vector<MadeFace> faces(double time) const;
};

/// Faces that each stay in a field of their own and whose size goes from half to twice.
MadeScene faces_apart(int count, std::uint32_t seed);

/// The same, but each face appears at some time of the scene's first half.
MadeScene faces_appearing(int count, std::uint32_t seed);

/// Pairs of faces that go from side to side, past each other, one pair above the other.
MadeScene faces_crossing(int pairs, std::uint32_t seed);

/// A face that passes behind a bar, which hides it for the given seconds, above one that does not.
MadeScene face_behind_bar(double hidden_seconds);

/// Draws a scene's frames with the face of the portrait.
class ScenePainter {
 public:
  ScenePainter(MadeScene scene, const cv::Mat& portrait);
  /// BGR.
  cv::Mat paint(double time) const;

 private:
  MadeScene scene_;
  cv::Mat background_;
  cv::Mat head_;
  cv::Mat opacity_;
};

/// What a detector would find of those that are visible: boxes that are off by some of their size,
/// some faces not, and now and then something that is no face.
struct DetectorNoise {
  double place = 0.04;
  double size = 0.05;
  double missed = 0.1;
  double false_finds = 0.02;  ///< a frame
};
std::vector<DetectedFace> found_with_noise(const MadeScene& scene, double time,
                                           const DetectorNoise& noise, std::mt19937& random);

/// Compares what was followed with the truth as CLEAR MOT does (Bernardin and Stiefelhagen, 2008):
/// a pair of the frame before stays one while the boxes overlap by half.
class FollowScore {
 public:
  /// What follows is of another source, whose faces and tracks have nothing to do with those
  /// before.
  void begin_source();
  void add(std::span<const MadeFace> truth, std::span<const TrackedFace> followed);

  /// Adds up: of other sources.
  void add(const FollowScore& other);

  double recall() const;
  double precision() const;
  int switches() const { return switches_; }
  std::size_t ids() const { return ids_.size(); }  ///< that were reported at all

 private:
  int faces_ = 0;
  int reported_ = 0;
  int right_ = 0;
  int in_doubt_ = 0;  ///< reported where a face is that cannot be seen
  int switches_ = 0;
  std::map<int, int> track_of_;
  std::set<int> ids_;
};

}  // namespace mien::test
