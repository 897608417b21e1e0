#include "mien/picture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

#include <opencv2/imgproc.hpp>
#include <random>

#include "mien/error.h"
#include "test_pictures.h"

namespace mien {
namespace {

using test::Bytes;
using testing::HasSubstr;

struct Colour {
  int blue;
  int green;
  int red;
};

constexpr Colour kRed{0, 0, 255};
constexpr Colour kGreen{0, 255, 0};
constexpr Colour kBlue{255, 0, 0};
constexpr Colour kWhite{255, 255, 255};

void expect_colour(const Image& image, int x, int y, Colour expected, int tolerance = 8) {
  const auto* pixel = image.view().row(y) + 3 * static_cast<std::ptrdiff_t>(x);
  EXPECT_NEAR(pixel[0], expected.blue, tolerance) << x << "," << y;
  EXPECT_NEAR(pixel[1], expected.green, tolerance) << x << "," << y;
  EXPECT_NEAR(pixel[2], expected.red, tolerance) << x << "," << y;
}

class Picture : public testing::Test {
 protected:
  Image read(const std::string& name, const Bytes& bytes) const {
    return read_picture(folder_.write(name, bytes));
  }

  std::string failure(const std::string& name, const Bytes& bytes,
                      const PictureLimits& limits = {}) const {
    return failure(folder_.write(name, bytes), limits);
  }

  static std::string failure(const std::filesystem::path& path, const PictureLimits& limits = {}) {
    try {
      read_picture(path, limits);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::input);
      EXPECT_THAT(error.what(), testing::StartsWith(path.string()));
      EXPECT_THAT(error.what(), testing::Not(HasSubstr("\n")));
      return error.what();
    }
    return "no error";
  }

  const std::filesystem::path& folder() const { return folder_.path(); }

