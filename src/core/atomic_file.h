#pragma once

#include <filesystem>
#include <string_view>

namespace mien {

/// Writes the whole file or none of it: to a neighbour first, which then takes the final name, so
/// that a full disk or a kill leaves what was there before. Throws Error (internal) naming the path
/// and the system's reason. Makes the folder when it is missing.
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

}  // namespace mien
