#include "output/preview_window.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <string>

#include "mien/error.h"

namespace mien {
namespace {

using testing::HasSubstr;

std::string failure_to_open() {
  try {
    const PreviewWindow window("test");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::usage);
    return error.what();
  }
  return "no error";
}

/// An X server without a screen, where Xvfb is installed.
class VirtualDisplay {
 public:
  VirtualDisplay() {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return;
    const std::string descriptor = std::to_string(ends[1]);
    std::array<std::string, 5> words = {"Xvfb", "-displayfd", descriptor, "-nolisten", "tcp"};
    std::array<char*, 6> arguments{};
    for (std::size_t i = 0; i < words.size(); ++i) arguments.at(i) = words.at(i).data();
    const bool started =
        ::posix_spawnp(&server_, "Xvfb", nullptr, nullptr, arguments.data(), environ) == 0;
    ::close(ends[1]);
    if (!started) server_ = 0;
    char letter = 0;
    while (::read(ends[0], &letter, 1) == 1 && letter != '\n') number_ += letter;
    ::close(ends[0]);
  }
  VirtualDisplay(const VirtualDisplay&) = delete;
  VirtualDisplay& operator=(const VirtualDisplay&) = delete;
  ~VirtualDisplay() {
    if (server_ == 0) return;
    ::kill(server_, SIGTERM);
    ::waitpid(server_, nullptr, 0);
  }

  std::optional<std::string> name() const {
    if (number_.empty()) return {};
    return ":" + number_;
  }

 private:
  pid_t server_ = 0;
  std::string number_;
};

// NOLINTBEGIN(concurrency-mt-unsafe): a test has one thread

TEST(PreviewWindow, WithoutADisplayIsAClearError) {
  ::unsetenv("QT_QPA_PLATFORM");
  ::unsetenv("DISPLAY");
  EXPECT_THAT(failure_to_open(), HasSubstr("DISPLAY is not set"));
}

TEST(PreviewWindow, ADisplayThatDoesNotAnswerIsAClearError) {
  ::unsetenv("QT_QPA_PLATFORM");
  ::setenv("DISPLAY", ":65432", 1);
  EXPECT_THAT(failure_to_open(), HasSubstr(":65432"));
}

TEST(PreviewWindow, ShowsFramesOfAnySize) {
  const VirtualDisplay display;
  if (!display.name()) GTEST_SKIP() << "Xvfb is not installed";
  ::setenv("DISPLAY", display.name()->c_str(), 1);
  ::setenv("QT_QPA_PLATFORM", "xcb", 1);
  PreviewWindow window("test");
  EXPECT_TRUE(window.show(Image()));
  EXPECT_TRUE(window.show(Image(320, 240, PixelFormat::bgr)));
  EXPECT_TRUE(window.show(Image(3840, 2160, PixelFormat::bgr)));
  EXPECT_TRUE(window.show(Image(1, 1, PixelFormat::bgr)));
}

// NOLINTEND(concurrency-mt-unsafe)

}  // namespace
}  // namespace mien
