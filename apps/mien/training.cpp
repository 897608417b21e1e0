#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>
#include <string_view>

#include "commands.h"
#include "mien/error.h"

namespace mien::apps {
namespace {

constexpr std::array<std::string_view, 4> kCommands = {"train", "tune", "export", "explore"};

}  // namespace

void run_training_command(char** arguments) {
  const char* command = arguments[1];
  if (command == nullptr ||
      std::find(kCommands.begin(), kCommands.end(), command) == kCommands.end()) {
    return;
  }
  std::error_code error;
  const auto program =
      std::filesystem::read_symlink("/proc/self/exe", error).parent_path() / "mien-train";
  ::execv(program.c_str(), arguments);
  throw Error(ErrorCode::internal, program.string() + ": cannot be run, and `mien " + command +
                                       "` needs it; build Mien with LibTorch (MIEN_TRAIN=ON)");
}

}  // namespace mien::apps
