#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "train/weights/pickle.h"
#include "train/weights/stored_tensors.h"
#include "train/weights/zip_directory.h"

namespace mien::train {
namespace {

using Kind = PickleValue::Kind;

/// Far more than the description of any network needs; a value takes some hundred bytes of memory.
constexpr std::uint64_t kLongestPickle = 4 << 20;
constexpr std::size_t kLongestName = 400;
constexpr std::size_t kDeepest = 32;
constexpr std::size_t kMostVisits = 1'000'000;

struct StorageType {
  const char* name;
  torch::ScalarType type;
};

constexpr std::array kStorageTypes = {StorageType{"torch FloatStorage", torch::kFloat},
                                      StorageType{"torch HalfStorage", torch::kHalf},
                                      StorageType{"torch BFloat16Storage", torch::kBFloat16},
                                      StorageType{"torch DoubleStorage", torch::kDouble},
                                      StorageType{"torch LongStorage", torch::kLong},
                                      StorageType{"torch IntStorage", torch::kInt},
                                      StorageType{"torch ShortStorage", torch::kShort},
                                      StorageType{"torch CharStorage", torch::kChar},
                                      StorageType{"torch ByteStorage", torch::kByte},
                                      StorageType{"torch BoolStorage", torch::kBool}};

/// A block of elements that tensors share.
struct Storage {
  torch::ScalarType type;
  std::string key;
  std::uint64_t bytes;
};

/// Finds the tensors in a pickle by the names on the way to them, joined by dots.
class TensorFinder {
 public:
  TensorFinder(const Pickle& pickle, const WeightFile& file) : pickle_(pickle), file_(file) {
    for (const auto& value : pickle_.values) {
      if (value.kind == Kind::call) check_callee(text_of(value.parts[0], Kind::global));
    }
  }

  Storage storage_of(const PickleValue& reference) const {
    const auto& parts = parts_of(reference.parts[0]);
    if (parts.size() < 5 || text_of(parts[0], Kind::text) != "storage") {
      file_.reject("it refers to something other than a storage");
    }
    if (parts.size() > 5 && pickle_[parts[5]].kind != Kind::none) {
      file_.reject("its storages are views, which PyTorch has not written for years");
    }
    const auto name = text_of(parts[1], Kind::global);
    const auto known = std::ranges::find(kStorageTypes, name, &StorageType::name);
    if (known == kStorageTypes.end()) file_.reject("'" + name + "' is unknown");
    const auto size = static_cast<std::uint64_t>(number_of(parts[4]));
    if (size > file_.size()) file_.reject("it ends too early");
    return {known->type, text_of(parts[2], Kind::text), size * c10::elementSize(known->type)};
  }

  /// `part_of` says where a storage lies.
  template <typename PartOf>
  StoredTensors find(const PartOf& part_of) {
    visit(pickle_.root, "", 0, [&](const std::string& name, const PickleValue& arguments) {
      tensors_[name] = tensor_from(arguments.parts, part_of);
    });
    return std::move(tensors_);
  }

 private:
  static bool makes_tensor(const std::string& callee) {
    return callee == "torch._utils _rebuild_tensor_v2";
  }
  /// Its first argument is what counts.
  static bool wraps(const std::string& callee) {
    return callee == "torch._utils _rebuild_parameter" ||
           callee == "torch.jit._pickle restore_type_tag";
  }
  /// Its items or its state are what counts.
  static bool holds(const std::string& callee) {
    return callee == "collections OrderedDict" || callee.starts_with("__torch__.") ||
           callee.starts_with("__torch__ ");
  }

  void check_callee(const std::string& callee) const {
    if (makes_tensor(callee) || wraps(callee) || holds(callee)) return;
    file_.reject("it asks to call '" + callee + "', and only tensors are read");
  }

  template <typename Found>
  void visit(std::size_t index, const std::string& name, std::size_t depth, const Found& found) {
    if (depth > kDeepest || name.size() > kLongestName || ++visits_ > kMostVisits) {
      file_.reject("it is too deep, too large or holds itself");
    }
    const auto& value = pickle_[index];
    if (value.kind == Kind::dictionary) {
      for (std::size_t i = 0; i < value.parts.size(); i += 2) {
        const auto key = key_of(pickle_[value.parts[i]]);
        visit(value.parts[i + 1], name.empty() ? key : name + "." + key, depth + 1, found);
      }
    } else if (value.kind == Kind::call) {
      const auto& callee = pickle_[value.parts[0]].text;
      const auto& arguments = parts_of(value.parts[1]);
      if (makes_tensor(callee)) {
        found(name, pickle_[value.parts[1]]);
      } else if (wraps(callee)) {
        if (!arguments.empty()) visit(arguments[0], name, depth + 1, found);
      } else {
        for (std::size_t i = 2; i < value.parts.size(); ++i) {
          visit(value.parts[i], name, depth + 1, found);
        }
      }
    }
  }

  static std::string key_of(const PickleValue& key) {
    return key.kind == Kind::text ? key.text : std::to_string(key.number);
  }

