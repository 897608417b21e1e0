#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "train/weights/stored_tensors.h"

namespace mien::train {

/// Where bytes lie in a file.
struct FilePart {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

/// The files in a zip archive that is not compressed, as PyTorch writes it, by name. Throws Error
/// (model).
std::map<std::string, FilePart> read_zip_directory(WeightFile& file);

}  // namespace mien::train
