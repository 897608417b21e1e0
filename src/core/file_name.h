#pragma once

#include <filesystem>
#include <string>

namespace mien {

/// ".jpg" of "A.JPG"; ASCII letters alone, as in the extensions that Mien knows.
inline std::string lower_case_extension(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  for (auto& c : extension) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return extension;
}

}  // namespace mien
