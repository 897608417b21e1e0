#pragma once

#include <filesystem>
#include <string>

namespace mien::test {

/// Writes pictures with drawn faces into `folder`/wider (WIDER FACE's format) and `folder`/
/// face_landmarks, as JPEG files.
void write_made_detection(const std::filesystem::path& folder, int pictures, int faces);

/// A black picture.
void write_jpeg(const std::filesystem::path& path, int width, int height);

/// A recipe for them that takes a second; `scene` is appended to its [scene] table.
std::string made_detection_recipe(int epochs, const std::string& scene = "");

}  // namespace mien::test
