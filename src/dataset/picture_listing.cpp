#include "dataset/picture_listing.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/file_name.h"
#include "mien/error.h"

namespace mien {

using Path = std::filesystem::path;

void LeftOut::add(const std::string& why, const Path& which, std::size_t count) {
  auto& some = by_reason_[why];
  if (some.count == 0) some.first = which;
  some.count += count;
}

void LeftOut::add(const LeftOut& others) {
  for (const auto& [why, some] : others.by_reason_) add(why, some.first, some.count);
}

std::vector<std::string> LeftOut::notes() const {
  std::vector<std::string> lines;
  for (const auto& [why, some] : by_reason_) {
    lines.push_back("left out: " + std::to_string(some.count) + ' ' + why +
                    " (the first: " + some.first.string() + ")");
  }
  return lines;
}

std::vector<Path> entries_of(const Path& folder) {
  std::vector<Path> found;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (!entry->path().filename().string().starts_with('.')) found.push_back(entry->path());
  }
  if (error) {
    throw Error(ErrorCode::input, folder.string() + ": cannot read the folder: " + error.message() +
                                      "; check the data's path and the split");
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<Path> folders_of(const Path& folder) {
  auto found = entries_of(folder);
  std::erase_if(found, [](const Path& path) {
    std::error_code ignored;
    return !std::filesystem::is_directory(path, ignored);
  });
  return found;
}

std::vector<Path> files_below(const Path& folder, int depth) {
  std::vector<Path> files;
  for (const auto& entry : entries_of(folder)) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(entry, ignored)) {
      files.push_back(entry);
    } else if (depth > 0) {
      const auto deeper = files_below(entry, depth - 1);
      files.insert(files.end(), deeper.begin(), deeper.end());
    }
  }
  return files;
}

bool is_picture_file(const Path& path) {
  static constexpr std::array<std::string_view, 7> extensions = {".png",  ".jpg",  ".jpeg", ".tif",
                                                                 ".tiff", ".webp", ".bmp"};
  const auto extension = lower_case_extension(path);
  return std::find(extensions.begin(), extensions.end(), extension) != extensions.end();
}

}  // namespace mien
