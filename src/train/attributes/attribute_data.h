#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "dataset/utkface.h"
#include "mien/image.h"

namespace mien::train {

struct AttributedFace {
  Image gray;  ///< at most kLargestFace pixels wide and high
  int age = 0;
  Gender gender = Gender::male;
  std::string race;
};

/// All that a model for attributes learns from and is measured on, in memory.
struct AttributeData {
  std::vector<AttributedFace> training;
  std::vector<AttributedFace> validation;
  std::vector<std::string> notes;  ///< what was skipped, and why
};

/// Faces that are larger are made smaller, for the sake of memory.
inline constexpr int kLargestFace = 128;

/// Whether that is IMDB-WIKI's file of labels, imdb.mat or wiki.mat, and not UTKFace's folder.
bool is_imdb(const std::filesystem::path& data);

/// Reads both splits of UTKFace, or of IMDB-WIKI, of which a tenth of the people is the validation
/// split. Damaged pictures are left out and noted. Throws Error, also when this build cannot read
/// JPEG files, or no .mat files.
AttributeData read_attribute_data(const std::filesystem::path& source,
                                  const std::function<void(std::size_t, std::size_t)>& progress);

}  // namespace mien::train
