#include "core/progress_bar.h"

#include <gtest/gtest.h>

#include <string>

namespace mien {
namespace {

TEST(FramesLine, ShowsHowFarHowFastAndHowLongStill) {
  EXPECT_EQ(frames_line("analyze", 125, 250, 31.25),
            "analyze ████████████············ 50%  125/250 frames  31.2 frames/s  0:04 left");
  EXPECT_EQ(frames_line("analyze", 1, 200'001, 20),
            "analyze ························ 0%  1/200001 frames  20.0 frames/s  2:46:40 left");
}

TEST(FramesLine, ALiveSourceHasNoEnd) {
  EXPECT_EQ(frames_line("camera:0", 1234, {}, 29.97), "camera:0 1234 frames  30.0 frames/s");
  EXPECT_EQ(frames_line("camera:0", 0, {}, 0), "camera:0 0 frames");
}

TEST(FramesLine, WrongTotalsAreFine) {
  EXPECT_EQ(frames_line("a", 12, 10, 5),
            "a ████████████████████████ 100%  12/10 frames  5.0 frames/s");
  EXPECT_EQ(frames_line("a", 12, 0, 5), "a 12 frames  5.0 frames/s");
  EXPECT_NE(frames_line("a", 1, ~0ULL, 1e-9).find("99:59:59 left"), std::string::npos);
}

}  // namespace
}  // namespace mien
