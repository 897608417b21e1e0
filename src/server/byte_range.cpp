#include "server/byte_range.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace mien::server {
namespace {

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

RangeKind parse_range(std::string_view header, std::uint64_t size, ByteRange& range) {
  constexpr std::string_view kUnit = "bytes=";
  if (!header.starts_with(kUnit)) return RangeKind::whole;
  header.remove_prefix(kUnit.size());
  const auto dash = header.find('-');
  if (dash == std::string_view::npos) return RangeKind::whole;
  const auto first = number_of(header.substr(0, dash));
  const auto last = number_of(header.substr(dash + 1));
  const bool has_end = dash + 1 < header.size();
  if (has_end && !last) return RangeKind::whole;
  if (dash == 0) {
    if (!last) return RangeKind::whole;
    if (*last == 0 || size == 0) return RangeKind::none;
    range = {size - std::min(*last, size), size - 1};
    return RangeKind::part;
  }
  if (!first || (last && *last < *first)) return RangeKind::whole;
  if (*first >= size) return RangeKind::none;
  range = {*first, last ? std::min(*last, size - 1) : size - 1};
  return RangeKind::part;
}

}  // namespace mien::server
