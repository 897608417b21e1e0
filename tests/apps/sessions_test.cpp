// Recording by `mien analyze`, and `mien sessions`.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "video_fixture.h"

namespace mien {
namespace {

using nlohmann::json;
using test::expect_one_error;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class Sessions : public test::MienOnVideo {
 protected:
  test::ProgramResult sessions(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "sessions");
    arguments.insert(arguments.end(), {"--history", history()});
    return run(arguments);
  }
  test::ProgramResult record(const std::string& video, std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"analyze", video, "--record", "first", "--history", history()});
    return run(more);
  }
  std::string history() const { return path("history.db"); }

  /// All of a session, as JSON.
  json shown(const std::string& session) const {
    return json::parse(sessions({"show", session, "--json"}).out);
  }
};

std::set<long long> seconds_of(const json& session) {
  std::set<long long> seconds;
  for (const auto& second : session.at("seconds"))
    seconds.insert(second.at("second").get<long long>());
  return seconds;
}

TEST_F(Sessions, AVideoIsRecordedShownExportedAndDeleted) {
  const auto video = write_video_of_face("face.avi", 75);
  if (video.empty()) GTEST_SKIP() << "the portrait is missing; run script/setup";
  const auto recorded = record(video);
  EXPECT_EQ(recorded.status, 0);
  EXPECT_THAT(recorded.out_lines(), SizeIs(75));
  EXPECT_THAT(recorded.err, HasSubstr("session 1 'first' is recorded in"));
  const auto session = shown("first");
  EXPECT_EQ(session.at("session").at("source"), "face.avi");
  EXPECT_EQ(session.at("session").at("model"), "mien-base");
  EXPECT_EQ(session.at("participants").size(), 1U);
  EXPECT_EQ(seconds_of(session), (std::set<long long>{0, 1, 2}));
  EXPECT_NEAR(session.at("seconds").at(1).at("seen"), 1, 1e-3);
  EXPECT_THAT(sessions({"list"}).out, HasSubstr("first"));
  EXPECT_THAT(sessions({"show", "1"}).out, HasSubstr("Face 1"));
  EXPECT_THAT(sessions({"export", "1"}).out_lines(), SizeIs(4));
  EXPECT_EQ(sessions({"export", "1", "--output", path("out.csv")}).status, 0);
  EXPECT_THAT(test::read_text(path("out.csv")), HasSubstr("\r\n1,first,1,,0,1,"));
  EXPECT_EQ(json::parse(sessions({"export", "1", "--format", "json"}).out), session);
  EXPECT_EQ(sessions({"report", "1", "--output", path("report.html")}).status, 0);
  EXPECT_THAT(test::read_text(path("report.html")), HasSubstr("</html>"));
  EXPECT_EQ(sessions({"delete", "1"}).status, 0);
  EXPECT_THAT(sessions({"list"}).out, IsEmpty());
  EXPECT_THAT(test::read_text(history()), Not(HasSubstr("face.avi")));
}

TEST_F(Sessions, APersonsCourseIsThatOfTheNameGiven) {
  const auto video = write_video_of_face("face.avi", 50);
  if (video.empty()) GTEST_SKIP() << "the portrait is missing; run script/setup";
  record(video, {"--participant", "Ada", "--rest", "1", "--recorded-at", "2026-11-20 14:30"});
  record(video, {"--participant", "Ada", "--rest", "1"});
  EXPECT_THAT(sessions({"list"}).out, HasSubstr("2026-11-20 14:30 UTC"));
  const auto session = shown("2");
  EXPECT_EQ(session.at("participants").at(0).at("name"), "Ada");
  EXPECT_TRUE(session.at("participants").at(0).contains("rest"));
  const auto course = sessions({"report", "--participant", "Ada"});
  EXPECT_EQ(course.status, 0);
  EXPECT_THAT(course.out, HasSubstr("Ada"));
  expect_one_error(sessions({"report", "--participant", "Bob"}), 3, "Bob");
  expect_one_error(sessions({"show", "first"}), 2,
                   "2 sessions are named first; give one of the ids 1, 2");
}

TEST_F(Sessions, PicturesAreKeptOnlyWhenAskedFor) {
  const auto video = write_video_of_face("face.avi", 75);
  if (video.empty()) GTEST_SKIP() << "the portrait is missing; run script/setup";
  const std::string jpeg = "\xFF\xD8\xFF";
  record(video);
  EXPECT_THAT(test::read_text(history()), Not(HasSubstr(jpeg)));
  record(video, {"--keep-frames"});
  EXPECT_THAT(test::read_text(history()), HasSubstr(jpeg));
  EXPECT_THAT(sessions({"report", "2"}).out, HasSubstr("data:image/jpeg;base64,"));
}

