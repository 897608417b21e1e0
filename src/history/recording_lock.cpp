#include "history/recording_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "mien/error.h"

namespace mien {

RecordingLock::RecordingLock(const std::filesystem::path& history) {
  auto path = history;
  path += ".lock";
  constexpr mode_t kUserAlone = 0600;
  descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kUserAlone);
  if (descriptor_ < 0) {
    throw Error(ErrorCode::internal,
                path.string() + ": cannot write: " + std::generic_category().message(errno) +
                    "; check the folder's permissions or give another file");
  }
}

RecordingLock::~RecordingLock() { ::close(descriptor_); }

bool RecordingLock::is_only_one() { return ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0; }

void RecordingLock::share() {
  while (::flock(descriptor_, LOCK_SH) != 0 && errno == EINTR) {
  }
}

void RecordingLock::release() { ::flock(descriptor_, LOCK_UN); }

}  // namespace mien
