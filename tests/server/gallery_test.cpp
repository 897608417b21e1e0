#include "server/gallery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <opencv2/imgcodecs.hpp>

#include "asker.h"
#include "gallery_pictures.h"
#include "mien/error.h"
#include "test_pictures.h"

namespace mien::server {
namespace {

using boost::beast::http::status;
using testing::HasSubstr;
using Json = nlohmann::json;

constexpr auto kHappy = static_cast<std::size_t>(Expression::happy);
constexpr auto kSad = static_cast<std::size_t>(Expression::sad);

TEST(Gallery, GivesItsPicturesByNumber) {
  Gallery gallery;
  gallery.pictures[kHappy] = {"one", "two"};
  Router router;
  add_gallery_routes(router, gallery);
  Asker asker(router);
  EXPECT_EQ(
      asker.get_json("/api/v1/gallery"),
      Json::parse(R"({"available":true,"expressions":{"angry":0,"disgust":0,"fear":0,"happy":2,
                "sad":0,"surprise":0,"neutral":0}})"));
  const auto picture = asker.get("/api/v1/gallery/happy/1");
  EXPECT_EQ(picture.status, status::ok);
  EXPECT_EQ(picture.type, "image/png");
  EXPECT_EQ(picture.body, "two");
  for (const auto* wrong : {"happy/2", "sad/0", "happy/-1", "happy/1x", "joy/0",
                            "happy/99999999999999999999999", "happy/ 1"}) {
    const auto response = asker.get(std::string("/api/v1/gallery/") + wrong);
    EXPECT_EQ(response.status, status::not_found) << wrong;
    EXPECT_THAT(sentence(response), HasSubstr("no such")) << wrong;
  }
}

TEST(Gallery, SaysHowToGetOne) {
  const Gallery gallery;
  Router router;
  add_gallery_routes(router, gallery);
  Asker asker(router);
  EXPECT_EQ(asker.get_json("/api/v1/gallery"),
            Json::parse(R"({"available":false,"expressions":{}})"));
  EXPECT_THAT(sentence(asker.get("/api/v1/gallery/happy/0")), HasSubstr("--gallery"));
}

cv::Mat decoded(const std::string& png) {
  return cv::imdecode(std::vector<char>(png.begin(), png.end()), cv::IMREAD_UNCHANGED);
}

/// fer2013.csv with pictures that are all of one gray but for a corner.
std::filesystem::path write_csv(const test::TemporaryFolder& folder, int happy) {
  const auto path = folder.path() / "fer2013.csv";
  std::ofstream csv(path);
  csv << "emotion,pixels,Usage\n";
  const auto row = [&](int label, int gray, int corner, const char* usage) {
    csv << label << ',' << corner;
    for (int i = 1; i < 48 * 48; ++i) csv << ' ' << gray;
    csv << ',' << usage << '\n';
  };
  for (int i = 0; i < happy; ++i) row(3, i, 255, "Training");
  row(4, 7, 255, "Training");
  row(4, 9, 9, "Training");  // blank
  return path;
}

TEST(GalleryPictures, AreChosenEvenlyFromADataSet) {
  const test::TemporaryFolder folder;
  const auto gallery = apps::read_gallery(write_csv(folder, 120));
  ASSERT_EQ(gallery.pictures[kHappy].size(), 60U);
  EXPECT_EQ(gallery.pictures[kSad].size(), 1U);
  const auto first = decoded(gallery.pictures[kHappy].front());
  EXPECT_EQ(first.size(), cv::Size(48, 48));
  EXPECT_EQ(first.at<std::uint8_t>(0, 0), 255);
  EXPECT_EQ(first.at<std::uint8_t>(20, 20), 0);
  EXPECT_EQ(decoded(gallery.pictures[kHappy].back()).at<std::uint8_t>(20, 20), 118);
}

class GalleryFolder : public testing::Test {
 protected:
  void write(const std::string& name, cv::Size size = {300, 150}) const {
    const auto path = folder_.path() / name;
    std::filesystem::create_directories(path.parent_path());
    cv::imwrite(path.string(), cv::Mat(size, CV_8UC3, cv::Scalar(10, 20, 30)));
  }
  const std::filesystem::path& root() const { return folder_.path(); }

 private:
  test::TemporaryFolder folder_;
};

TEST_F(GalleryFolder, WithLabelsIsReadAndScaledDown) {
  write("happy/1.png");
  write("happy/2.jpg", {20, 30});
  write("other/1.png");
  std::ofstream(root() / "happy" / "3.png") << "no picture";
  std::filesystem::create_directory(root() / "sad");
  const auto gallery = apps::read_gallery(root());
  ASSERT_EQ(gallery.pictures[kHappy].size(), 2U);
  const auto large = decoded(gallery.pictures[kHappy][0]);
  EXPECT_EQ(large.size(), cv::Size(160, 80));
  EXPECT_EQ(large.at<cv::Vec3b>(5, 5), cv::Vec3b(10, 20, 30));
  EXPECT_EQ(decoded(gallery.pictures[kHappy][1]).size(), cv::Size(20, 30));
  EXPECT_TRUE(gallery.pictures[kSad].empty());
}

TEST_F(GalleryFolder, WithSplitsIsRead) {
  write("test/happy/1.png");
  write("train/happy/1.png");
  write("train/sad/1.png");
  const auto gallery = apps::read_gallery(root());
  EXPECT_EQ(gallery.pictures[kHappy].size(), 2U);
  EXPECT_EQ(gallery.pictures[kSad].size(), 1U);
}

TEST_F(GalleryFolder, WithoutAPictureIsAnError) {
  std::filesystem::create_directory(root() / "happy");
  EXPECT_THROW(apps::read_gallery(root()), Error);
  EXPECT_THROW(apps::read_gallery(root() / "none"), Error);
}

}  // namespace
}  // namespace mien::server