 private:
  test::TemporaryFolder folder_;
};

void expect_four_quarters(const Image& image, int tolerance = 8) {
  ASSERT_EQ(image.width(), 40);
  ASSERT_EQ(image.height(), 20);
  ASSERT_EQ(image.format(), PixelFormat::bgr);
  expect_colour(image, 5, 4, kRed, tolerance);
  expect_colour(image, 34, 4, kGreen, tolerance);
  expect_colour(image, 5, 16, kBlue, tolerance);
  expect_colour(image, 34, 16, kWhite, tolerance);
}

TEST_F(Picture, EveryFormat) {
  for (const auto* extension : {".png", ".bmp", ".tiff", ".jpg", ".webp"}) {
    SCOPED_TRACE(extension);
    expect_four_quarters(
        read(std::string("a") + extension, test::encoded(test::four_quarters(), extension)), 30);
  }
}

TEST_F(Picture, TheNameDoesNotMatter) {
  expect_four_quarters(read("a.jpg", test::encoded(test::four_quarters(), ".png")));
}

TEST_F(Picture, SixteenBits) {
  cv::Mat deep;
  test::four_quarters().convertTo(deep, CV_16U, 257);
  for (const auto* extension : {".png", ".tiff"}) {
    SCOPED_TRACE(extension);
    expect_four_quarters(read(std::string("a") + extension, test::encoded(deep, extension)));
  }
}

TEST_F(Picture, Gray) {
  const cv::Mat gray(8, 9, CV_8U, cv::Scalar(77));
  for (const auto* extension : {".png", ".jpg", ".tiff", ".bmp"}) {
    SCOPED_TRACE(extension);
    const auto image = read(std::string("a") + extension, test::encoded(gray, extension));
    ASSERT_EQ(image.format(), PixelFormat::bgr);
    expect_colour(image, 4, 4, {77, 77, 77}, 2);
  }
}

TEST_F(Picture, TransparentLiesOverWhite) {
  cv::Mat picture(8, 8, CV_8UC4, cv::Scalar(0, 0, 255, 0));
  picture(cv::Rect(0, 0, 4, 8)) = cv::Scalar(0, 0, 255, 255);
  for (const auto* extension : {".png", ".tiff", ".webp"}) {
    SCOPED_TRACE(extension);
    const auto image = read(std::string("a") + extension, test::encoded(picture, extension));
    expect_colour(image, 1, 4, kRed, 12);
    expect_colour(image, 6, 4, kWhite, 12);
  }
}

TEST_F(Picture, CmykJpeg) {
  const auto image = read("a.jpg", test::cmyk_jpeg());
  ASSERT_EQ(image.width(), 16);
  expect_colour(image, 8, 8, kRed, 12);
}

TEST_F(Picture, TheOrientationInTheFileIsApplied) {
  // The corners that four_quarters() shows at the top left, top right and bottom left.
  const struct {
    int orientation;
    Colour top_left;
    Colour top_right;
    Colour bottom_left;
  } cases[] = {{1, kRed, kGreen, kBlue},   {2, kGreen, kRed, kWhite}, {3, kWhite, kBlue, kGreen},
               {4, kBlue, kWhite, kRed},   {5, kRed, kBlue, kGreen},  {6, kBlue, kRed, kWhite},
               {7, kWhite, kGreen, kBlue}, {8, kGreen, kWhite, kRed}};
  const auto jpeg = test::encoded(test::four_quarters(), ".jpg");
  for (const auto& one : cases) {
    for (const auto& bytes :
         {test::with_orientation(jpeg, one.orientation),
          test::tiff_with_orientation(one.orientation), test::png_with_orientation(one.orientation),
          test::webp_with_orientation(one.orientation)}) {
      const auto image = read("a.jpg", bytes);
      SCOPED_TRACE(std::to_string(one.orientation) + " in " + std::string(&bytes[0], &bytes[4]));
      const bool turned = one.orientation >= 5;
      ASSERT_EQ(image.width(), turned ? 20 : 40);
      expect_colour(image, 3, 3, one.top_left, 30);
      expect_colour(image, image.width() - 4, 3, one.top_right, 30);
      expect_colour(image, 3, image.height() - 4, one.bottom_left, 30);
    }
  }
}

TEST_F(Picture, CutOffIsAnErrorInEveryFormat) {
  cv::Mat noise(64, 64, CV_8UC3);
  cv::theRNG().state = 1;
  cv::randu(noise, 0, 256);
  for (const auto* extension : {".png", ".bmp", ".tiff", ".jpg", ".webp"}) {
    const auto whole = test::encoded(noise, extension);
    for (const double share : {0.02, 0.3, 0.6, 0.95}) {
      SCOPED_TRACE(std::string(extension) + " " + std::to_string(share));
      const auto kept = static_cast<std::ptrdiff_t>(share * static_cast<double>(whole.size()));
      EXPECT_NE(failure(std::string("a") + extension, {whole.begin(), whole.begin() + kept}),
                "no error");
    }
  }
}

TEST_F(Picture, DamageIsNeverACrash) {
  cv::Mat noise(32, 32, CV_8UC3);
  cv::theRNG().state = 2;
  cv::randu(noise, 0, 256);
  std::mt19937 random(3);
  for (const auto* extension : {".png", ".bmp", ".tiff", ".jpg", ".webp"}) {
    const auto whole = test::encoded(noise, extension);
    for (int i = 0; i < 40; ++i) {
      auto damaged = whole;
      for (int j = 0; j < 4; ++j) {
        damaged[random() % std::min<std::size_t>(damaged.size(), 256)] =
            static_cast<std::uint8_t>(random());
      }
      failure(std::string("a") + extension, damaged, {.pixels = 1'000'000});
    }
  }
}

TEST_F(Picture, WhatIsNoPicture) {
  EXPECT_THAT(failure(folder() / "none.png"), HasSubstr("cannot open: No such file"));
  EXPECT_THAT(failure(folder()), HasSubstr("a folder"));
  EXPECT_THAT(failure("empty.png", Bytes{}), HasSubstr("the file is empty"));
  EXPECT_THAT(failure("text.png", {'h', 'e', 'l', 'l', 'o', '\n'}), HasSubstr("not a picture"));
  EXPECT_THAT(failure("a.gif", {'G', 'I', 'F', '8', '9', 'a', 0, 0}), HasSubstr("a GIF file"));
}

TEST_F(Picture, LimitsHoldBeforeAnythingIsDecoded) {
  EXPECT_THAT(failure("huge.png", test::png_header(60000, 60000)),
              HasSubstr("60000 x 60000 pixels are over the limit of 100 megapixels"));
  const auto picture = test::encoded(test::four_quarters(), ".bmp");
  EXPECT_THAT(failure("a.bmp", picture, {.pixels = 799}), HasSubstr("over the limit"));
  EXPECT_EQ(failure("a.bmp", picture, {.pixels = 800}), "no error");
  EXPECT_THAT(failure("a.bmp", Bytes(2 << 20), {.bytes = 1 << 20}),
              HasSubstr("larger than the limit of 1 MiB"));
}

TEST_F(Picture, ASecondHeaderDoesNotHideTheFirst) {
  const auto jpeg = test::encoded(test::four_quarters(), ".jpg");
  EXPECT_THAT(failure("a.jpg", test::with_second_frame(jpeg)), HasSubstr("damaged"));
  const auto png = test::encoded(test::four_quarters(), ".png");
  EXPECT_THAT(failure("a.png", test::with_second_header(png)), HasSubstr("damaged"));
}

TEST_F(Picture, AJpegOfEndlessScansIsRefused) {
  const auto plain = test::encoded(test::four_quarters(), ".jpg");
  const std::vector<std::uint8_t> scan = {0xFF, 0xDA, 0, 6, 1, 1, 0x11, 0};
  const auto with_scans = [&](int count) {
    std::vector<std::uint8_t> bytes(plain.begin(), plain.end() - 2);
    for (int i = 0; i < count; ++i) bytes.insert(bytes.end(), scan.begin(), scan.end());
    bytes.insert(bytes.end(), plain.end() - 2, plain.end());
    return bytes;
  };
  EXPECT_THAT(failure("a.jpg", with_scans(99)), testing::Not(HasSubstr("scans")));
  EXPECT_THAT(failure("a.jpg", with_scans(100)), HasSubstr("a JPEG of more than 100 scans"));
}

TEST_F(Picture, ABmpOfEnormousRowsIsCutOff) {
  Bytes bytes = test::encoded(test::four_quarters(), ".bmp");
  for (const std::size_t field : {18U, 22U}) {  // width and height
    bytes[field] = bytes[field + 1] = bytes[field + 2] = 0xFF;
    bytes[field + 3] = 0x7F;
  }
  EXPECT_THAT(failure("a.bmp", bytes), HasSubstr("cut off"));
  bytes[28] = bytes[29] = 0xFF;  // bits of a pixel
  EXPECT_THAT(failure("a.bmp", bytes), HasSubstr("damaged"));
}

TEST_F(Picture, WhatCannotBeReadDoesNotHang) {
  const test::TemporaryFolder odd;
  ASSERT_EQ(::mkfifo((odd.path() / "pipe.png").c_str(), 0600), 0);
  std::filesystem::create_symlink("loop.png", odd.path() / "loop.png");
  const auto listed = list_pictures(odd.path());
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_THAT(failure(listed[0]), HasSubstr("cannot open"));
}

TEST_F(Picture, AFolderIsListedInNaturalOrder) {
  const test::TemporaryFolder pictures;
  for (const auto* name : {"10.jpg", "2.JPG", "a.txt", ".hidden.png", "1.webp", "b.tiff"}) {
    pictures.write(name, {});
  }
  std::filesystem::create_directory(pictures.path() / "folder.png");
  std::vector<std::string> names;
  for (const auto& path : list_pictures(pictures.path())) names.push_back(path.filename());
  EXPECT_THAT(names, testing::ElementsAre("1.webp", "2.JPG", "10.jpg", "b.tiff"));

  const test::TemporaryFolder empty;
  EXPECT_THROW(list_pictures(empty.path()), Error);
  EXPECT_THROW(list_pictures(empty.path() / "none"), Error);
}

}  // namespace
}  // namespace mien