TEST_F(Sessions, IndicatorsComeWithTheirNotice) {
  const auto video = write_video_of_face("face.avi", 50);
  if (video.empty()) GTEST_SKIP() << "the portrait is missing; run script/setup";
  EXPECT_THAT(run({"analyze", video}).out, Not(HasSubstr("indicators")));
  const auto lines = run({"analyze", video, "--indicators"}).out_lines();
  ASSERT_THAT(lines, SizeIs(51));
  const auto last = json::parse(lines.back()).at("indicators");
  EXPECT_THAT(last.at("notice").get<std::string>(), HasSubstr("never a diagnosis"));
  EXPECT_EQ(last.at("tracks").at(0).at("level"), "unknown");
  EXPECT_THAT(run({"analyze", video, "--indicators", "--table"}).out,
              HasSubstr("never a diagnosis"));
  record(video, {"--indicators"});
  EXPECT_EQ(shown("1").at("session").at("indicators"), true);
  EXPECT_THAT(sessions({"report", "1", "--indicators"}).out, HasSubstr("never a diagnosis"));
  EXPECT_THAT(sessions({"report", "1"}).out, Not(HasSubstr("never a diagnosis")));
}

/// The portrait on a larger gray picture, as raw bytes.
test::Bytes raw_frame() {
  const auto portrait = test::astronaut();
  if (portrait.empty()) return {};
  cv::Mat frame(240, 320, CV_8UC3, cv::Scalar(90, 110, 100));
  portrait(cv::Rect(130, 20, 200, 220)).copyTo(frame(cv::Rect(40, 10, 200, 220)));
  return {frame.data, frame.data + frame.total() * frame.elemSize()};
}

