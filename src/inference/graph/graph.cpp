#include "inference/graph/graph.h"

#include <utility>

#include "inference/graph/unsupported.h"
#include "mien/error.h"

namespace mien {
namespace {

template <typename T>
T attribute_or(const Node& node, const std::string& name, T otherwise) {
  const auto found = node.attributes.find(name);
  if (found == node.attributes.end()) return otherwise;
  if (const T* value = std::get_if<T>(&found->second)) return *value;
  throw Error(ErrorCode::model, "the attribute '" + name + "' of " + node.operation + " '" +
                                    node.name + "' has a wrong type; export the model again");
}

}  // namespace

std::int64_t Node::integer(const std::string& attribute, std::int64_t otherwise) const {
  return attribute_or(*this, attribute, otherwise);
}

float Node::real(const std::string& attribute, float otherwise) const {
  return attribute_or(*this, attribute, otherwise);
}

std::string Node::text(const std::string& attribute, const std::string& otherwise) const {
  return attribute_or(*this, attribute, otherwise);
}

std::vector<std::int64_t> Node::integers(const std::string& attribute,
                                         std::vector<std::int64_t> otherwise) const {
  return attribute_or(*this, attribute, std::move(otherwise));
}

const Tensor* Graph::constant_input(const Node& node, std::size_t index) const {
  if (!node.has_input(index)) return nullptr;
  const auto& given = value(node.inputs[index]);
  if (given.constant) return given.constant.get();
  throw Unsupported("input " + std::to_string(index) + " of " + node.operation + " '" + node.name +
                    "' is computed at run time, and Mien needs it fixed");
}

std::vector<std::vector<int>> Graph::readers() const {
  std::vector<std::vector<int>> readers(values.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    for (const int input : nodes[i].inputs) {
      if (input != Node::kAbsent) {
        readers[static_cast<std::size_t>(input)].push_back(static_cast<int>(i));
      }
    }
  }
  for (const int output : outputs) readers[static_cast<std::size_t>(output)].push_back(-1);
  return readers;
}

}  // namespace mien
