#include "vision/source/interruption.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdint>

#include "mien/error.h"

namespace mien {

Interruption::Interruption() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (event_ < 0) {
    throw Error(ErrorCode::internal, "frame source: no file handle left; close other programs");
  }
}

Interruption::~Interruption() { ::close(event_); }

void Interruption::set() noexcept {
  set_ = true;
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(event_, &one, sizeof one);
}

bool Interruption::wait(double seconds) const {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  while (!set_) {
    const std::chrono::duration<double, std::milli> left = end - Clock::now();
    if (left.count() <= 0) return true;
    pollfd event{.fd = event_, .events = POLLIN, .revents = 0};
    ::poll(&event, 1, static_cast<int>(std::ceil(left.count())));
  }
  return false;
}

bool Interruption::wait_readable(int file) const {
  while (!set_) {
    std::array<pollfd, 2> files = {pollfd{.fd = file, .events = POLLIN, .revents = 0},
                                   pollfd{.fd = event_, .events = POLLIN, .revents = 0}};
    const int ready = ::poll(files.data(), files.size(), -1);
    if (ready > 0 && files[0].revents != 0 && !set_) return true;
    if (ready < 0 && errno != EINTR) return true;  // read() will say what is wrong
  }
  return false;
}

}  // namespace mien
