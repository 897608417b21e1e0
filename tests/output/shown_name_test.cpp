#include "output/shown_name.h"

#include <gtest/gtest.h>

namespace mien {
namespace {

std::string shown(std::string_view name) { return shown_file_name(name, "video"); }

TEST(ShownName, IsTheLastComponentOfAPath) {
  EXPECT_EQ(shown("clip.mp4"), "clip.mp4");
  EXPECT_EQ(shown("../../etc/passwd"), "passwd");
  EXPECT_EQ(shown("C:\\Users\\me\\clip.mp4"), "clip.mp4");
  EXPECT_EQ(shown("/"), "video");
  EXPECT_EQ(shown(""), "video");
  EXPECT_EQ(shown("a/.."), "video");
  EXPECT_EQ(shown(" . "), "video");
}

TEST(ShownName, IsUtf8ThatShowsWhatItIs) {
  EXPECT_EQ(shown("Ärger.mp4"), "Ärger.mp4");
  EXPECT_EQ(shown("a\nb\x1b[2Jc\x7f.mp4"), "ab[2Jc.mp4");
  EXPECT_EQ(shown("a\xFF\xC3.mp4"), "a\xEF\xBF\xBD\xEF\xBF\xBD.mp4");
  EXPECT_EQ(shown("a\xC0\xAF.mp4"), "a\xEF\xBF\xBD\xEF\xBF\xBD.mp4");  // not the shortest form
  EXPECT_EQ(shown("a\xED\xA0\x80"), "a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");  // a surrogate
  EXPECT_EQ(shown("4pm\xE2\x80\xAE.exe"), "4pm.exe");  // turns the direction of text
  EXPECT_EQ(shown("\xF0\x9F\x98\x80"), "\xF0\x9F\x98\x80");
}

TEST(ShownName, IsNotLong) {
  EXPECT_EQ(shown(std::string(500, 'a')), std::string(120, 'a'));
  EXPECT_EQ(shown(std::string(119, 'a') + "ä"), std::string(119, 'a'));
}

TEST(ShownName, ASourceHasNeitherFolderNorPassword) {
  EXPECT_EQ(shown_source_name("/home/me/door.mp4"), "door.mp4");
  EXPECT_EQ(shown_source_name("camera:0"), "camera:0");
  EXPECT_EQ(shown_source_name("-"), "-");
  EXPECT_EQ(shown_source_name("rtsp://me:secret@door:554/a"), "rtsp://door:554/a");
  EXPECT_EQ(shown_source_name("rtsp://me:sec/ret@door/a?key=x"), "rtsp://door/a");
}

TEST(ShownName, ATypedLineIsTakenAsItIsOrNotAtAll) {
  EXPECT_EQ(typed_line("  Ada Ł  ", 40), "Ada Ł");
  EXPECT_EQ(typed_line("<script>", 40), "<script>");  // escaped where it is shown
  EXPECT_EQ(typed_line(std::string(40, 'a'), 40), std::string(40, 'a'));
  for (const auto& bad :
       {std::string(), std::string("   "), std::string(41, 'a'), std::string("a\nb"),
        std::string("a\0b", 3), std::string("\xFF"), std::string("Ada\xE2\x80\xAE")}) {
    EXPECT_EQ(typed_line(bad, 40), std::nullopt) << bad;
  }
  EXPECT_EQ(typed_line(std::string(10'000, 'a'), 40), std::nullopt);
}

TEST(ShownName, ReplacesEveryPlace) {
  EXPECT_EQ(replaced("/tmp/x: /tmp/x/y", "/tmp/x", "a"), "a: a/y");
  EXPECT_EQ(replaced("none", "x", "y"), "none");
}

}  // namespace
}  // namespace mien
