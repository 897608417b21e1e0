#include "dataset/annotation_lines.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <limits>
#include <utility>

#include "dataset/jpeg_size.h"
#include "mien/error.h"

namespace mien {
namespace {

constexpr std::uintmax_t kMostBytes = 256ULL << 20;
constexpr std::size_t kMostComplaints = 100;
constexpr float kLargestNumber = 1e6F;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string read_text(const std::filesystem::path& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  std::ifstream file(path, std::ios::binary);
  if (error || !file) {
    throw Error(ErrorCode::input, path.string() + ": cannot be read; check the path");
  }
  if (size > kMostBytes) {
    throw Error(ErrorCode::input, path.string() + ": larger than 256 MiB; give an annotation");
  }
  std::string text(size, '\0');
  file.read(text.data(), static_cast<std::streamsize>(size));
  if (file.gcount() != static_cast<std::streamsize>(size)) {
    throw Error(ErrorCode::input, path.string() + ": reading broke off; check the disk");
  }
  return text;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r";
  const auto first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

}  // namespace

AnnotationLines::AnnotationLines(std::filesystem::path path)
    : path_(std::move(path)), text_(read_text(path_)) {
  if (text_.starts_with(kByteOrderMark)) next_ = kByteOrderMark.size();
  advance();
}

AnnotationLines::Found AnnotationLines::find_next() const {
  const std::string_view text = text_;
  Found found{{}, next_, number_};
  while (found.line.empty() && found.next < text.size()) {
    const auto end = std::min(text.find('\n', found.next), text.size());
    found.line = trimmed(text.substr(found.next, end - found.next));
    found.next = end + 1;
    ++found.number;
  }
  return found;
}

std::string_view AnnotationLines::following() const { return find_next().line; }

void AnnotationLines::advance() {
  const auto found = find_next();
  line_ = found.line;
  next_ = found.next;
  number_ = found.number;
}

void AnnotationLines::complain(MarkedPictures& pictures, std::size_t number,
                               const std::string& what) const {
  if (pictures.complaints.size() >= kMostComplaints) return;
  pictures.complaints.push_back(path_.string() + ": line " + std::to_string(number) + ": " + what);
}

ParsedNumbers parse_numbers(std::string_view text, char separator, std::span<float> numbers) {
  bool first = true;
  for (auto& number : numbers) {
    const auto blanks = text.size() - trimmed(text).size();
    text = trimmed(text);
    if (!first && separator == ' ' && blanks == 0) return ParsedNumbers::other_text;
    if (!first && separator != ' ') {
      if (!text.starts_with(separator)) return ParsedNumbers::other_text;
      text = trimmed(text.substr(1));
    }
    first = false;
    const auto* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    if (error == std::errc::result_out_of_range) return ParsedNumbers::out_of_range;
    if (error != std::errc() || std::isnan(number)) return ParsedNumbers::other_text;
    if (std::abs(number) > kLargestNumber) return ParsedNumbers::out_of_range;
    text.remove_prefix(static_cast<std::size_t>(rest - text.data()));
  }
  return trimmed(text).empty() ? ParsedNumbers::good : ParsedNumbers::other_text;
}

std::optional<std::filesystem::path> picture_in(const std::filesystem::path& folder,
                                                std::string_view name) {
  const std::filesystem::path relative(name);
  if (relative.empty() || relative.has_root_path() || name.find('\0') != std::string_view::npos) {
    return std::nullopt;
  }
  for (const auto& part : relative) {
    if (part == "..") return std::nullopt;
  }
  return folder / relative;
}

FaceCheck::FaceCheck(const std::filesystem::path& picture) {
  const auto size = jpeg_size(picture);
  width_ = size ? static_cast<float>(size->width) : std::numeric_limits<float>::infinity();
  height_ = size ? static_cast<float>(size->height) : std::numeric_limits<float>::infinity();
}

std::optional<std::string> FaceCheck::complaint(const MarkedFace& face) const {
  return complaint_about(face, width_, height_);
}

void FaceCheck::cut(MarkedFace& face) const {
  if (std::isfinite(width_)) mien::cut(face, width_, height_);
}

}  // namespace mien
