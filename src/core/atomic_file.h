#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace mien {

/// Writes the whole file or none of it: to a neighbour first, which then takes the final name, so
/// that a full disk or a kill leaves what was there before. Throws Error (internal) naming the path
/// and the system's reason. Makes the folder when it is missing.
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

/// Who may read a new file.
enum class FileAccess { everybody, user_alone };

/// The same, piece by piece: nothing stands under the file's name before commit().
class AtomicFile {
 public:
  /// Opens the neighbour, so that a path that cannot be written is found before there is anything
  /// to write. Throws as write_file_atomically() does.
  explicit AtomicFile(std::filesystem::path path, FileAccess access = FileAccess::everybody);
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  /// Without commit() nothing is left.
  ~AtomicFile();

  void append(std::string_view bytes);

  /// Gives the file its name. Nothing may be appended afterwards.
  void commit();

 private:
  void write_buffer();

  std::filesystem::path path_;
  std::filesystem::path neighbour_;
  std::string buffer_;
  int descriptor_;
  bool kept_ = false;
};

}  // namespace mien
