#include "output/attribute_text.h"

#include <fmt/format.h>

namespace mien {

std::string attribute_text(const Attributes& attributes) {
  std::string text;
  if (attributes.gender) text = name(attributes.gender->label);
  if (attributes.age) {
    text += fmt::format("{}about {:.0f}", text.empty() ? "" : ", ", *attributes.age);
  }
  return text;
}

}  // namespace mien
