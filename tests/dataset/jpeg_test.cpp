#include "dataset/jpeg.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>

#include <jpeglib.h>

#include "made_folder.h"

namespace mien {
namespace {

using testing::HasSubstr;

constexpr int kWidth = 40;
constexpr int kHeight = 24;

struct JpegKind {
  J_COLOR_SPACE input = JCS_EXT_BGR;
  J_COLOR_SPACE stored = JCS_YCbCr;
  bool adobe = false;
  bool progressive = false;
};

/// A picture of one colour.
std::string jpeg_of(std::vector<std::uint8_t> pixel, const JpegKind& kind) {
  jpeg_error_mgr errors{};
  jpeg_compress_struct codec{};
  codec.err = jpeg_std_error(&errors);
  jpeg_create_compress(&codec);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&codec, &bytes, &size);
  codec.image_width = kWidth;
  codec.image_height = kHeight;
  codec.input_components = static_cast<int>(pixel.size());
  codec.in_color_space = kind.input;
  jpeg_set_defaults(&codec);
  jpeg_set_colorspace(&codec, kind.stored);
  codec.write_Adobe_marker = kind.adobe ? TRUE : FALSE;
  if (kind.progressive) jpeg_simple_progression(&codec);
  jpeg_start_compress(&codec, TRUE);
  std::vector<std::uint8_t> row;
  for (int x = 0; x < kWidth; ++x) row.insert(row.end(), pixel.begin(), pixel.end());
  auto* line = row.data();
  for (int y = 0; y < kHeight; ++y) jpeg_write_scanlines(&codec, &line, 1);
  jpeg_finish_compress(&codec);
  jpeg_destroy_compress(&codec);
  std::string result(bytes, bytes + size);
  std::free(bytes);  // NOLINT: libjpeg's malloc
  return result;
}

class Jpeg : public MadeFolder {
 protected:
  std::string failure(const std::filesystem::path& path) const {
    return MadeFolder::failure(ErrorCode::input, [&path] { read_jpeg(path); });
  }

