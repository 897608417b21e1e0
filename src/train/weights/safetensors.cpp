#include <array>
#include <limits>
#include <nlohmann/json.hpp>

#include "mien/error.h"
#include "train/weights/stored_tensors.h"

namespace mien::train {
namespace {

using nlohmann::json;

constexpr std::uint64_t kLengthBytes = 8;
constexpr std::uint64_t kLongestHeader = 64 << 20;

struct Type {
  const char* name;
  torch::ScalarType type;
};

constexpr std::array kTypes = {Type{"F64", torch::kDouble}, Type{"F32", torch::kFloat},
                               Type{"F16", torch::kHalf},   Type{"BF16", torch::kBFloat16},
                               Type{"I64", torch::kLong},   Type{"I32", torch::kInt},
                               Type{"I16", torch::kShort},  Type{"I8", torch::kChar},
                               Type{"U8", torch::kByte},    Type{"BOOL", torch::kBool}};

torch::ScalarType type_named(const WeightFile& file, const std::string& name) {
  for (const auto& known : kTypes) {
    if (name == known.name) return known.type;
  }
  file.reject("the type '" + name + "' is unknown");
}

std::vector<std::int64_t> contiguous_strides(const WeightFile& file,
                                             const std::vector<std::int64_t>& shape) {
  constexpr auto kMost = std::numeric_limits<std::int32_t>::max();
  std::vector<std::int64_t> strides(shape.size());
  std::int64_t stride = 1;
  for (std::size_t i = shape.size(); i-- > 0;) {
    strides[i] = stride;
    if (shape[i] < 0 || shape[i] > kMost ||
        (stride *= std::max<std::int64_t>(1, shape[i])) > kMost) {
      file.reject("a tensor is too large");
    }
  }
  return strides;
}

StoredTensor tensor_from(const WeightFile& file, const std::string& name, const json& entry,
                         std::uint64_t data_start) {
  StoredTensor tensor;
  tensor.type = type_named(file, entry.at("dtype").get<std::string>());
  for (const auto& size : entry.at("shape")) {
    if (!size.is_number_unsigned()) file.reject("the shape of '" + name + "' is no shape");
    tensor.shape.push_back(size.get<std::int64_t>());
  }
  tensor.strides = contiguous_strides(file, tensor.shape);
  const auto& range = entry.at("data_offsets");
  if (range.size() != 2 || !range[0].is_number_unsigned() || !range[1].is_number_unsigned()) {
    file.reject("'" + name + "' has no range of bytes");
  }
  const auto begin = range[0].get<std::uint64_t>();
  const auto end = range[1].get<std::uint64_t>();
  const auto bytes = extent_of(file, tensor) * c10::elementSize(tensor.type);
  if (end > file.size() - data_start || begin > end || end - begin != bytes) {
    file.reject("'" + name + "' does not fit its range of bytes");
  }
  tensor.offset = data_start + begin;
  return tensor;
}

}  // namespace

StoredTensors read_safetensors(WeightFile& file) {
  const auto length = little_endian(file.read(0, kLengthBytes));
  if (length > kLongestHeader || length > file.size() - kLengthBytes) {
    file.reject("its header is longer than the file, or than 64 MiB");
  }
  try {
    const auto header = json::parse(file.read(kLengthBytes, length));
    if (!header.is_object()) file.reject("its header is no JSON object");
    StoredTensors tensors;
    for (const auto& [name, entry] : header.items()) {
      if (name == "__metadata__") continue;
      tensors[name] = tensor_from(file, name, entry, kLengthBytes + length);
    }
    return tensors;
  } catch (const json::exception&) {
    file.reject("its header is not that of a safetensors file");
  }
}

}  // namespace mien::train
