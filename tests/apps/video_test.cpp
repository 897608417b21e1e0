// The program mien on moving pictures.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "video_fixture.h"

namespace mien {
namespace {

using nlohmann::json;
using test::expect_one_error;
using test::MienOnVideo;
using test::ProgramResult;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

#define REQUIRE_FACE_VIDEO(name, frames)                     \
  const auto name = write_video_of_face("face.avi", frames); \
  if (name.empty()) GTEST_SKIP() << "NO PORTRAIT: run script/setup, which fetches it"

/// What a field of each line is.
std::vector<json> values(const ProgramResult& result, const char* key) {
  std::vector<json> all;
  for (const auto& line : result.out_lines()) all.push_back(json::parse(line).at(key));
  return all;
}

std::ptrdiff_t count_files(const std::string& folder) {
  const std::filesystem::directory_iterator entries(folder);
  return std::distance(begin(entries), end(entries));
}

TEST_F(MienOnVideo, GivesALineForEachFrame) {
  const auto video = write_video("a.avi", 12);
  const auto result = run({"analyze", video});
  EXPECT_EQ(result.status, 0);
  EXPECT_THAT(result.err, IsEmpty());
  ASSERT_THAT(result.out_lines(), SizeIs(12));
  EXPECT_THAT(values(result, "source"), Each(video));
  for (int i = 0; i < 12; ++i) EXPECT_EQ(values(result, "frame")[static_cast<std::size_t>(i)], i);
  EXPECT_NEAR(values(result, "time")[11].get<double>(), 11.0 / 25, 1e-3);
  EXPECT_EQ(values(result, "width")[0], kWidth);
}

TEST_F(MienOnVideo, OneFaceIsOneTrack) {
  REQUIRE_FACE_VIDEO(video, 30);
  const auto result =
      run({"analyze", "--summary", "--csv", path("a.csv"), "--output", path("out"), video});
  EXPECT_EQ(result.status, 0) << result.err;
  for (const auto& faces : values(result, "faces")) {
    ASSERT_THAT(faces, SizeIs(1));
    EXPECT_EQ(faces[0].at("track"), 1);
  }
  EXPECT_THAT(result.err, HasSubstr("1 face"));
  const auto rows = test::read_text(path("a.csv"));
  EXPECT_EQ(std::count(rows.begin(), rows.end(), '\n'), 31);
  EXPECT_EQ(count_frames(path("out/face.annotated.mp4")), 30);
  EXPECT_EQ(count_files(path("out")), 1);
}

TEST_F(MienOnVideo, AnInputIsNotOverwrittenByAWayThroughAFolderToBeMade) {
  const auto video = write_video("a.mp4", 5);
  const auto roundabout = path("new/../a.mp4");
  expect_one_error(run({"analyze", video, "--output", roundabout}), 2, "it is also an input");
  expect_one_error(run({"analyze", video, "--csv", roundabout}), 2, "it is also an input");
  EXPECT_EQ(count_frames(video), 5);
}

TEST_F(MienOnVideo, RowsAndPicturesNeedFilesOfTheirOwn) {
  const auto video = write_video("a.avi", 5);
  expect_one_error(run({"analyze", video, "--csv", path("x.mp4"), "--output", path("x.mp4")}), 2,
                   "one file");
}

TEST_F(MienOnVideo, ANamedPipeIsReadOnce) {
  const auto video = write_video("a.avi", 8);
  const auto pipe = path("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const std::jthread writer([&] { std::ofstream(pipe) << test::read_text(video); });
  const auto result = run({"analyze", pipe});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.out_lines(), SizeIs(8));
}

TEST_F(MienOnVideo, AnnotatedVideosKeepToTheUmask) {
  const auto video = write_video("a.avi", 5);
  const auto before = ::umask(077);
  const auto result = run({"analyze", video, "--output", path("o.mp4")});
  ::umask(before);
  ASSERT_EQ(result.status, 0) << result.err;
  const auto others = std::filesystem::perms::group_all | std::filesystem::perms::others_all;
  EXPECT_EQ(std::filesystem::status(path("o.mp4")).permissions() & others,
            std::filesystem::perms::none);
}

TEST_F(MienOnVideo, AStartBehindTheEndIsTold) {
  const auto video = write_video("a.avi", 5);
  expect_one_error(run({"analyze", "--start", "100", video}), 3, "between --start and --end");
}

TEST_F(MienOnVideo, WrongOptionsNameTheCommandsHelp) {
  expect_one_error(run({"analyze", "--rate", "0", "a.avi"}), 2,
                   "--rate: give a number above 0; see mien analyze --help");
}

TEST_F(MienOnVideo, ATableTellsWhatEachFaceShowed) {
  REQUIRE_FACE_VIDEO(video, 10);
  const auto result = run({"analyze", "--table", "--output", path("o.mp4"), video});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("happy"));
  EXPECT_THAT(result.out, HasSubstr("annotated video: " + path("o.mp4")));
  EXPECT_THAT(result.out_lines(), SizeIs(4)) << result.out;
  EXPECT_THAT(result.err, IsEmpty());
}

TEST_F(MienOnVideo, InputsOfAllKindsAreDoneInTheirOrder) {
  const auto first = write_picture("1.png");
  const auto second = write_video("2.avi", 2);
  const auto third = write_picture("3.png");
  std::filesystem::create_directory(path("folder"));
  write_video("folder/a10.avi", 1);
  write_video("folder/a9.avi", 1);
  write_picture("folder/b.png");
  const auto result = run({"analyze", first, second, third, path("folder")});
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(values(result, "source"),
              ElementsAre(first, second, second, third, path("folder/b.png"), path("folder/a9.avi"),
                          path("folder/a10.avi")));
}

TEST_F(MienOnVideo, AFoldersOwnAnnotationsAreNotReadAgain) {
  std::filesystem::create_directory(path("folder"));
  write_video("folder/a.avi", 2);
  write_picture("folder/b.png");
  for (int run_number = 0; run_number < 2; ++run_number) {
    const auto result = run({"analyze", "--output", path("folder"), path("folder")});
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_THAT(result.out_lines(), SizeIs(3));
    EXPECT_EQ(count_files(path("folder")), 4);
  }
  std::filesystem::remove(path("folder/a.avi"));
  std::filesystem::remove(path("folder/b.png"));
  expect_one_error(run({"analyze", path("folder")}), 3, "annotated");
  EXPECT_THAT(run({"analyze", path("folder/b.annotated.png")}).out_lines(), SizeIs(1));
}

TEST_F(MienOnVideo, AVideoIsKnownByWhatItHoldsToo) {
  std::filesystem::rename(write_video("a.avi", 3), path("clip"));
  EXPECT_THAT(run({"analyze", path("clip")}).out_lines(), SizeIs(3));
  expect_one_error(run({"analyze", write("notes.txt", "just text\n")}), 3, "not a picture");
}

TEST_F(MienOnVideo, TakesAPartOfIt) {
  const auto video = write_video("a.avi", 50);
  const auto frames = [&](std::vector<std::string> options) {
    options.insert(options.begin(), "analyze");
    options.push_back(video);
    const auto result = run(options);
    EXPECT_EQ(result.status, 0) << result.err;
    return values(result, "frame");
  };
  EXPECT_THAT(frames({"--start", "0:01.8"}), ElementsAre(45, 46, 47, 48, 49));
  EXPECT_THAT(frames({"--end", "0.12"}), SizeIs(3));
  EXPECT_THAT(frames({"--every", "20"}), ElementsAre(0, 20, 40));
  EXPECT_THAT(frames({"--rate", "2"}), SizeIs(4));
}

TEST_F(MienOnVideo, WrongOptionsAreOneLine) {
  const auto video = write_video("a.avi", 2);
  const auto fails = [&](std::vector<std::string> options, const std::string& part) {
    options.insert(options.begin(), "analyze");
    options.push_back(video);
    const auto result = run(options);
    expect_one_error(result, 2, part);
    EXPECT_THAT(result.out, IsEmpty());
  };
  for (const auto* time : {"x", "-1", "1:60", "1:2:3:4", "1.5:00", ":", "", "nan", "1e3"}) {
    fails({"--start", time}, "--start");
  }
  fails({"--start", "2", "--end", "1"}, "--end");
  fails({"--every", "0"}, "--every");
  fails({"--every", "2", "--rate", "3"}, "--rate");
  fails({"--smoothing", "much"}, "majority");
  fails({"--searches-per-second", "-1"}, "--searches-per-second");
  fails({"--output", path("o.avi")}, ".mp4");
  fails({"--output", path("o.mp4"), video}, "one video");
  fails({"--csv", video}, "it is also an input");
}

TEST_F(MienOnVideo, AnOutputThatCannotBeWrittenIsFoundBeforeTheWork) {
  const auto video = write_video("a.avi", 2);
  const auto file = write("file", "text");
  for (const auto& options : {std::pair("--csv", file + "/a.csv"), std::pair("--output", file)}) {
    const auto result = run({"analyze", options.first, options.second, video});
    expect_one_error(result, 1, options.second);
    EXPECT_THAT(result.out, IsEmpty());
  }
}

TEST_F(MienOnVideo, ABrokenVideoIsOneLineAndTheOthersAreDone) {
  const auto video = write_video("a.avi", 3);
  const auto junk = write("junk.mp4", "no video at all");
  const auto result = run({"analyze", junk, video, path("none.mkv")});
  EXPECT_EQ(result.status, 3);
  EXPECT_THAT(result.out_lines(), SizeIs(3));
  ASSERT_THAT(result.err_lines(), SizeIs(2)) << result.err;
  EXPECT_THAT(result.err_lines()[0], StartsWith("mien: " + junk));
  EXPECT_THAT(result.err_lines()[1], StartsWith("mien: " + path("none.mkv")));
}

TEST_F(MienOnVideo, WhatCameBeforeAnEndInTheMiddleIsKept) {
  test::RunningMien program(
      {"analyze", "--csv", path("a.csv"), "--output", path("o.mp4"), "--raw-size", "96x64", "-"},
      program_options());
  program.write(test::Bytes(96 * 64 * 3 * 5 + 100, 128));
  program.close_input();
  const auto result = program.wait();
  expect_one_error(result, 3, "-");
  EXPECT_THAT(result.out_lines(), SizeIs(5));
  EXPECT_TRUE(std::filesystem::exists(path("a.csv")));
  EXPECT_EQ(count_frames(path("o.mp4")), 5);
}

}  // namespace
}  // namespace mien
