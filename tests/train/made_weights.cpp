#include "made_weights.h"

namespace mien::test {

std::string bytes_of(std::uint64_t number, int size) {
  std::string bytes;
  for (int i = 0; i < size; ++i) bytes += static_cast<char>(number >> 8 * i & 0xFF);
  return bytes;
}

namespace pickled {

std::string text(const std::string& value) { return "X" + bytes_of(value.size(), 4) + value; }

std::string number(int value) { return "J" + bytes_of(static_cast<std::uint32_t>(value), 4); }

std::string tuple(const std::vector<std::string>& values) {
  std::string all = "(";
  for (const auto& value : values) all += value;
  return all + "t";
}

std::string global(const std::string& module, const std::string& name) {
  return "c" + module + "\n" + name + "\n";
}

std::string call(const std::string& module, const std::string& name,
                 const std::vector<std::string>& arguments) {
  return global(module, name) + tuple(arguments) + "R";
}

std::string dictionary(const std::vector<std::pair<std::string, std::string>>& items) {
  std::string all = "}(";
  for (const auto& [key, value] : items) all += text(key) + value;
  return all + "u";
}

std::string ordered_dictionary(const std::vector<std::pair<std::string, std::string>>& items) {
  std::string all = call("collections", "OrderedDict", {}) + "(";
  for (const auto& [key, value] : items) all += text(key) + value;
  return all + "u" + dictionary({{"_metadata", dictionary({{"version", number(1)}})}}) + "b";
}

std::string storage(const std::string& type, const std::string& key, int count) {
  return tuple({text("storage"), global("torch", type), text(key), text("cpu"), number(count)}) +
         "Q";
}

std::string tensor(const std::string& storage, int offset, const std::vector<int>& shape,
                   const std::vector<int>& strides) {
  const auto numbers = [](const std::vector<int>& values) {
    std::vector<std::string> all;
    for (const int value : values) all.push_back(number(value));
    return tuple(all);
  };
  return call("torch._utils", "_rebuild_tensor_v2",
              {storage, number(offset), numbers(shape), numbers(strides), "\x89",
               call("collections", "OrderedDict", {})});
}

std::string whole(const std::string& value) { return "\x80\x02" + value + "."; }

}  // namespace pickled

std::string zipped(const NamedBytes& files) {
  std::string archive;
  std::string directory;
  for (const auto& [name, bytes] : files) {
    // No flags, stored, no date, no sum.
    const auto middle = bytes_of(0, 2) + bytes_of(0, 2) + bytes_of(0, 4) + bytes_of(0, 4) +
                        bytes_of(bytes.size(), 4) + bytes_of(bytes.size(), 4) +
                        bytes_of(name.size(), 2) + bytes_of(0, 2);
    directory += "PK\1\2" + bytes_of(20, 2) + bytes_of(20, 2) + middle + bytes_of(0, 2) +
                 bytes_of(0, 2) + bytes_of(0, 2) + bytes_of(0, 4) + bytes_of(archive.size(), 4) +
                 name;
    archive += "PK\3\4" + bytes_of(20, 2) + middle + name + bytes;
  }
  const auto end = "PK\5\6" + bytes_of(0, 4) + bytes_of(files.size(), 2) +
                   bytes_of(files.size(), 2) + bytes_of(directory.size(), 4) +
                   bytes_of(archive.size(), 4) + bytes_of(0, 2);
  return archive + directory + end;
}

std::string torch_file(const std::string& value, const NamedBytes& storages) {
  NamedBytes files = {{"archive/data.pkl", pickled::whole(value)}, {"archive/byteorder", "little"}};
  for (const auto& [key, bytes] : storages) files.emplace_back("archive/data/" + key, bytes);
  files.emplace_back("archive/version", "3\n");
  return zipped(files);
}

std::string old_torch_file(const std::string& value, const NamedBytes& storages,
                           std::uint64_t count) {
  std::vector<std::string> keys;
  std::string elements;
  for (const auto& [key, bytes] : storages) {
    keys.push_back(pickled::text(key));
    elements += bytes_of(count, 8) + bytes;
  }
  const std::string magic = "\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";
  return pickled::whole(magic) + pickled::whole(pickled::number(1001)) +
         pickled::whole(pickled::dictionary({{"little_endian", "\x88"}})) + pickled::whole(value) +
         pickled::whole(pickled::tuple(keys)) + elements;
}

std::string safetensors_file(const std::string& header, const std::string& elements) {
  return bytes_of(header.size(), 8) + header + elements;
}

}  // namespace mien::test
