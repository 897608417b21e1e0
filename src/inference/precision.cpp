#include <array>

#include "mien/network.h"

namespace mien {
namespace {

constexpr std::array<std::string_view, 3> kNames = {"float32", "bfloat16", "int8"};

}  // namespace

std::string_view name(Precision precision) { return kNames[static_cast<std::size_t>(precision)]; }

std::optional<Precision> precision_from_name(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<Precision>(i);
  }
  return std::nullopt;
}

}  // namespace mien
