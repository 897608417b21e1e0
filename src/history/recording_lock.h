#pragma once

#include <filesystem>

namespace mien {

/// Tells whether any program records into a history: each that does holds a share of a lock file
/// beside it, which the system takes back however a program ends.
class RecordingLock {
 public:
  /// Throws Error (internal) when the file cannot be made.
  explicit RecordingLock(const std::filesystem::path& history);
  RecordingLock(const RecordingLock&) = delete;
  RecordingLock& operator=(const RecordingLock&) = delete;
  ~RecordingLock();

  /// False when another program records.
  bool is_only_one();
  /// To be held while this program records.
  void share();
  void release();

 private:
  int descriptor_;
};

}  // namespace mien