TEST_F(Sessions, AKillLosesTwoSecondsAtMost) {
  const auto frame = raw_frame();
  if (frame.empty()) GTEST_SKIP() << "the portrait is missing; run script/setup";
  test::RunningMien program(
      {"analyze", "--raw-size", "320x240@10", "-", "--record", "killed", "--history", history()},
      program_options());
  constexpr int kFrames = 50;
  for (int i = 0; i < kFrames; ++i) {
    ASSERT_TRUE(program.write(frame));
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  program.send(SIGKILL);
  EXPECT_EQ(program.wait().signal, SIGKILL);
  const auto listed = sessions({"list"});
  EXPECT_THAT(listed.err, HasSubstr("a session was cut off before its end"));
  EXPECT_THAT(listed.out, HasSubstr("(cut)"));
  const auto session = shown("killed");
  const auto seconds = seconds_of(session);
  ASSERT_THAT(seconds, Not(IsEmpty()));
  EXPECT_GE(*seconds.rbegin() + 1, kFrames / 10 - 2);
  EXPECT_EQ(session.at("session").at("interrupted"), true);
  EXPECT_THAT(sessions({"list"}).err, IsEmpty()) << "said once";
}

TEST_F(Sessions, AFullDiskEndsTheRecordingAndNotTheAnalysis) {
  const auto video = write_video_of_face("face.avi", 100);
  if (video.empty()) GTEST_SKIP() << "the portrait is missing; run script/setup";
  ASSERT_EQ(record(video).status, 0);
  rlimit old{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small = {.rlim_cur = 70'000, .rlim_max = old.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto result = record(video, {"--keep-frames", "--table"});
  ::setrlimit(RLIMIT_FSIZE, &old);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(result.status, 1);
  EXPECT_THAT(result.out, HasSubstr("100 frames"));
  EXPECT_THAT(result.err, HasSubstr("check the disk's free space"));
  EXPECT_THAT(result.err, HasSubstr("the analysis goes on without recording"));
  EXPECT_EQ(seconds_of(shown("1")).size(), 4U) << "what was there before is whole";
}

TEST_F(Sessions, OptionsThatMakeNoSenseAreRefused) {
  const auto video = write_video("a.avi", 5);
  expect_one_error(run({"analyze", video, "--participant", "Ada"}), 2, "--record NAME");
  expect_one_error(run({"analyze", video, "--record", ""}), 2, "--record");
  expect_one_error(run({"analyze", video, "--record", std::string(10'000, 'a')}), 2, "--record");
  expect_one_error(run({"analyze", video, "--record", "a\nb"}), 2, "--record");
  expect_one_error(record(video, {"--keep-frames", "--frames-per-minute", "0"}), 2, "1 to 60");
  expect_one_error(record(video, {"--indicators", "--streak", "1"}), 2, "least length");
  for (const auto* bad : {"yesterday", "2026-02-30", "2999-01-01"}) {
    expect_one_error(record(video, {"--recorded-at", bad}), 2, "2026-11-20");
  }
  expect_one_error(record(video, {"--streak", "7"}), 2, "--streak requires --indicators");
  expect_one_error(record(write_picture("a.png")), 2, "a picture has no course over time");
  expect_one_error(sessions({"list"}), 3, "there is no history");
  EXPECT_EQ(record(video).status, 0);
  expect_one_error(sessions({"show", "7"}), 3, "there is no session 7");
  expect_one_error(sessions({"show", "nobody"}), 3, "no session is named nobody");
  expect_one_error(sessions({"purge", "--older-than", "soon"}), 2, "30d");
  expect_one_error(sessions({"report"}), 2, "--participant");
  expect_one_error(sessions({"delete", "1", "--participant", "9"}), 3, "no participant 9");
  expect_one_error(sessions({"report", "1", "--high-share", "0.1"}), 2, "--high-share");
}

TEST_F(Sessions, WhatIsRecordedIsNotWrittenOver) {
  const auto video = write_video("a.avi", 5);
  ASSERT_EQ(record(video).status, 0);
  const auto before = test::read_text(history());
  for (const auto& other : {history(), history() + ".lock", path("models/../history.db")}) {
    expect_one_error(sessions({"report", "1", "--output", other}), 2, "sessions are kept there");
    expect_one_error(sessions({"export", "1", "--output", other}), 2, "sessions are kept there");
    expect_one_error(record(video, {"--csv", other}), 2, "sessions are kept there");
  }
  expect_one_error(sessions({"report", "1", "--output", "/dev/null"}), 2, "no file");
  EXPECT_EQ(sessions({"list"}).status, 0);
  EXPECT_EQ(sessions({"report", "1", "--output", path("r.html")}).status, 0);
  using Perms = std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(path("r.html")).permissions(),
            Perms::owner_read | Perms::owner_write);
}

TEST_F(Sessions, OldOnesArePurged) {
  const auto video = write_video("a.avi", 5);
  record(video);
  EXPECT_THAT(sessions({"purge", "--older-than", "1d"}).err, HasSubstr("no session is that old"));
  EXPECT_THAT(sessions({"list"}).out_lines(), SizeIs(2));
  EXPECT_THAT(sessions({"purge", "--older-than", "0h"}).err, HasSubstr("deleted: 1"));
  EXPECT_THAT(sessions({"list"}).out, IsEmpty());
}

TEST_F(Sessions, WhatIsNoHistoryIsRefused) {
  write("history.db", std::string(5000, 'x'));
  expect_one_error(sessions({"list"}), 4, "no history of Mien");
  expect_one_error(record(write_video("a.avi", 5)), 4, "no history of Mien");
}

TEST_F(Sessions, AClassNeedsItsStatement) {
  const auto refused = run({"serve", "--port", "0", "--class"});
  expect_one_error(refused, 2, "--class needs --purpose TEXT");
  expect_one_error(run({"serve", "--port", "0", "--class", "--purpose", "x"}), 2,
                   "--class needs --agreed TEXT");
  expect_one_error(run({"serve", "--port", "0", "--purpose", "x"}), 2, "go with --class");
  expect_one_error(run({"serve", "--port", "0", "--class", "--class-config", path("no.toml")}), 3,
                   "cannot be read");
  const auto bad = write("bad.toml", "purpose = \"x\"\nwhat = 3\n");
  expect_one_error(run({"serve", "--port", "0", "--class", "--class-config", bad}), 3, "'what'");
  const auto good = write("good.toml", "purpose = \"x\"\nagreed = \"all\"\n");
  test::RunningMien program({"serve", "--port", "0", "--class", "--class-config", good},
                            program_options());
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  program.send(SIGTERM);
  EXPECT_THAT(program.wait().err, HasSubstr("open http://localhost"));
  EXPECT_THAT(run({"serve", "--help"}).out, HasSubstr("AI Act"));
}

/// With the shipped models: a face that is there, gone, and there again.
TEST_F(Sessions, TheRealModelsSeeWhenAFaceIsThere) {
  const auto portrait = test::astronaut();
  if (portrait.empty()) GTEST_SKIP() << "the portrait is missing; run script/setup";
  cv::VideoWriter writer(path("known.avi"), cv::CAP_FFMPEG,
                         cv::VideoWriter::fourcc('M', 'J', 'P', 'G'), 10, {320, 240});
  const cv::Mat empty(240, 320, CV_8UC3, cv::Scalar(90, 110, 100));
  cv::Mat face = empty.clone();
  portrait(cv::Rect(130, 20, 200, 220)).copyTo(face(cv::Rect(40, 10, 200, 220)));
  for (const auto& [picture, seconds] : {std::pair(face, 4), {empty, 5}, {face, 4}}) {
    for (int i = 0; i < 10 * seconds; ++i) writer.write(picture);
  }
  writer.release();
  const auto recorded =
      test::run_mien({"analyze", path("known.avi"), "--record", "known", "--history", history()});
  ASSERT_EQ(recorded.status, 0) << recorded.err;
  const auto session = shown("known");
  const auto seconds = seconds_of(session);
  for (const long long there : {0, 1, 2, 3, 9, 10, 11, 12}) EXPECT_TRUE(seconds.contains(there));
  for (const long long gone : {5, 6, 7, 8}) EXPECT_FALSE(seconds.contains(gone));
  for (const auto& second : session.at("seconds")) EXPECT_EQ(second.at("expression"), "happy");
  std::vector<std::string> kinds;
  for (const auto& event : session.at("events")) kinds.push_back(event.at("kind"));
  EXPECT_THAT(kinds, testing::ElementsAre("came", "left", "came"));
}

}  // namespace
}  // namespace mien
