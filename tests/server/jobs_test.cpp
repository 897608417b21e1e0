#include "server/jobs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <opencv2/videoio.hpp>
#include <sstream>

#include "asker.h"
#include "made_video.h"
#include "mien/csv.h"
#include "mien/error.h"
#include "server/job_routes.h"
#include "stub_analyzer.h"
#include "test_pictures.h"

namespace mien::server {
namespace {

using boost::beast::http::field;
using boost::beast::http::status;
using testing::HasSubstr;
using testing::Not;
using Json = nlohmann::json;
using Path = std::filesystem::path;
using Verb = Asker::Verb;

std::string text_of(const Path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

long entries(const Path& folder) {
  return std::distance(std::filesystem::directory_iterator(folder), {});
}

class JobsTest : public testing::Test {
 protected:
  void SetUp() override {
    options_.models = {"first", "second"};
    options_.folder = folder_.path() / "temporary";
    std::filesystem::create_directory(options_.folder);
    stub_.turnstile = std::make_shared<Turnstile>();
    options_.make_analyzer = [this](const std::string& model) {
      models_.push_back(model);
      return stub_analyzer(stub_);
    };
  }

  void TearDown() override {
    stub_.turnstile->open();
    if (!jobs_) return;
    jobs_.reset();
    EXPECT_EQ(entries(options_.folder), 0) << "the private folder stays behind";
  }

  void start() {
    jobs_.emplace(options_);
    add_job_routes(router_, *jobs_);
  }

  /// A body as the server hands it over.
  Request upload(const std::string& bytes, const std::string& type = "video/mp4") {
    Request request;
    request.file = folder_.path() / ("body" + std::to_string(bodies_++));
    std::ofstream(request.file, std::ios::binary) << bytes;
    if (!type.empty()) request.headers.set(field::content_type, type);
    last_body_ = request.file;
    return request;
  }

  std::string video(int frames = 20) const {
    const auto path = folder_.path() / "made.avi";
    test::write_video(path, frames, 10, {64, 48}, "MJPG");
    return text_of(path);
  }

  Response post(Request request) {
    return asker_.ask(Verb::post, "/api/v1/jobs", std::move(request));
  }

  /// The path of a job that was taken.
  std::string posted(Request request) {
    const auto response = post(std::move(request));
    EXPECT_EQ(response.status, status::accepted) << response.body;
    return response.headers.contains("Location") ? response.headers.at("Location") : "/none";
  }

  Json job(const std::string& path) { return asker_.get_json(path); }

  bool comes_to(const std::string& path, const std::string& state) {
    return comes_true([&] { return job(path).value("state", "") == state; });
  }

  test::TemporaryFolder folder_;
  StubOptions stub_;
  JobsOptions options_;
  std::vector<std::string> models_;  ///< that were made
  Router router_;
  Asker asker_{router_};
  Path last_body_;
  std::optional<Jobs> jobs_;

 private:
  int bodies_ = 0;
};

TEST_F(JobsTest, AVideoIsAnalyzedAndItsResultsAgree) {
  stub_.shows = {{Expression::happy, 12}, {Expression::sad, 8}};
  start();
  auto request = upload(video());
  request.query["name"] = "../party.avi";
  const auto response = post(std::move(request));
  ASSERT_EQ(response.status, status::accepted) << response.body;
  const auto path = response.headers.at("Location");
  const auto sent = Json::parse(response.body);
  EXPECT_EQ(path, "/api/v1/jobs/" + sent["id"].get<std::string>());
  EXPECT_EQ(sent["id"].get<std::string>().size(), 32U);
  EXPECT_FALSE(std::filesystem::exists(last_body_)) << "it was moved to the job";
  ASSERT_TRUE(comes_to(path, "done")) << job(path);

  const auto done = job(path);
  EXPECT_EQ(done["name"], "party.avi");
  EXPECT_EQ(done["model"], "first");
  EXPECT_EQ(done["progress"], 1);
  EXPECT_EQ(done["frames"], 20);
  EXPECT_EQ(done["frames_total"], 20);
  EXPECT_EQ(done["message"], "");
  EXPECT_NEAR(done["created"].get<double>(), static_cast<double>(std::time(nullptr)), 60);
  EXPECT_EQ(done["summary"]["frames"], 20);
  EXPECT_EQ(done["summary"]["tracks"], 1);
  EXPECT_EQ(done["summary"]["changes"], 1);
  EXPECT_EQ(done["summary"]["shares"]["happy"], 0.6);
  EXPECT_NEAR(done["summary"]["duration"].get<double>(), 2, 1e-3);

  const auto link = [&](const std::string& key) {
    auto result = asker_.get(done["links"][key].get<std::string>());
    EXPECT_EQ(result.status, status::ok) << key;
    return result;
  };
  std::istringstream lines(text_of(link("jsonl").file));
  const auto whole = Json::parse(text_of(link("json").file));
  EXPECT_EQ(whole["job"], done);
  ASSERT_EQ(whole["frames"].size(), 20U);
  std::string csv = csv_header();
  for (const auto& frame : whole["frames"]) {
    std::string line;
    ASSERT_TRUE(std::getline(lines, line));
    EXPECT_EQ(Json::parse(line), frame);
    EXPECT_EQ(frame["source"], "party.avi");
    FrameResult result{"party.avi", frame["frame"], frame["time"], 64, 48, {}};
    const auto& face = frame["faces"][0];
    Face made;
    made.track = face["track"];
    made.box = {face["box"][0], face["box"][1], face["box"][2], face["box"][3]};
    made.score = face["score"];
    made.expression = *expression_from_name(face["expression"].get<std::string>());
    made.confidence = face["confidence"];
    for (const auto expression : all_expressions()) {
      made.probabilities.at(static_cast<std::size_t>(expression)) =
          face["probabilities"][std::string(mien::name(expression))];
    }
    result.faces.push_back(made);
    csv += to_csv(result);
  }
  EXPECT_EQ(text_of(link("csv").file), csv);
  EXPECT_THAT(link("csv").headers.at("Content-Disposition"), HasSubstr("party-result.csv"));

  const auto timeline = asker_.get_json(done["links"]["timeline"]);
  EXPECT_EQ(timeline["changes"],
            Json::parse(R"([{"time":1.2,"track":1,"from":"happy","to":"sad"}])"));
  EXPECT_EQ(timeline["tracks"][0]["frames"], 20);
  EXPECT_EQ(timeline["bins"].size(), 20U);
}

TEST_F(JobsTest, TheAnnotatedVideoPlaysInBrowsers) {
  start();
  const auto path = posted(upload(video()));
  ASSERT_TRUE(comes_to(path, "done")) << job(path);
  const auto response = asker_.get(path + "/annotated.mp4");
  EXPECT_EQ(response.type, "video/mp4");
  cv::VideoCapture reader(response.file.string(), cv::CAP_FFMPEG);
  EXPECT_EQ(reader.get(cv::CAP_PROP_FRAME_COUNT), 20);
  const auto codec = static_cast<unsigned>(reader.get(cv::CAP_PROP_FOURCC));
  const auto named = [](const char* letters) {
    return static_cast<unsigned>(
        cv::VideoWriter::fourcc(letters[0], letters[1], letters[2], letters[3]));
  };
  EXPECT_THAT(codec, testing::AnyOf(named("avc1"), named("h264")));
}

TEST_F(JobsTest, TakesMultipartAndChoosesTheModel) {
  start();
  auto request =
      upload("--b\r\nContent-Disposition: form-data; name=f; filename=\"a.b.avi\"\r\n\r\n" +
                 video(5) + "\r\n--b--\r\n",
             "multipart/form-data; boundary=b");
  request.query["model"] = "second";
  const auto path = posted(std::move(request));
  ASSERT_TRUE(comes_to(path, "done")) << job(path);
  EXPECT_EQ(job(path)["name"], "a.b.avi");
  EXPECT_EQ(job(path)["frames"], 5);
  EXPECT_FALSE(std::filesystem::exists(last_body_));
  ASSERT_TRUE(comes_to(posted(upload(video(5))), "done"));
  EXPECT_EQ(models_, (std::vector<std::string>{"second", "first"}));
}

TEST_F(JobsTest, RefusesWhatIsNoVideoBeforeAnyWork) {
  start();
  const auto refused = [&](Request request, status expected) {
    const auto response = post(std::move(request));
    EXPECT_EQ(response.status, expected) << response.body;
    EXPECT_TRUE(comes_true([&] { return !std::filesystem::exists(last_body_); }));
    return sentence(response);
  };
  EXPECT_THAT(refused(upload("hello", "text/plain"), status::unsupported_media_type),
              HasSubstr("video/*"));
  EXPECT_THAT(refused(upload("hello"), status::bad_request), HasSubstr("not a video"));
  EXPECT_THAT(refused(upload(""), status::bad_request), HasSubstr("not a video"));
  EXPECT_THAT(refused(upload("#EXTM3U\n#EXTINF:1,\nfile:/etc/passwd\n", ""), status::bad_request),
              HasSubstr("not a video"))
      << "a playlist would show the server's own files";
  EXPECT_THAT(refused(upload("ffconcat version 1.0\nfile made.avi\n"), status::bad_request),
              HasSubstr("not a video"));
  EXPECT_THAT(refused(upload("x", "multipart/form-data; boundary=b"), status::bad_request),
              HasSubstr("cut off"));
  auto unknown = upload(video(2));
  unknown.query["model"] = "/etc/passwd";
  EXPECT_THAT(refused(std::move(unknown), status::bad_request), HasSubstr("no such model"));
  EXPECT_EQ(asker_.get_json("/api/v1/jobs"), Json::parse(R"({"jobs":[]})"));
  EXPECT_EQ(entries(std::filesystem::directory_iterator(options_.folder)->path()), 1)
      << "the lock alone";
}

TEST_F(JobsTest, ABrokenVideoFailsWithAClearSentence) {
  start();
  auto bytes = video(200);
  bytes.resize(bytes.size() / 2);
  auto request = upload(bytes);
  request.query["name"] = "cut.avi";
  const auto path = posted(std::move(request));
  ASSERT_TRUE(comes_to(path, "failed"));
  const auto message = job(path)["message"].get<std::string>();
  EXPECT_THAT(message, HasSubstr("cut.avi: ends early"));
  EXPECT_THAT(message, Not(HasSubstr(folder_.path().string()))) << "it tells of the server's disk";
  const auto result = asker_.get(path + "/result.json");
  EXPECT_EQ(result.status, status::conflict);
  EXPECT_THAT(sentence(result), HasSubstr("ends early"));
}

TEST_F(JobsTest, AModelThatCannotBeLoadedFailsTheJobAlone) {
  options_.make_analyzer = [this](const std::string& model) {
    if (model == "second") throw Error(ErrorCode::model, "second.onnx: damaged");
    return stub_analyzer(stub_);
  };
  start();
  auto request = upload(video(2));
  request.query["model"] = "second";
  const auto path = posted(std::move(request));
  ASSERT_TRUE(comes_to(path, "failed"));
  EXPECT_EQ(job(path)["message"], "second.onnx: damaged");
  EXPECT_TRUE(comes_to(posted(upload(video(2))), "done"));
}

TEST_F(JobsTest, AJobThatRunsIsCancelledSoon) {
  stub_.delay = std::chrono::milliseconds(10);
  start();
  const auto path = posted(upload(video(600)));
  ASSERT_TRUE(comes_true([&] { return job(path)["frames"].get<int>() > 2; }));
  const auto running = job(path);
  EXPECT_EQ(running["state"], "running");
  EXPECT_GT(running["progress"], 0);
  EXPECT_LT(running["progress"], 1);
  EXPECT_EQ(running["summary"], nullptr);
  EXPECT_FALSE(asker_.get_json(path + "/timeline")["bins"].empty()) << "it can be watched";

  const auto response = asker_.ask(Verb::post, path + "/cancel");
  EXPECT_EQ(response.status, status::ok);
  EXPECT_EQ(Json::parse(response.body)["state"], "cancelled");
  const auto next = posted(upload(video(1)));
  ASSERT_TRUE(comes_to(next, "done"));
  EXPECT_EQ(job(path)["state"], "cancelled");
  EXPECT_LT(job(path)["frames"], 600);
  EXPECT_THAT(sentence(asker_.get(path + "/result.csv")), HasSubstr("cancelled"));
  EXPECT_EQ(asker_.ask(Verb::post, path + "/cancel").status, status::ok);
  EXPECT_EQ(asker_.ask(Verb::post, next + "/cancel").status, status::conflict);
}

TEST_F(JobsTest, OnlySoManyWait) {
  options_.most_waiting = 2;
  stub_.turnstile->close();
  start();
  const auto bytes = video(2);
  const auto first = posted(upload(bytes));
  ASSERT_TRUE(comes_to(first, "running"));
  const auto second = posted(upload(bytes));
  const auto third = posted(upload(bytes));
  const auto refused = post(upload(bytes));
  EXPECT_EQ(refused.status, status::service_unavailable);
  EXPECT_THAT(sentence(refused), HasSubstr("2 videos wait"));
  EXPECT_TRUE(refused.headers.contains("Retry-After"));
  EXPECT_TRUE(comes_true([&] { return !std::filesystem::exists(last_body_); }));
  EXPECT_EQ(job(second)["state"], "queued");
  EXPECT_EQ(job(second)["progress"], 0);
  EXPECT_EQ(sentence(asker_.get(second + "/result.json")),
            "the job is queued; its results are there when it is done");

  EXPECT_EQ(asker_.ask(Verb::post, second + "/cancel").status, status::ok);
  const auto fourth = posted(upload(bytes));
  const auto list = asker_.get_json("/api/v1/jobs")["jobs"];
  ASSERT_EQ(list.size(), 4U);
  EXPECT_EQ(list[0], job(fourth)) << "the newest first";
  stub_.turnstile->open();
  for (const auto& path : {first, third, fourth}) EXPECT_TRUE(comes_to(path, "done"));
  EXPECT_EQ(job(second)["state"], "cancelled");
}

TEST_F(JobsTest, DeletingRemovesTheFilesAlsoOfOneThatRuns) {
  stub_.delay = std::chrono::milliseconds(10);
  start();
  const auto folder = std::filesystem::directory_iterator(options_.folder)->path();
  const auto done = posted(upload(video(2)));
  ASSERT_TRUE(comes_to(done, "done"));
  EXPECT_EQ(entries(folder / done.substr(13)), 4) << "the results, and the upload no more";
  const auto running = posted(upload(video(600)));
  ASSERT_TRUE(comes_to(running, "running"));
  const auto waiting = posted(upload(video(2)));
  EXPECT_EQ(entries(folder), 1 + 3);
  for (const auto& path : {running, waiting, done}) {
    EXPECT_EQ(asker_.ask(Verb::delete_, path).status, status::no_content);
    EXPECT_FALSE(std::filesystem::exists(folder / path.substr(13)));
    EXPECT_EQ(asker_.get(path).status, status::not_found);
  }
  EXPECT_EQ(entries(folder), 1);
}

TEST_F(JobsTest, AJobThatIsNotThereIsNotFound) {
  start();
  const std::string path = "/api/v1/jobs/" + std::string(32, '0');
  for (const auto* more : {"", "/timeline", "/result.json", "/result.csv", "/annotated.mp4"}) {
    const auto response = asker_.get(path + more);
    EXPECT_EQ(response.status, status::not_found) << more;
    EXPECT_THAT(sentence(response), HasSubstr("no such job")) << more;
  }
  EXPECT_EQ(asker_.ask(Verb::delete_, path).status, status::not_found);
  EXPECT_EQ(asker_.ask(Verb::post, path + "/cancel").status, status::not_found);
  EXPECT_EQ(asker_.get("/api/v1/jobs/..").status, status::not_found);
}

TEST_F(JobsTest, KeepsTheNewestForATime) {
  options_.most_kept = 2;
  start();
  const auto folder = std::filesystem::directory_iterator(options_.folder)->path();
  std::vector<std::string> paths;
  for (int i = 0; i < 3; ++i) {
    paths.push_back(posted(upload(video(2))));
    ASSERT_TRUE(comes_to(paths.back(), "done"));
  }
  EXPECT_TRUE(comes_true([&] { return asker_.get(paths[0]).status == status::not_found; }));
  EXPECT_EQ(job(paths[1])["state"], "done");
  EXPECT_TRUE(comes_true([&] { return entries(folder) == 1 + 2; }));
}

TEST_F(JobsTest, ForgetsByItselfWhatIsOld) {
  options_.keep = std::chrono::milliseconds(50);
  start();
  const auto folder = std::filesystem::directory_iterator(options_.folder)->path();
  posted(upload(video(2)));
  EXPECT_TRUE(comes_true([&] { return entries(folder) == 1; })) << "though nobody asks";
}

TEST_F(JobsTest, AHostileVideoIsStoppedAtTheLimits) {
  options_.limits = {std::chrono::seconds(0), 1ULL << 30};
  start();
  const auto slow = posted(upload(video(2)));
  ASSERT_TRUE(comes_to(slow, "failed"));
  EXPECT_THAT(job(slow)["message"].get<std::string>(), HasSubstr("takes more than"));
}

TEST_F(JobsTest, ResultsThatGrowTooLargeAreStopped) {
  options_.limits = {std::chrono::hours(1), 0};
  start();
  const auto large = posted(upload(video(200)));
  ASSERT_TRUE(comes_to(large, "failed"));
  EXPECT_THAT(job(large)["message"].get<std::string>(), HasSubstr("results take more than"));
}

TEST_F(JobsTest, UploadsAndResultsTogetherTakeNoMoreThanTheSpace) {
  stub_.turnstile->close();
  const auto bytes = video(2);
  options_.space = std::make_shared<DiskSpace>(bytes.size() * 5 / 2);
  start();
  const auto first = posted(upload(bytes));
  const auto second = posted(upload(bytes));
  EXPECT_EQ(options_.space->used(), 2 * bytes.size());
  const auto refused = post(upload(bytes));
  EXPECT_EQ(refused.status, status::insufficient_storage);
  EXPECT_THAT(sentence(refused), HasSubstr("delete jobs that are done"));
  EXPECT_TRUE(comes_true([&] { return !std::filesystem::exists(last_body_); }));

  asker_.ask(Verb::post, second + "/cancel");
  EXPECT_TRUE(comes_true([&] { return options_.space->used() == bytes.size(); }));
  const auto third = posted(upload(bytes));
  asker_.ask(Verb::delete_, third);
  EXPECT_TRUE(comes_true([&] { return options_.space->used() == bytes.size(); }));
  const auto form =
      "--b\r\nContent-Disposition: form-data; name=f; filename=a\r\n\r\n" + bytes + "\r\n--b--\r\n";
  EXPECT_EQ(post(upload(form, "multipart/form-data; boundary=b")).status,
            status::insufficient_storage)
      << "the body and the file in it are there at the same time";
  stub_.turnstile->open();
  ASSERT_TRUE(comes_to(first, "done"));
  const auto folder = std::filesystem::directory_iterator(options_.folder)->path();
  const auto kept = [&] { return size_of({folder / first.substr(13)}); };
  EXPECT_TRUE(comes_true([&] { return entries(folder / first.substr(13)) == 4; }));
  EXPECT_TRUE(comes_true([&] { return options_.space->used() == kept(); }));
  asker_.ask(Verb::delete_, first);
  EXPECT_EQ(options_.space->used(), 0U);
}

TEST_F(JobsTest, WhatIsDeletedWhileItIsReadCountsUntilThen) {
  start();
  const auto path = posted(upload(video(2)));
  ASSERT_TRUE(comes_to(path, "done"));
  {
    const auto download = asker_.get(path + "/result.csv");
    asker_.ask(Verb::delete_, path);
    EXPECT_GT(options_.space->used(), 0U);
  }
  EXPECT_EQ(options_.space->used(), 0U);
}

TEST_F(JobsTest, TheResultOfAllFramesNeedsItsSpaceToo) {
  const auto bytes = video(200);
  options_.space = std::make_shared<DiskSpace>(1 << 30);
  start();
  const auto whole = posted(upload(bytes));
  ASSERT_TRUE(comes_to(whole, "done"));
  const auto lines = asker_.get(whole + "/result.jsonl").file;
  ASSERT_TRUE(comes_true([&] { return entries(lines.parent_path()) == 4; }));
  const auto json = file_size(asker_.get(whole + "/result.json").file);
  // The upload is there while the results are written, and goes afterwards.
  const auto needed = bytes.size() + size_of({lines.parent_path()});
  asker_.ask(Verb::delete_, whole);
  ASSERT_TRUE(comes_true([&] { return options_.space->used() == 0; }));
  options_.space = std::make_shared<DiskSpace>(needed - json / 2);
  jobs_.reset();
  router_ = {};
  start();
  const auto cramped = posted(upload(bytes));
  ASSERT_TRUE(comes_to(cramped, "failed"));
  EXPECT_THAT(job(cramped)["message"].get<std::string>(), HasSubstr("no space is left"));
}

TEST_F(JobsTest, ResultsForWhichNoSpaceIsLeftFailTheJob) {
  const auto bytes = video(200);
  options_.space = std::make_shared<DiskSpace>(bytes.size() + 100);
  start();
  const auto path = posted(upload(bytes));
  ASSERT_TRUE(comes_to(path, "failed"));
  EXPECT_THAT(job(path)["message"].get<std::string>(), HasSubstr("no space is left"));
  EXPECT_TRUE(comes_true([&] { return options_.space->used() == 0; }));
}

/// Begins as an Ogg file, and is a description of a network stream for FFmpeg.
TEST_F(JobsTest, APlaylistInAVideosClothesIsNotOpened) {
  start();
  const auto path =
      posted(upload("OggS\nv=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
                    "m=video 50000 RTP/AVP 96\na=rtpmap:96 H264/90000\n"));
  ASSERT_TRUE(comes_to(path, "failed"));
  EXPECT_THAT(job(path)["message"].get<std::string>(), HasSubstr("of a kind that is not taken"));
}

TEST_F(JobsTest, StoppingEndsInOrderWhateverGoesOn) {
  stub_.delay = std::chrono::milliseconds(10);
  start();
  const auto path = posted(upload(video(600)));
  posted(upload(video(600)));
  ASSERT_TRUE(comes_to(path, "running"));
  const auto begin = std::chrono::steady_clock::now();
  jobs_->stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
  const NewJob late{.body = upload(video(2)).file, .multipart = "", .name = "", .model = "first"};
  EXPECT_EQ(std::get<NoJob>(jobs_->add(late)), NoJob::too_many_wait);
  jobs_->stop();
}

}  // namespace
}  // namespace mien::server
