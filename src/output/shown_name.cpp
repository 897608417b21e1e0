#include "output/shown_name.h"

#include <array>
#include <cstdint>
#include <optional>

namespace mien {
namespace {

constexpr std::size_t kLongestName = 120;
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

struct Character {
  std::uint32_t code;
  std::size_t bytes;
};

/// The UTF-8 character that the text begins with; nothing when there is none that is valid.
std::optional<Character> first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x80) return Character{byte(0), 1};
  struct Kind {
    unsigned mask, lead;
    std::uint32_t least;
  };
  constexpr std::array<Kind, 3> kKinds = {
      {{0xE0, 0xC0, 0x80}, {0xF0, 0xE0, 0x800}, {0xF8, 0xF0, 0x10000}}};
  for (std::size_t more = 1; more <= kKinds.size(); ++more) {
    const auto& kind = kKinds[more - 1];
    if ((byte(0) & kind.mask) != kind.lead) continue;
    if (text.size() <= more) return {};
    std::uint32_t code = byte(0) & ~kind.mask & 0xFFU;
    for (std::size_t i = 1; i <= more; ++i) {
      if ((byte(i) & 0xC0U) != 0x80U) return {};
      code = code << 6U | (byte(i) & 0x3FU);
    }
    const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    if (code < kind.least || code > 0x10FFFF || surrogate) return {};
    return Character{code, more + 1};
  }
  return {};
}

/// Controls, and what hides or reorders the text around it.
bool is_shown(std::uint32_t code) {
  const bool control = code < 0x20 || (code >= 0x7F && code < 0xA0);
  const bool invisible = (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
                         (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF;
  return !control && !invisible;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

std::string shown_file_name(std::string_view name, std::string_view otherwise) {
  const auto slash = name.find_last_of("/\\");
  if (slash != std::string_view::npos) name.remove_prefix(slash + 1);
  std::string shown;
  while (!name.empty()) {
    const auto character = first_character(name);
    const auto bytes = character ? name.substr(0, character->bytes) : kReplacement;
    if (shown.size() + bytes.size() > kLongestName) break;
    if (!character || is_shown(character->code)) shown += bytes;
    name.remove_prefix(character ? character->bytes : 1);
  }
  const auto rest = trimmed(shown);
  if (rest.empty() || rest == "." || rest == "..") return std::string(otherwise);
  return std::string(rest);
}

std::string shown_source_name(std::string_view input) {
  const auto scheme = input.find("://");
  if (scheme == std::string_view::npos) return shown_file_name(input, "source");
  const auto begin = scheme + 3;
  auto rest = input.substr(begin);
  rest = rest.substr(0, rest.find_first_of("?#"));
  // A password may hold a slash that should have been encoded: all before the last @ goes.
  const auto user = rest.rfind('@');
  if (user != std::string_view::npos) rest.remove_prefix(user + 1);
  return std::string(input.substr(0, begin)) + std::string(rest);
}

std::optional<std::string> typed_line(std::string_view text, std::size_t most) {
  const auto line = trimmed(text);
  std::size_t count = 0;
  for (auto rest = line; !rest.empty(); ++count) {
    const auto character = first_character(rest);
    if (count == most || !character || !is_shown(character->code)) return std::nullopt;
    rest.remove_prefix(character->bytes);
  }
  if (count == 0) return std::nullopt;
  return std::string(line);
}

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string result;
  for (auto found = text.find(from); found != std::string_view::npos; found = text.find(from)) {
    result += text.substr(0, found);
    result += to;
    text.remove_prefix(found + from.size());
  }
  result += text;
  return result;
}

}  // namespace mien
