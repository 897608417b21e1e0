#pragma once

#include <toml++/toml.h>

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <set>
#include <sstream>
#include <string>
#include <utility>

#include "mien/error.h"

namespace mien::train {

[[noreturn]] inline void fail(const std::string& where, const std::string& what) {
  throw Error(ErrorCode::usage, where + ": " + what);
}

/// Reads the keys of one table, and knows at the end which were not read.
class Section {
 public:
  Section(const toml::table* table, std::string name, std::string where)
      : table_(table), name_(std::move(name)), where_(std::move(where)) {}

  void number(const char* key, double& value, double lowest, double highest) {
    if (const auto* node = find(key)) {
      const auto number = node->value<double>();
      if (!number || !(*number >= lowest && *number <= highest)) {
        reject(key, "a number within " + shown(lowest) + ".." + shown(highest));
      }
      value = *number;
    }
  }

  template <typename Integer>
  void integer(const char* key, Integer& value, std::int64_t lowest, std::int64_t highest) {
    if (const auto* node = find(key)) {
      const auto number = node->value_exact<std::int64_t>();
      if (!number || *number < lowest || *number > highest) {
        reject(key,
               "a whole number within " + std::to_string(lowest) + ".." + std::to_string(highest));
      }
      value = static_cast<Integer>(*number);
    }
  }

  void choice(const char* key, std::string& value, std::initializer_list<const char*> choices) {
    if (const auto* node = find(key)) {
      const auto text = node->value_exact<std::string>();
      if (!text || std::find(choices.begin(), choices.end(), *text) == choices.end()) {
        std::string known;
        for (const auto* choice : choices)
          known += (known.empty() ? "" : ", ") + std::string(choice);
        reject(key, "one of: " + known);
      }
      value = *text;
    }
  }

  void text(const char* key, std::string& value) {
    if (const auto* node = find(key)) {
      const auto text = node->value_exact<std::string>();
      if (!text || text->empty()) reject(key, "a text");
      value = *text;
    }
  }

  /// Says what is wrong with the value of a key, or with its absence.
  [[noreturn]] void reject(const char* key, const std::string& expected) const {
    const auto* node = table_ == nullptr ? nullptr : table_->get(key);
    const auto line = node == nullptr ? std::string()
                                      : "line " + std::to_string(node->source().begin.line) + ": ";
    fail(where_, line + path(key) + " must be " + expected);
  }

  Section section(const char* key) {
    const auto* node = find(key);
    if (node != nullptr && !node->is_table()) reject(key, "a table");
    return {node == nullptr ? nullptr : node->as_table(), key, where_};
  }

  const toml::array* array(const char* key) {
    const auto* node = find(key);
    if (node == nullptr) return nullptr;
    if (!node->is_array_of_tables()) reject(key, "a list of tables");
    return node->as_array();
  }

  const std::string& where() const { return where_; }  ///< what errors begin with

  /// Call it last: what was not read is a mistake.
  void finish() const {
    if (table_ == nullptr) return;
    for (const auto& [key, node] : *table_) {
      if (read_.contains(std::string(key.str()))) continue;
      std::string known;
      for (const auto& name : read_) known += (known.empty() ? "" : ", ") + name;
      fail(where_, "line " + std::to_string(node.source().begin.line) + ": unknown key '" +
                       path(std::string(key.str())) + "'; known here: " + known);
    }
  }

 private:
  const toml::node* find(const char* key) {
    read_.insert(key);
    return table_ == nullptr ? nullptr : table_->get(key);
  }

  std::string path(const std::string& key) const { return name_.empty() ? key : name_ + "." + key; }

  static std::string shown(double value) {
    std::ostringstream text;
    text << value;
    return text.str();
  }

  const toml::table* table_;
  std::string name_;
  std::string where_;
  std::set<std::string> read_;
};

}  // namespace mien::train
