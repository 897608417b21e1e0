#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace mien::test {

/// Little-endian.
std::string bytes_of(std::uint64_t number, int size);

/// The opcodes of a pickle that push one value.
namespace pickled {

std::string text(const std::string& value);
std::string number(int value);
std::string tuple(const std::vector<std::string>& values);
std::string global(const std::string& module, const std::string& name);
std::string call(const std::string& module, const std::string& name,
                 const std::vector<std::string>& arguments);
std::string dictionary(const std::vector<std::pair<std::string, std::string>>& items);
/// As Python writes a state dict: items, and then a state of its own.
std::string ordered_dictionary(const std::vector<std::pair<std::string, std::string>>& items);
std::string storage(const std::string& type, const std::string& key, int count);
std::string tensor(const std::string& storage, int offset, const std::vector<int>& shape,
                   const std::vector<int>& strides);
/// A pickle of its own.
std::string whole(const std::string& value);

}  // namespace pickled

using NamedBytes = std::vector<std::pair<std::string, std::string>>;

/// An archive that is not compressed.
std::string zipped(const NamedBytes& files);

/// What torch.save writes of a pickled value and the elements of its storages, by key.
std::string torch_file(const std::string& value, const NamedBytes& storages);

/// What it wrote before PyTorch 1.6; `count` elements in each storage.
std::string old_torch_file(const std::string& value, const NamedBytes& storages,
                           std::uint64_t count);

std::string safetensors_file(const std::string& header, const std::string& elements);

}  // namespace mien::test
