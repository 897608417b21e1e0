#include "train/weights/stored_tensors.h"

#include <algorithm>

#include "mien/error.h"

namespace mien::train {
namespace {

constexpr std::size_t kLongestReason = 200;  // it may hold a name from the file
constexpr std::size_t kMostDimensions = 8;
/// Far more than any network has; products of two stay within 64 bits.
constexpr std::int64_t kLargestExtent = std::int64_t{1} << 31;

}  // namespace

WeightFile::WeightFile(const std::filesystem::path& path) : path_(path), size_(0) {
  if (std::filesystem::is_regular_file(path)) file_.open(path, std::ios::binary);
  if (!file_.is_open()) {
    throw Error(ErrorCode::input, path.string() +
                                      ": cannot be read; give weights as .pth or .safetensors, or "
                                      "the folder of a run");
  }
  size_ = std::filesystem::file_size(path);
}

void WeightFile::read(std::uint64_t offset, std::uint64_t count, char* to) {
  if (offset > size_ || count > size_ - offset) reject("it ends too early");
  file_.seekg(static_cast<std::streamoff>(offset));
  if (!file_.read(to, static_cast<std::streamsize>(count))) reject("it cannot be read to its end");
}

std::string WeightFile::read(std::uint64_t offset, std::uint64_t count) {
  if (offset > size_ || count > size_ - offset) reject("it ends too early");
  std::string bytes(count, '\0');
  read(offset, count, bytes.data());
  return bytes;
}

void WeightFile::reject(const std::string& what) const {
  auto line = what.substr(0, kLongestReason);
  std::ranges::replace_if(
      line, [](unsigned char c) { return c < ' ' || c == 127; }, '?');
  throw Error(ErrorCode::model, path_.string() + ": no weights can be read: " + line +
                                    "; give what torch.save or safetensors wrote of a state dict");
}

std::uint64_t extent_of(const WeightFile& file, const StoredTensor& tensor) {
  if (tensor.shape.size() != tensor.strides.size() || tensor.shape.size() > kMostDimensions) {
    file.reject("the shape of a tensor is no shape");
  }
  std::int64_t last = 0;
  for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
    const auto size = tensor.shape[i];
    const auto stride = tensor.strides[i];
    if (size < 0 || size > kLargestExtent || stride < 0 || stride > kLargestExtent) {
      file.reject("the shape of a tensor is out of range");
    }
    last += std::max<std::int64_t>(0, size - 1) * stride;
    if (last > kLargestExtent) file.reject("a tensor is too large");
  }
  const bool is_empty = std::ranges::find(tensor.shape, 0) != tensor.shape.end();
  return is_empty ? 0 : static_cast<std::uint64_t>(last) + 1;
}

torch::Tensor load(WeightFile& file, const StoredTensor& tensor) {
  const auto extent = extent_of(file, tensor);
  const auto options = torch::TensorOptions().dtype(tensor.type);
  if (extent == 0) return torch::empty(tensor.shape, options);
  // The file is asked first: a broken one must not make us ask for more memory than it has bytes.
  const auto bytes = extent * c10::elementSize(tensor.type);
  if (bytes > file.size()) file.reject("it ends too early");
  auto elements = torch::empty({static_cast<std::int64_t>(extent)}, options);
  file.read(tensor.offset, bytes, static_cast<char*>(elements.data_ptr()));
  return elements.as_strided(tensor.shape, tensor.strides);
}

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) {
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return value;
}

}  // namespace mien::train
