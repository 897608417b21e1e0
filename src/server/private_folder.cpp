#include "server/private_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

#include "mien/error.h"

namespace mien::server {
namespace {

using Path = std::filesystem::path;

constexpr const char* kLock = "lock";
constexpr std::uint64_t kForOthers = 100U << 20U;

[[noreturn]] void fail(const Path& path, int reason) {
  throw Error(ErrorCode::internal,
              path.string() +
                  ": cannot make a private folder: " + std::generic_category().message(reason) +
                  "; check the disk's free space, or name another folder by TMPDIR");
}

bool is_own_folder(const Path& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
         status.st_uid == ::geteuid();
}

/// Whether the process that made the folder is gone: its lock went with it.
bool is_left_behind(const Path& folder) {
  const int lock = ::open((folder / kLock).c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC);
  if (lock < 0) return false;
  const bool free = ::flock(lock, LOCK_EX | LOCK_NB) == 0;
  ::close(lock);
  return free;
}

void remove_left_behind(const Path& parent, const std::string& prefix) {
  std::error_code ignored;
  for (std::filesystem::directory_iterator entry(parent, ignored), end; !ignored && entry != end;
       entry.increment(ignored)) {
    const auto& path = entry->path();
    if (!path.filename().string().starts_with(prefix + "-")) continue;
    std::error_code kept;
    if (is_own_folder(path) && is_left_behind(path)) std::filesystem::remove_all(path, kept);
  }
}

}  // namespace

Path temporary_folder() {
  std::error_code error;
  auto folder = std::filesystem::temp_directory_path(error);
  if (!error) return folder;
  const char* named = std::getenv("TMPDIR");
  throw Error(ErrorCode::usage, "TMPDIR: " + std::string(named == nullptr ? "/tmp" : named) + ": " +
                                    error.message() + "; name a folder that can be written to");
}

PrivateFolder::PrivateFolder(const Path& parent, const std::string& prefix) {
  remove_left_behind(parent, prefix);
  std::string name = (parent / (prefix + "-XXXXXX")).string();
  if (::mkdtemp(name.data()) == nullptr) fail(name, errno);
  path_ = name;
  hold();
}

PrivateFolder::~PrivateFolder() { remove(); }

void PrivateFolder::remove() {
  if (lock_ < 0) return;
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
  ::close(std::exchange(lock_, -1));
}

bool PrivateFolder::has_room_for(std::uint64_t bytes) const {
  std::error_code unknown;
  const auto space = std::filesystem::space(path_, unknown);
  return unknown || (space.available > kForOthers && bytes <= space.available - kForOthers);
}

/// The lock has its name only once it is held, so that nobody takes this folder for one that was
/// left behind.
void PrivateFolder::hold() {
  const auto unnamed = path_ / "lock.new";
  lock_ = ::open(unnamed.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
  if (lock_ >= 0 && ::flock(lock_, LOCK_EX | LOCK_NB) == 0 &&
      ::rename(unnamed.c_str(), (path_ / kLock).c_str()) == 0) {
    return;
  }
  const int reason = errno;
  if (lock_ >= 0) ::close(lock_);
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
  fail(path_, reason);
}

}  // namespace mien::server
