#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>

#include "dataset/formats/formats.h"
#include "mien/error.h"

namespace mien {
namespace {

using Path = std::filesystem::path;

constexpr int kContempt = 7;
constexpr int kLargestLabel = 10;  // 8 none, 9 uncertain, 10 not a face

/// By AffectNet's numbers.
constexpr std::array<Expression, 7> kExpressions = {
    Expression::neutral, Expression::happy,   Expression::sad,  Expression::surprise,
    Expression::fear,    Expression::disgust, Expression::angry};

std::optional<int> number_of(std::string_view text) {
  int number = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool valid = error == std::errc() && end == text.data() + text.size() && number >= 0 &&
                     number <= kLargestLabel;
  return valid ? std::optional(number) : std::nullopt;
}

void add(const Path& file, int label, PictureListing& listing) {
  if (label < kContempt) {
    listing.pictures.push_back({file, kExpressions.at(static_cast<std::size_t>(label))});
  } else {
    listing.left_out.add(label == kContempt ? "pictures of contempt, which Mien does not name"
                                            : "pictures labelled as no expression",
                         file);
  }
}

std::string read_start(const Path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string bytes(1024, '\0');
  stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(stream.gcount()));
  return bytes;
}

/// The one value in a file that numpy wrote (numpy.lib.format): a text, in characters of four bytes
/// or of one, or a whole number.
std::optional<int> numpy_value(std::string_view bytes) {
  constexpr std::size_t kPreamble = 10;  // "\x93NUMPY", version, length of the header
  if (!bytes.starts_with("\x93NUMPY\x01") || bytes.size() < kPreamble) return std::nullopt;
  const auto length = static_cast<std::size_t>(static_cast<std::uint8_t>(bytes[8])) +
                      256 * static_cast<std::size_t>(static_cast<std::uint8_t>(bytes[9]));
  const auto header = bytes.substr(kPreamble, length);
  const auto data = bytes.substr(std::min(kPreamble + length, bytes.size()));
  if (header.find("<i") != std::string_view::npos || header.find("|u1") != std::string_view::npos ||
      header.find("|i1") != std::string_view::npos) {
    const bool is_small =
        !data.empty() && data.find_first_not_of('\0', 1) == std::string_view::npos;
    const int value = is_small ? static_cast<std::uint8_t>(data[0]) : -1;
    return value >= 0 && value <= kLargestLabel ? std::optional(value) : std::nullopt;
  }
  std::string text(data);
  std::erase(text, '\0');
  return number_of(text);
}

int annotated_label(const Path& annotation) {
  const auto label = numpy_value(read_start(annotation));
  if (label) return *label;
  throw Error(ErrorCode::model, annotation.string() +
                                    ": not a label of AffectNet, 0 to 10, as numpy writes it; get "
                                    "the file again or remove it and its picture");
}

bool has_annotations(const Path& folder) {
  std::error_code ignored;
  return std::filesystem::is_directory(folder / "images", ignored) &&
         std::filesystem::is_directory(folder / "annotations", ignored);
}

void list_annotated(const Path& folder, PictureListing& listing) {
  for (const auto& file : entries_of(folder / "images")) {
    if (!is_picture_file(file)) continue;
    const auto annotation = folder / "annotations" / (file.stem().string() + "_exp.npy");
    std::error_code ignored;
    if (std::filesystem::exists(annotation, ignored)) {
      add(file, annotated_label(annotation), listing);
    } else {
      listing.left_out.add("pictures without a label", file);
    }
  }
}

void list_numbered(const Path& folder, PictureListing& listing) {
  for (const auto& numbered : folders_of(folder)) {
    const auto label = number_of(numbered.filename().string());
    if (!label) {
      throw Error(ErrorCode::model,
                  numbered.string() +
                      ": AffectNet's folders are named 0 neutral, 1 happy, 2 sad, 3 surprise, 4 "
                      "fear, 5 disgust, 6 anger, 7 contempt; or choose one of its folders by "
                      "--split");
    }
    for (const auto& file : entries_of(numbered)) {
      if (is_picture_file(file)) add(file, *label, listing);
    }
  }
}

}  // namespace

bool is_affectnet(const Path& root) {
  if (has_annotations(root)) return true;
  return std::ranges::any_of(folders_of(root), has_annotations);
}

PictureListing list_affectnet(const Path& root, const std::string& split) {
  const auto folder = split_folder(root, split);
  PictureListing listing;
  if (has_annotations(folder)) {
    list_annotated(folder, listing);
  } else {
    list_numbered(folder, listing);
  }
  return listing;
}

}  // namespace mien
