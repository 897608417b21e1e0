#include "output/child_process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <thread>

namespace mien {
namespace {

constexpr int kKilled = 128;

/// How the child begins: nothing of ours but its arguments.
class Setting {
 public:
  Setting() {
    posix_spawn_file_actions_init(&files_);
    posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&files_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addclosefrom_np(&files_, STDERR_FILENO + 1);
    posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    // In a group of its own a Ctrl-C that ends us in order does not tear its work.
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  Setting(const Setting&) = delete;
  Setting& operator=(const Setting&) = delete;
  ~Setting() {
    posix_spawn_file_actions_destroy(&files_);
    posix_spawnattr_destroy(&attributes_);
  }

  std::optional<pid_t> start(const std::vector<std::string>& arguments) const {
    std::vector<std::string> copies = arguments;
    std::vector<char*> pointers;
    for (auto& copy : copies) pointers.push_back(copy.data());
    pointers.push_back(nullptr);
    pid_t child = 0;
    if (::posix_spawnp(&child, pointers[0], &files_, &attributes_, pointers.data(), environ) != 0) {
      return {};
    }
    return child;
  }

 private:
  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t attributes_{};
};

}  // namespace

std::optional<int> run_program(const std::vector<std::string>& arguments,
                               std::chrono::milliseconds limit, const std::stop_token& stop) {
  constexpr auto kLookEvery = std::chrono::milliseconds(5);
  const auto child = Setting().start(arguments);
  if (!child) return {};
  const auto end = std::chrono::steady_clock::now() + limit;
  int status = 0;
  while (true) {
    const auto ended = ::waitpid(*child, &status, WNOHANG);
    if (ended == *child) break;
    if (ended < 0 && errno != EINTR) return kKilled;
    if (stop.stop_requested() || std::chrono::steady_clock::now() >= end) {
      ::kill(-*child, SIGKILL);
      ::kill(*child, SIGKILL);
      while (::waitpid(*child, &status, 0) < 0 && errno == EINTR) {
      }
      return kKilled;
    }
    std::this_thread::sleep_for(kLookEvery);
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : kKilled;
}

}  // namespace mien