  void expect_colour(const std::string& bytes, std::array<int, 3> bgr) const {
    const auto picture = read_jpeg(write("a.jpg", bytes));
    ASSERT_EQ(picture.width(), kWidth);
    ASSERT_EQ(picture.height(), kHeight);
    ASSERT_EQ(picture.format(), PixelFormat::bgr);
    for (std::size_t i = 0; i < picture.pixels().size(); ++i) {
      ASSERT_NEAR(picture.pixels()[i], bgr[i % 3], 3) << i;
    }
  }
};

TEST_F(Jpeg, GivesBlueGreenAndRed) {
  expect_colour(jpeg_of({200, 100, 30}, {}), {200, 100, 30});
  expect_colour(jpeg_of({200, 100, 30}, {.progressive = true}), {200, 100, 30});
  expect_colour(jpeg_of({200, 100, 30}, {.stored = JCS_RGB, .adobe = true}), {200, 100, 30});
  expect_colour(jpeg_of({77}, {JCS_GRAYSCALE, JCS_GRAYSCALE}), {77, 77, 77});
}

TEST_F(Jpeg, GivesInkAsColour) {
  // Cyan, magenta, yellow, black: how much there is, or as Adobe has it, how much there is not.
  expect_colour(jpeg_of({51, 102, 204, 0}, {JCS_CMYK, JCS_CMYK}), {51, 153, 204});
  expect_colour(jpeg_of({204, 153, 51, 255}, {JCS_CMYK, JCS_CMYK, true}), {51, 153, 204});
  expect_colour(jpeg_of({204, 153, 51, 255}, {JCS_CMYK, JCS_YCCK, true}), {51, 153, 204});
  expect_colour(jpeg_of({204, 153, 51, 128}, {JCS_CMYK, JCS_CMYK, true}), {26, 77, 102});
}

TEST_F(Jpeg, ReadsWhatIsThereOfAFileThatIsCutOff) {
  const auto whole = jpeg_of({200, 100, 30}, {});
  constexpr std::size_t kScanHeader = 14;
  const auto pixels = whole.find("\xFF\xDA") + kScanHeader;
  const auto picture = read_jpeg(write("a.jpg", whole.substr(0, pixels + 8)));
  EXPECT_EQ(picture.width(), kWidth);
  EXPECT_NEAR(picture.pixels()[0], 200, 3);
}

TEST_F(Jpeg, RefusesWhatItCannotRead) {
  const auto whole = jpeg_of({200, 100, 30}, {});
  EXPECT_THAT(failure(write("cut.jpg", whole.substr(0, 30))), HasSubstr("cut.jpg: not a JPEG"));
  EXPECT_THAT(failure(write("text.jpg", "emotion,pixels")), HasSubstr("not a JPEG"));
  EXPECT_THAT(failure(write("empty.jpg", "")), HasSubstr("empty"));
  EXPECT_THAT(failure(root() / "none.jpg"), HasSubstr("cannot be read"));
  EXPECT_THAT(failure(root()), HasSubstr("cannot be read"));
}

TEST_F(Jpeg, RefusesAHeaderOfTooManyPixels) {
  auto bytes = jpeg_of({200, 100, 30}, {});
  const auto frame = bytes.find("\xFF\xC0");
  ASSERT_NE(frame, std::string::npos);
  for (std::size_t i = 5; i < 9; ++i) bytes[frame + i] = '\xF0';
  EXPECT_THAT(failure(write("a.jpg", bytes)), HasSubstr("over 100 million pixels"));
}

TEST_F(Jpeg, RefusesScansWithoutEnd) {
  auto bytes = jpeg_of({200, 100, 30}, {.progressive = true});
  const auto last = bytes.rfind("\xFF\xDA");
  const auto scan = bytes.substr(last, bytes.size() - last - 2);
  std::string scans;
  for (int i = 0; i < 600; ++i) scans += scan;
  bytes.insert(last, scans);
  EXPECT_THAT(failure(write("a.jpg", bytes)), HasSubstr("more than 500 scans"));
}

/// Gray steps with noise, so that there is something to lose.
Image made_picture(PixelFormat format) {
  Image picture(60, 50, format);
  std::uint32_t state = 1;
  for (auto& value : picture.pixels()) {
    state = state * 1664525U + 1013904223U;
    value = static_cast<std::uint8_t>(100 + (state >> 26U));
  }
  return picture;
}

double difference(const Image& a, const Image& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.pixels().size(); ++i)
    sum += std::abs(a.pixels()[i] - b.pixels()[i]);
  return sum / static_cast<double>(a.pixels().size());
}

TEST_F(Jpeg, LosesMoreWithLessQuality) {
  for (const auto format : {PixelFormat::gray, PixelFormat::bgr}) {
    const auto picture = made_picture(format);
    const auto good = through_jpeg(picture.view(), 95);
    const auto bad = through_jpeg(picture.view(), 10);
    ASSERT_EQ(good.format(), format);
    ASSERT_EQ(good.width(), picture.width());
    ASSERT_EQ(good.height(), picture.height());
    EXPECT_GT(difference(picture, good), 0);
    EXPECT_LT(difference(picture, good), difference(picture, bad));
    EXPECT_LT(difference(picture, bad), 25);
  }
}

TEST_F(Jpeg, ReadsAPartOfAPicture) {
  const auto picture = made_picture(PixelFormat::gray);
  ImageView part = picture.view();
  part.data += 5 * part.stride + 7;
  part.width = 16;
  part.height = 8;
  Image copy(part.width, part.height, PixelFormat::gray);
  for (int y = 0; y < part.height; ++y) {
    std::copy_n(part.row(y), part.width, copy.pixels().begin() + y * part.width);
  }
  EXPECT_EQ(difference(through_jpeg(part, 50), through_jpeg(copy.view(), 50)), 0);
}

TEST_F(Jpeg, RefusesPicturesAndQualitiesThatAreNone) {
  const auto picture = made_picture(PixelFormat::gray);
  for (const int quality : {0, 101}) {
    EXPECT_THROW(through_jpeg(picture.view(), quality), Error);
  }
  EXPECT_THROW(through_jpeg(ImageView{}, 50), Error);
  EXPECT_THROW(through_jpeg(Image(65501, 1, PixelFormat::gray).view(), 50), Error);
}

}  // namespace
}  // namespace mien
