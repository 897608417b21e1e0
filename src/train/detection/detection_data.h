#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "train/detection/scene.h"

namespace mien::train {

struct DetectionFiles {
  std::filesystem::path pictures;   ///< in WIDER FACE's format
  std::filesystem::path landmarks;  ///< landmarks.csv and its pictures; empty: without
};

/// A picture to measure by, and what is marked in it.
struct MeasuredPicture {
  Image picture;
  MarkedPicture marked;
};

/// All that a detector learns from and is measured on, in memory.
struct DetectionData {
  std::vector<LearntPicture> training;
  std::vector<LearntPicture> training_faces;
  std::vector<MeasuredPicture> validation;
  std::vector<MeasuredPicture> validation_faces;
  std::vector<std::string> notes;  ///< what was skipped, and why
};

/// Reads both splits; pictures whose longer side is above kLongestSide are scaled to it. Damaged
/// pictures are left out and noted. Throws Error, also when this build cannot read JPEG files.
DetectionData read_detection_data(const DetectionFiles& files,
                                  const std::function<void(std::size_t, std::size_t)>& progress);

inline constexpr int kLongestSide = 640;

}  // namespace mien::train
