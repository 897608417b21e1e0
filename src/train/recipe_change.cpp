#include "train/recipe_change.h"

#include <toml++/toml.h>

#include <cstddef>
#include <sstream>
#include <vector>

#include "mien/error.h"

namespace mien::train {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string text_of(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += line + '\n';
  return text;
}

/// Whether the line begins with the word, blanks aside.
bool begins_with(const std::string& line, const std::string& word) {
  const auto first = line.find_first_not_of(" \t");
  return first != std::string::npos && line.compare(first, word.size(), word) == 0;
}

[[noreturn]] void refuse(const std::string& what) {
  throw Error(ErrorCode::usage, "the recipe's " + what +
                                    " is to be changed: write it on a line of its own, as in "
                                    "recipes/mien-base.toml");
}

std::ptrdiff_t place_of(const toml::node& node) {
  return static_cast<std::ptrdiff_t>(node.source().begin.line) - 1;
}

void set(std::vector<std::string>& lines, const toml::table& table, const std::string& key,
         const std::string& line, std::ptrdiff_t first) {
  const auto* node = table.get(key);
  if (node == nullptr) {
    lines.insert(lines.begin() + first, line);
    return;
  }
  auto& old = lines.at(static_cast<std::size_t>(place_of(*node)));
  if (!begins_with(old, key)) refuse(key);
  old = line;
}

}  // namespace

Recipe with_key(const Recipe& recipe, const std::string& section, const std::string& key,
                const std::string& value) {
  const auto root = toml::parse(recipe.text);
  auto lines = lines_of(recipe.text);
  const auto line = key + " = " + value;
  const auto* node = root.get(section);
  if (section.empty()) {
    set(lines, root, key, line, 0);
  } else if (node == nullptr) {
    lines.insert(lines.end(), {"", "[" + section + "]", line});
  } else {
    const auto header = place_of(*node);
    if (!node->is_table() || !begins_with(lines.at(static_cast<std::size_t>(header)), "[")) {
      refuse("[" + section + "]");
    }
    set(lines, *node->as_table(), key, line, header + 1);
  }
  return parse_recipe(text_of(lines), recipe.name);
}

}  // namespace mien::train
