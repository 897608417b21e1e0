#include "output/named_probabilities.h"

#include <string>

#include "output/rounding.h"

namespace mien {

nlohmann::ordered_json named(const Probabilities& probabilities) {
  auto object = nlohmann::ordered_json::object();
  for (const auto expression : all_expressions()) {
    object[std::string(name(expression))] =
        rounded(probabilities[static_cast<std::size_t>(expression)]);
  }
  return object;
}

}  // namespace mien
