#include "dataset/group_table.h"

#include <charconv>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/attribute_evaluation.h"
#include "dataset/annotation_lines.h"
#include "mien/error.h"

namespace mien {
namespace {

using Path = std::filesystem::path;

constexpr int kOldest = 150;

/// The cells of a line; a cell in quotes may hold commas, and a quote twice for one.
std::vector<std::string> cells_of(std::string_view line) {
  std::vector<std::string> cells(1);
  bool is_quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"' && is_quoted && i + 1 < line.size() && line[i + 1] == '"') {
      cells.back() += line[++i];
    } else if (c == '"') {
      is_quoted = !is_quoted;
    } else if (c == ',' && !is_quoted) {
      cells.emplace_back();
    } else {
      cells.back() += c;
    }
  }
  return cells;
}

[[noreturn]] void fail(const AnnotationLines& lines, const std::string& what) {
  throw Error(ErrorCode::model, lines.path().string() + ": line " + std::to_string(lines.number()) +
                                    ": " + what + "; correct the row");
}

std::optional<int> age_of(const std::string& text) {
  int age = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), age);
  if (error != std::errc() || end != text.data() + text.size() || age < 0 || age > kOldest) {
    return std::nullopt;
  }
  return age;
}

/// What a row says, without its first cell. An empty cell says nothing.
void tell(LabelledPicture& picture, const std::vector<std::string>& kinds,
          const std::vector<std::string>& cells, const AnnotationLines& lines) {
  for (std::size_t i = 1; i < kinds.size(); ++i) {
    if (cells[i].empty()) continue;
    if (kinds[i] == "subject") {
      picture.subject = cells[i];
    } else if (kinds[i] == "age") {
      const auto age = age_of(cells[i]);
      if (!age) fail(lines, "the age '" + cells[i] + "' is not a number of years");
      picture.groups["age"] = age_group(*age);
    } else {
      picture.groups[kinds[i]] = cells[i];
    }
  }
}

}  // namespace

void add_groups(const Path& folder, std::vector<LabelledPicture>& pictures) {
  const auto table = folder / kGroupTable;
  std::error_code ignored;
  if (!std::filesystem::exists(table, ignored)) return;
  std::map<std::string, LabelledPicture*> by_name;
  for (auto& picture : pictures) {
    by_name[picture.file.lexically_relative(folder).generic_string()] = &picture;
  }
  AnnotationLines lines(table);
  const auto kinds = cells_of(lines.line());
  if (kinds.size() < 2 || kinds[0] != "file") {
    fail(lines, "expected a header such as file,gender,age");
  }
  for (lines.advance(); !lines.at_end(); lines.advance()) {
    const auto cells = cells_of(lines.line());
    if (cells.size() != kinds.size()) {
      fail(lines, "expected " + std::to_string(kinds.size()) + " cells, found " +
                      std::to_string(cells.size()));
    }
    const auto found = by_name.find(Path(cells[0]).lexically_normal().generic_string());
    if (found != by_name.end()) tell(*found->second, kinds, cells, lines);
  }
}

}  // namespace mien
