#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <optional>
#include <string_view>

#include "dataset/formats/formats.h"
#include "mien/error.h"

namespace mien {
namespace {

using Path = std::filesystem::path;

/// The pictures at the end of a sequence that show its expression, as is usual.
constexpr std::size_t kPeakPictures = 3;

/// By CK+'s numbers; contempt has none.
constexpr std::array<std::optional<Expression>, 8> kExpressions = {
    Expression::neutral, Expression::angry, std::nullopt,    Expression::disgust,
    Expression::fear,    Expression::happy, Expression::sad, Expression::surprise};

/// The first of the folders that is there.
std::optional<Path> first_folder(const Path& root, std::initializer_list<const char*> names) {
  for (const auto* name : names) {
    std::error_code ignored;
    if (std::filesystem::is_directory(root / name, ignored)) return root / name;
  }
  return std::nullopt;
}

std::optional<Path> pictures_folder(const Path& root) {
  return first_folder(root, {"cohn-kanade-images", "extended-cohn-kanade-images/cohn-kanade-images",
                             "CK+/cohn-kanade-images"});
}

std::optional<Path> labels_folder(const Path& root) {
  return first_folder(root, {"Emotion", "Emotion_labels/Emotion", "Emotion_labels", "CK+/Emotion"});
}

/// The number in a file such as S005_001_00000011_emotion.txt: "   3.0000000e+00".
std::size_t read_label(const Path& file) {
  std::ifstream stream(file);
  std::array<char, 64> text{};
  stream.read(text.data(), text.size());
  std::string_view word(text.data(), static_cast<std::size_t>(stream.gcount()));
  word.remove_prefix(std::min(word.find_first_not_of(" \t\r\n"), word.size()));
  double number = -1;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  word.remove_prefix(static_cast<std::size_t>(end - word.data()));
  const bool valid = error == std::errc() && number >= 0 && number < kExpressions.size() &&
                     number == static_cast<double>(static_cast<int>(number)) &&
                     word.find_first_not_of(" \t\r\n") == std::string_view::npos;
  if (!valid) {
    throw Error(ErrorCode::model, file.string() +
                                      ": not a label of CK+, 0 to 7 (neutral, anger, contempt, "
                                      "disgust, fear, happy, sadness, surprise); correct or remove "
                                      "the file");
  }
  return static_cast<std::size_t>(number);
}

std::optional<std::size_t> label_of(const Path& folder) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored)) return std::nullopt;
  for (const auto& file : entries_of(folder)) {
    if (file.filename().string().ends_with("_emotion.txt")) return read_label(file);
  }
  return std::nullopt;
}

void add_sequence(const Path& sequence, const Path& labels, const std::string& subject,
                  PictureListing& listing) {
  auto pictures = entries_of(sequence);
  std::erase_if(pictures, [](const Path& file) { return !is_picture_file(file); });
  if (pictures.empty()) return;
  const auto label = label_of(labels / subject / sequence.filename());
  if (!label) {
    listing.left_out.add("sequences without a label", sequence);
    return;
  }
  const auto expression = kExpressions.at(*label);
  if (!expression) {
    listing.left_out.add("sequences of contempt, which Mien does not name", sequence);
    return;
  }
  const auto peak = pictures.size() - std::min(kPeakPictures, pictures.size() - 1);
  if (pictures.size() > 1) {
    listing.pictures.push_back({pictures.front(), Expression::neutral, subject});
  }
  for (auto i = std::min(peak, pictures.size() - 1); i < pictures.size(); ++i) {
    listing.pictures.push_back({pictures[i], *expression, subject});
  }
}

}  // namespace

bool is_ck_plus(const Path& root) { return pictures_folder(root) && labels_folder(root); }

PictureListing list_ck_plus(const Path& root, const std::string& split) {
  require_no_split(root, split);
  const auto pictures = pictures_folder(root);
  const auto labels = labels_folder(root);
  if (!pictures || !labels) {
    throw Error(ErrorCode::input, root.string() +
                                      ": not CK+, which has the folders cohn-kanade-images and "
                                      "Emotion; check the data's path");
  }
  PictureListing listing;
  for (const auto& subject : folders_of(*pictures)) {
    for (const auto& sequence : folders_of(subject)) {
      add_sequence(sequence, *labels, subject.filename().string(), listing);
    }
  }
  return listing;
}

}  // namespace mien
