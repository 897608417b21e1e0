#include "output/output_names.h"

#include <gtest/gtest.h>

#include "mien/error.h"
#include "test_pictures.h"

namespace mien {
namespace {

TEST(VideoNames, AFolderTakesVideosNamedAfterTheirSources) {
  const test::TemporaryFolder folder;
  VideoNames names(folder.path() / "out", {"x/a.avi"});
  EXPECT_EQ(names.next("x/a.avi"), folder.path() / "out/a.annotated.mp4");
  EXPECT_EQ(names.next("y/a.mkv").filename(), "a.annotated-2.mp4");
  EXPECT_EQ(names.next("camera:0").filename(), "camera-0.annotated.mp4");
  EXPECT_EQ(names.next("-").filename(), "stdin.annotated.mp4");
  EXPECT_EQ(names.next("shots/img_%05d.png").filename(), "img_-05d.annotated.mp4");
  EXPECT_TRUE(std::filesystem::is_directory(folder.path() / "out"));
}

TEST(VideoNames, AddressesLoseTheirSecrets) {
  const test::TemporaryFolder folder;
  VideoNames names(folder.path(), {});
  EXPECT_EQ(names.next("rtsp://me:p@ss@cam.local:554/live/1?key=secret").filename(),
            "cam.local-554-live-1.annotated.mp4");
  EXPECT_EQ(names.next("http://cam/").filename(), "cam.annotated.mp4");
  EXPECT_EQ(names.next("http://").filename(), "video.annotated.mp4");
}

TEST(VideoNames, NeverThatOfAnInput) {
  const test::TemporaryFolder folder;
  const auto input = folder.write("a.annotated.mp4", {'x'});
  VideoNames names(folder.path(), {input.string()});
  EXPECT_EQ(names.next("b/a.mp4").filename(), "a.annotated-2.mp4");
}

TEST(VideoNames, OneFileTakesOneVideo) {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "result.MP4";
  VideoNames names(file, {"a.avi"});
  EXPECT_EQ(names.next("a.avi"), file);
  EXPECT_THROW(names.next("b.avi"), Error);
}

TEST(VideoNames, AnInputIsRefusedAsOutput) {
  const test::TemporaryFolder folder;
  const auto input = folder.write("a.mp4", {'x'});
  const auto same = folder.path() / "." / "a.mp4";
  try {
    const VideoNames names(same, {input.string()});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::usage);
  }
}

TEST(VideoNames, AFolderMayEndAsAVideoDoes) {
  const test::TemporaryFolder folder;
  std::filesystem::create_directory(folder.path() / "odd.mp4");
  EXPECT_FALSE(names_video_file(folder.path() / "odd.mp4"));
  EXPECT_TRUE(names_video_file(folder.path() / "new.mp4"));
  EXPECT_FALSE(names_video_file(folder.path() / "new"));
}

}  // namespace
}  // namespace mien
