#include "vision/source/source_name.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

#include "mien/error.h"
#include "mien/picture.h"

namespace mien {
namespace {

constexpr double kMostRate = 1000;
constexpr double kMostSeconds = 1e9;
constexpr int kMostDigits = 18;

[[noreturn]] void refuse(const std::string& what) { throw Error(ErrorCode::usage, what); }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A whole text that is one number.
template <typename Number>
std::optional<Number> to_number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

void check_seconds(double seconds, const std::string& option) {
  if (seconds >= 0 && seconds <= kMostSeconds) return;  // not so for what is no number
  refuse("frame source: " + option + " must be 0 seconds or more");
}

void check_rate(double rate, const std::string& what) {
  if (rate > 0 && rate <= kMostRate) return;
  refuse(what + " must be above 0 and at most 1000 frames a second");
}

}  // namespace

std::optional<int> camera_number(const std::string& input) {
  constexpr std::string_view kPrefix = "camera:";
  if (!input.starts_with(kPrefix)) return std::nullopt;
  const auto digits = std::string_view(input).substr(kPrefix.size());
  const auto number = to_number<int>(digits);
  if (!number || digits.size() > 3 || !is_digit(digits.front())) {
    refuse(input + ": no number of a camera; give camera:0 for the first");
  }
  return number;
}

std::string scheme_of(const std::string& input) {
  const auto end = input.find("://");
  if (end == std::string::npos || end == 0) return {};
  std::string scheme = input.substr(0, end);
  for (auto& c : scheme) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (!is_digit(c) && (c < 'a' || c > 'z') && c != '+' && c != '-' && c != '.') return {};
  }
  return scheme;
}

std::filesystem::path SequencePattern::path(long long number) const {
  std::string text = std::to_string(number);
  const auto width = static_cast<std::size_t>(digits);
  if (text.size() < width) text.insert(0, width - text.size(), '0');
  return folder / (before + text + after);
}

std::optional<long long> SequencePattern::number(const std::string& file_name) const {
  if (file_name.size() <= before.size() + after.size() || !file_name.starts_with(before) ||
      !file_name.ends_with(after)) {
    return std::nullopt;
  }
  const auto text = std::string_view(file_name).substr(
      before.size(), file_name.size() - before.size() - after.size());
  if (text.size() > kMostDigits || !std::all_of(text.begin(), text.end(), is_digit)) {
    return std::nullopt;
  }
  const auto value = to_number<long long>(text);
  if (!value || path(*value).filename() != file_name) return std::nullopt;
  return value;
}

std::optional<SequencePattern> sequence_pattern(const std::string& input) {
  const std::filesystem::path path(input);
  const std::string name = path.filename().string();
  const auto begin = name.find('%');
  if (begin == std::string::npos) return std::nullopt;
  auto end = begin + 1;
  while (end < name.size() && is_digit(name[end])) ++end;
  const std::string width = name.substr(begin + 1, end - begin - 1);
  if (end == name.size() || name[end] != 'd' || name.find('%', end) != std::string::npos) {
    return std::nullopt;
  }
  const auto digits = width.empty() ? std::optional(0) : to_number<int>(width);
  if (!digits || *digits > kMostDigits || (!width.empty() && width.front() != '0')) {
    return std::nullopt;
  }
  return SequencePattern{path.parent_path(), name.substr(0, begin), name.substr(end + 1), *digits};
}

RawSize parse_raw_size(const std::string& text) {
  const std::string_view all = text;
  const auto at = all.find('@');
  const auto sides = all.substr(0, at);
  const auto times = sides.find('x');
  const auto width = to_number<int>(sides.substr(0, times));
  // An empty text is no number.
  const auto height = to_number<int>(sides.substr(std::min(times, sides.size() - 1) + 1));
  const auto rate = at == std::string_view::npos ? std::optional(RawSize().rate)
                                                 : to_number<double>(all.substr(at + 1));
  if (!width || !height || !rate || *width < 1 || *height < 1) {
    refuse("raw frames: '" + text + "' is no size; give WIDTHxHEIGHT or WIDTHxHEIGHT@RATE");
  }
  if (*width > PictureLimits().pixels / *height) {
    refuse("raw frames: '" + text + "' is over the limit of 100 megapixels; give a smaller size");
  }
  check_rate(*rate, "raw frames: the rate in '" + text + "'");
  return {*width, *height, *rate};
}

void check_options(const FrameSourceOptions& options) {
  check_seconds(options.start, "the start");
  if (options.end) {
    check_seconds(*options.end, "the end");
    if (*options.end <= options.start) refuse("frame source: the end must be after the start");
  }
  if (options.every < 1) refuse("frame source: every Nth frame needs an N of 1 or more");
  if (options.rate) check_rate(*options.rate, "frame source: the rate");
  if (options.rate && options.every != 1) {
    refuse("frame source: give either every Nth frame or a rate, not both");
  }
  if (options.longest_side < 0) refuse("frame source: the longest side must be 0 or more pixels");
  constexpr double kLongestWait = 3600;
  if (!(options.connect_seconds > 0) || options.connect_seconds > kLongestWait) {
    refuse("frame source: the time to connect must be above 0 and at most 3600 seconds");
  }
  if (options.reconnects < 0) refuse("frame source: reconnects must be 0 or more");
  if (!options.raw_size.empty()) parse_raw_size(options.raw_size);
}

}  // namespace mien
