#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace mien::server {

/// Where temporary files go. Throws Error (usage) when TMPDIR names no folder.
std::filesystem::path temporary_folder();

/// A new folder that its user alone may look into, removed at the end with all that is in it. What
/// a run that was killed left behind goes when the next begins.
class PrivateFolder {
 public:
  /// Makes PARENT/PREFIX-XXXXXX, and removes the folders of that kind that no process holds any
  /// more. Throws Error (internal) when it cannot be made.
  PrivateFolder(const std::filesystem::path& parent, const std::string& prefix);
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;
  ~PrivateFolder();

  const std::filesystem::path& path() const { return path_; }

  /// Before its end, where that may come late. There is no such folder afterwards.
  void remove();

  /// Whether its disk takes so many bytes and keeps some for others.
  bool has_room_for(std::uint64_t bytes) const;

 private:
  void hold();

  std::filesystem::path path_;
  int lock_ = -1;
};

}  // namespace mien::server
