#include "quiet_picture.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <string>

#include "mien/error.h"
#include "mien/picture.h"

namespace mien::apps {
namespace {

/// While it lives, what is written on standard error is kept instead.
class KeptStandardError {
 public:
  KeptStandardError()
      : saved_(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)),
        kept_(::memfd_create("mien-stderr", MFD_CLOEXEC)) {
    if (saved_ >= 0 && kept_ >= 0) ::dup2(kept_, STDERR_FILENO);
  }
  KeptStandardError(const KeptStandardError&) = delete;
  KeptStandardError& operator=(const KeptStandardError&) = delete;
  ~KeptStandardError() {
    if (saved_ >= 0) {
      ::dup2(saved_, STDERR_FILENO);
      ::close(saved_);
    }
    if (kept_ >= 0) ::close(kept_);
  }

  /// The first words of it, enough to tell what it is about.
  std::string text() const {
    std::array<char, 4096> block{};
    const auto size = ::pread(kept_, block.data(), block.size(), 0);
    return {block.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
  }

 private:
  int saved_;
  int kept_;
};

/// libjpeg goes on where pixels are missing or garbled, and says so on standard error alone. Its
/// other words, such as those of extraneous bytes, are about files that look right.
bool tells_of_damage(const std::string& words) {
  return words.find("premature end") != std::string::npos ||
         words.find("bad Huffman code") != std::string::npos;
}

}  // namespace

Image read_picture_quietly(const std::filesystem::path& path) {
  const KeptStandardError words;
  auto picture = read_picture(path);
  if (tells_of_damage(words.text())) {
    throw Error(
        ErrorCode::input,
        path.string() + ": some of its pixels are damaged; get it again from where it came");
  }
  return picture;
}

}  // namespace mien::apps
