#include "quiet_picture.h"

#include <fcntl.h>
#include <unistd.h>

#include "mien/picture.h"

namespace mien::apps {
namespace {

/// While it lives, standard error goes nowhere.
class QuietStandardError {
 public:
  QuietStandardError() : saved_(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)) {
    const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere < 0) return;
    if (saved_ >= 0) ::dup2(nowhere, STDERR_FILENO);
    ::close(nowhere);
  }
  QuietStandardError(const QuietStandardError&) = delete;
  QuietStandardError& operator=(const QuietStandardError&) = delete;
  ~QuietStandardError() {
    if (saved_ < 0) return;
    ::dup2(saved_, STDERR_FILENO);
    ::close(saved_);
  }

 private:
  int saved_;
};

}  // namespace

Image read_picture_quietly(const std::filesystem::path& path) {
  const QuietStandardError quiet;
  return read_picture(path);
}

}  // namespace mien::apps