  template <typename PartOf>
  StoredTensor tensor_from(const std::vector<std::size_t>& arguments, const PartOf& part_of) const {
    if (arguments.size() < 4 || pickle_[arguments[0]].kind != Kind::reference) {
      file_.reject("a tensor has no storage");
    }
    const auto storage = storage_of(pickle_[arguments[0]]);
    StoredTensor tensor;
    tensor.type = storage.type;
    tensor.shape = numbers_of(arguments[2]);
    tensor.strides = numbers_of(arguments[3]);
    const auto element = c10::elementSize(storage.type);
    const auto first = static_cast<std::uint64_t>(number_of(arguments[1]));
    const FilePart part = part_of(storage);
    if (part.size < storage.bytes || first > storage.bytes / element ||
        extent_of(file_, tensor) > storage.bytes / element - first) {
      file_.reject("a tensor is larger than its storage");
    }
    tensor.offset = part.offset + first * element;
    return tensor;
  }

  const std::string& text_of(std::size_t index, Kind kind) const {
    if (pickle_[index].kind != kind) file_.reject("its pickle is none of PyTorch's");
    return pickle_[index].text;
  }

  std::int64_t number_of(std::size_t index) const {
    const auto& value = pickle_[index];
    if (value.kind != Kind::number || value.number < 0) file_.reject("a number is missing");
    return value.number;
  }

  const std::vector<std::size_t>& parts_of(std::size_t index) const {
    if (pickle_[index].kind != Kind::sequence) file_.reject("its pickle is none of PyTorch's");
    return pickle_[index].parts;
  }

  std::vector<std::int64_t> numbers_of(std::size_t index) const {
    std::vector<std::int64_t> numbers;
    for (const auto part : parts_of(index)) numbers.push_back(number_of(part));
    return numbers;
  }

  const Pickle& pickle_;
  const WeightFile& file_;
  StoredTensors tensors_;
  std::size_t visits_ = 0;
};

StoredTensors read_zipped(WeightFile& file) {
  const auto parts = read_zip_directory(file);
  const auto described = std::ranges::find_if(
      parts, [](const auto& part) { return part.first.ends_with("/data.pkl"); });
  if (described == parts.end()) file.reject("its zip archive is none of PyTorch's (no data.pkl)");
  if (described->second.size > kLongestPickle) file.reject("its description is too long");
  const auto folder = described->first.substr(0, described->first.size() - 8);
  const auto order = parts.find(folder + "byteorder");
  if (order != parts.end() &&
      file.read(order->second.offset, std::min<std::uint64_t>(order->second.size, 6)) != "little") {
    file.reject("its numbers are big-endian");
  }
  const auto pickle =
      read_pickle(file.read(described->second.offset, described->second.size), file);
  return TensorFinder(pickle, file).find([&](const Storage& storage) {
    const auto part = parts.find(folder + "data/" + storage.key);
    if (part == parts.end()) file.reject("the elements of a tensor are missing");
    return part->second;
  });
}

/// What torch.save wrote before PyTorch 1.6: a magic number, a version, what machine it was, the
/// object, the storages' keys, each a pickle; then each storage, its size in 8 bytes before it.
class UnzippedReader {
 public:
  explicit UnzippedReader(WeightFile& file)
      : file_(file), start_(file.read(0, std::min(file.size(), kLongestPickle))) {}

  StoredTensors read() {
    static constexpr std::string_view kMagic = "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";
    const auto magic = next_pickle();
    if (magic[magic.root].text != kMagic) file_.reject("its pickle is none of PyTorch's");
    next_pickle();
    next_pickle();
    const auto object = next_pickle();
    const auto keys = next_pickle();
    TensorFinder finder(object, file_);
    const auto parts = find_storages(object, keys, finder);
    return finder.find([&](const Storage& storage) {
      const auto part = parts.find(storage.key);
      if (part == parts.end()) file_.reject("the elements of a tensor are missing");
      return part->second;
    });
  }

 private:
  Pickle next_pickle() {
    auto pickle = read_pickle(std::string_view(start_).substr(position_), file_);
    position_ += pickle.length;
    return pickle;
  }

  std::map<std::string, FilePart> find_storages(const Pickle& object, const Pickle& keys,
                                                const TensorFinder& finder) {
    std::map<std::string, torch::ScalarType> types;
    for (const auto& value : object.values) {
      if (value.kind != Kind::reference) continue;
      const auto storage = finder.storage_of(value);
      types[storage.key] = storage.type;
    }
    std::map<std::string, FilePart> parts;
    std::uint64_t offset = position_;
    for (const auto index : keys[keys.root].parts) {
      const auto& key = keys[index].text;
      const auto type = types.find(key);
      if (type == types.end()) file_.reject("it holds elements of no tensor");
      const auto count = little_endian(file_.read(offset, 8));
      offset += 8;
      if (count > file_.size()) file_.reject("it ends too early");
      parts[key] = {offset, count * c10::elementSize(type->second)};
      if (parts[key].size > file_.size() - offset) file_.reject("it ends too early");
      offset += parts[key].size;
    }
    return parts;
  }

  WeightFile& file_;
  std::string start_;
  std::size_t position_ = 0;
};

}  // namespace

StoredTensors read_torch_file(WeightFile& file) {
  const auto start = file.read(0, std::min<std::uint64_t>(file.size(), 4));
  if (start.starts_with("PK\3\4")) return read_zipped(file);
  if (start.starts_with("\x80")) return UnzippedReader(file).read();
  file.reject("it is neither PyTorch's nor safetensors'");
}

}  // namespace mien::train
