#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace mien::test {

/// Writes pictures with drawn faces into `folder`/wider (WIDER FACE's format) and `folder`/
/// face_landmarks, as JPEG files.
void write_made_detection(const std::filesystem::path& folder, int pictures, int faces);

/// A black picture.
void write_jpeg(const std::filesystem::path& path, int width, int height);
/// A picture of those gray levels.
void write_jpeg(const std::filesystem::path& path, std::vector<std::uint8_t> gray, int width,
                int height);

/// A recipe for them that takes a second; `scene` is appended to its [scene] table.
std::string made_detection_recipe(int epochs, const std::string& scene = "");

}  // namespace mien::test
