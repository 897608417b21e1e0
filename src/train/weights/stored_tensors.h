#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mien::train {

/// A file that is read piece by piece, never beyond its end.
class WeightFile {
 public:
  /// Throws Error (input) when it cannot be read.
  explicit WeightFile(const std::filesystem::path& path);

  std::uint64_t size() const { return size_; }
  /// Throws Error (model) when the file is too short.
  void read(std::uint64_t offset, std::uint64_t count, char* to);
  std::string read(std::uint64_t offset, std::uint64_t count);
  /// Throws Error (model): "FILE: WHAT; ADVICE".
  [[noreturn]] void reject(const std::string& what) const;

 private:
  std::filesystem::path path_;
  std::ifstream file_;
  std::uint64_t size_;
};

/// Where a tensor lies in a file.
struct StoredTensor {
  torch::ScalarType type = torch::kFloat;
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> strides;  ///< in elements
  std::uint64_t offset = 0;           ///< of its first element, in bytes from the file's start
};

using StoredTensors = std::map<std::string, StoredTensor>;

/// The elements in a memory of their own.
torch::Tensor load(WeightFile& file, const StoredTensor& tensor);

/// Elements from the first to the last, those between included; 0 when the tensor has none. Throws
/// Error (model) when shape and strides are none of a tensor's.
std::uint64_t extent_of(const WeightFile& file, const StoredTensor& tensor);

/// Unsigned, little-endian.
std::uint64_t little_endian(std::string_view bytes);

/// https://github.com/huggingface/safetensors: the header's length in 8 bytes, the header as JSON,
/// the tensors. Throws Error (model).
StoredTensors read_safetensors(WeightFile& file);

/// What torch.save wrote, zipped or (before PyTorch 1.6) not, and what LibTorch's archives hold.
/// The pickle in it is read as data: nothing in it is ever called. Throws Error (model).
StoredTensors read_torch_file(WeightFile& file);

}  // namespace mien::train
