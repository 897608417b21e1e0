#include "core/atomic_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "mien/error.h"

namespace mien {
namespace {

constexpr std::size_t kBufferSize = 1 << 16;

[[noreturn]] void fail(const std::filesystem::path& path, int reason) {
  throw Error(ErrorCode::internal,
              path.string() + ": cannot write: " + std::generic_category().message(reason) +
                  "; check the disk's free space and the folder's permissions");
}

void make_folder_of(const std::filesystem::path& path) {
  if (!path.has_parent_path()) return;
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  if (error) fail(path, error.value());
}

std::filesystem::path neighbour_of(std::filesystem::path path) {
  return path += ".part" + std::to_string(::getpid());
}

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

AtomicFile::AtomicFile(std::filesystem::path path, FileAccess access)
    : path_(std::move(path)), neighbour_(neighbour_of(path_)), descriptor_(-1) {
  make_folder_of(path_);
  descriptor_ = ::open(neighbour_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
                       access == FileAccess::everybody ? 0644 : 0600);
  if (descriptor_ < 0) fail(path_, errno);
}

AtomicFile::~AtomicFile() {
  ::close(descriptor_);
  if (!kept_) ::unlink(neighbour_.c_str());
}

void AtomicFile::append(std::string_view bytes) {
  if (buffer_.size() + bytes.size() < kBufferSize) {
    buffer_ += bytes;
    return;
  }
  write_buffer();
  if (!write_all(descriptor_, bytes)) fail(path_, errno);
}

void AtomicFile::commit() {
  write_buffer();
  kept_ = ::fsync(descriptor_) == 0 && ::rename(neighbour_.c_str(), path_.c_str()) == 0;
  if (!kept_) fail(path_, errno);
}

void AtomicFile::write_buffer() {
  if (!write_all(descriptor_, buffer_)) fail(path_, errno);
  buffer_.clear();
}

void write_file_atomically(const std::filesystem::path& path, std::string_view bytes) {
  AtomicFile file(path);
  file.append(bytes);
  file.commit();
}

}  // namespace mien
