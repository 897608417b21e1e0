#include "dataset/utkface.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <system_error>
#include <utility>

#include "mien/error.h"

namespace mien {
namespace {

constexpr int kOldest = 116;
constexpr std::size_t kMostComplaints = 100;

constexpr std::array<std::pair<UtkFaceSplit, std::string_view>, 4> kSplits = {
    {{UtkFaceSplit::training, "training"},
     {UtkFaceSplit::validation, "validation"},
     {UtkFaceSplit::test, "test"},
     {UtkFaceSplit::all, "all"}}};

/// FNV-1a (Fowler, Noll and Vo), its halves joined: of all tenths the same share of the names.
std::uint32_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return static_cast<std::uint32_t>(hash ^ (hash >> 32));
}

/// Some pictures are there twice, with one date and different labels: the date alone decides.
UtkFaceSplit split_of(std::string_view date) {
  const auto tenth = hash_of(date) % 10;
  if (tenth == 0) return UtkFaceSplit::test;
  return tenth == 1 ? UtkFaceSplit::validation : UtkFaceSplit::training;
}

/// The number up to the next underscore, which is taken too.
std::optional<int> next_number(std::string_view& text, int highest) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const auto length = static_cast<std::size_t>(end - text.data());
  const bool valid =
      error == std::errc() && length < text.size() && *end == '_' && value >= 0 && value <= highest;
  if (!valid) return std::nullopt;
  text.remove_prefix(length + 1);
  return value;
}

/// The face of a file; what follows its labels is left in `stem`: the date.
std::optional<UtkFace> face_of(const std::filesystem::path& path, std::string_view& stem) {
  const auto age = next_number(stem, kOldest);
  const auto gender = age ? next_number(stem, 1) : std::nullopt;
  const auto race =
      gender ? next_number(stem, static_cast<int>(kUtkRaces.size()) - 1) : std::nullopt;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (!race || stem.empty() || !std::all_of(stem.begin(), stem.end(), is_digit)) {
    return std::nullopt;
  }
  return UtkFace{path, *age, *gender == 1 ? Gender::female : Gender::male,
                 kUtkRaces[static_cast<std::size_t>(*race)]};
}

std::vector<std::filesystem::path> jpeg_files(const std::filesystem::path& root) {
  std::error_code error;
  std::vector<std::filesystem::path> files;
  std::filesystem::directory_iterator entry(root, error);
  if (error) {
    throw Error(ErrorCode::input,
                root.string() + ": " + error.message() + "; give the folder of UTKFace");
  }
  for (; entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    if (error) break;
    const auto extension = entry->path().extension();
    if (extension == ".jpg" || extension == ".jpeg") files.push_back(entry->path());
  }
  if (error) throw Error(ErrorCode::input, root.string() + ": " + error.message());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

std::string_view name(UtkFaceSplit split) {
  const auto* const found = std::find_if(kSplits.begin(), kSplits.end(),
                                         [&](const auto& known) { return known.first == split; });
  return found->second;
}

std::optional<UtkFaceSplit> utk_face_split_from_name(std::string_view name) {
  for (const auto& [split, known] : kSplits) {
    if (known == name) return split;
  }
  return std::nullopt;
}

UtkFaces read_utk_faces(const std::filesystem::path& root, UtkFaceSplit split) {
  UtkFaces result;
  for (const auto& path : jpeg_files(root)) {
    const auto file = path.filename().string();
    auto stem = std::string_view(file).substr(0, file.find('.'));
    const auto face = face_of(path, stem);
    if (!face) {
      ++result.skipped;
      if (result.complaints.size() < kMostComplaints) {
        result.complaints.push_back(path.string() +
                                    ": its name is not AGE_GENDER_RACE_DATE.jpg; skipped");
      }
    } else if (split == UtkFaceSplit::all || split_of(stem) == split) {
      result.faces.push_back(*face);
    }
  }
  if (result.faces.empty()) {
    throw Error(ErrorCode::input, root.string() + ": no face of UTKFace's split " +
                                      std::string(name(split)) +
                                      " (AGE_GENDER_RACE_DATE.jpg.chip.jpg); check the folder");
  }
  return result;
}

}  // namespace mien
