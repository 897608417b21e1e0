#include "mien/annotation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "mien/error.h"
#include "mien/picture.h"
#include "output/annotated_pictures.h"
#include "output/annotation_layout.h"
#include "output/annotation_panel.h"
#include "test_pictures.h"

namespace mien {
namespace {

constexpr std::uint8_t kGround = 90;

Image plain_picture(int width, int height) {
  Image picture(width, height, PixelFormat::bgr);
  std::ranges::fill(picture.pixels(), kGround);
  return picture;
}

FrameResult result_with(const Image& picture, const std::vector<Box>& boxes) {
  FrameResult result;
  result.source = "a.jpg";
  result.width = picture.width();
  result.height = picture.height();
  for (const auto& box : boxes) {
    Face face;
    face.track = static_cast<int>(result.faces.size()) + 1;
    face.box = box;
    face.expression = Expression::happy;
    face.confidence = 0.9F;
    face.probabilities = {0.02F, 0.02F, 0.02F, 0.9F, 0.02F, 0.01F, 0.01F};
    result.faces.push_back(face);
  }
  return result;
}

double changed_share(const Image& picture, const Box& part) {
  int changed = 0;
  for (int y = part.y; y < part.y + part.height; ++y) {
    for (int x = part.x; x < part.x + part.width; ++x) {
      const auto* pixel = picture.view().row(y) + 3 * static_cast<std::ptrdiff_t>(x);
      changed += std::any_of(pixel, pixel + 3, [](auto level) { return level != kGround; }) ? 1 : 0;
    }
  }
  return static_cast<double>(changed) / static_cast<double>(area(part));
}

TEST(Annotation, DrawsBesideTheFaceAndLeavesItVisible) {
  for (const int width : {320, 1280, 3840}) {
    SCOPED_TRACE(width);
    auto picture = plain_picture(width, width * 3 / 4);
    const int side = width / 5;
    const Box face{width / 3, width / 4, side, side};
    annotate(picture, result_with(picture, {face}));
    EXPECT_GT(changed_share(picture, {face.x - 2, face.y - 2, side + 4, side + 4}), 0.02);
    const Box inside{face.x + side / 8, face.y + side / 8, side * 3 / 4, side * 3 / 4};
    EXPECT_EQ(changed_share(picture, inside), 0);
    EXPECT_GT(changed_share(picture, {0, 0, picture.width(), picture.height()}), 0.02);
  }
}

TEST(Annotation, WritesAttributesIntoTheFacesPanel) {
  const Box face{200, 100, 120, 120};
  const AnnotationStyle style(640, 480, false);
  auto plain = plain_picture(640, 480);
  auto result = result_with(plain, {face});
  const auto before = panel_sizes(result.faces[0], style);
  result.faces[0].attributes = Attributes{GenderEstimate{Gender::female, 0.9F}, 34.0F};
  const auto after = panel_sizes(result.faces[0], style);
  EXPECT_EQ(after.full.height, before.full.height + style.label + style.padding);
  EXPECT_EQ(after.compact.height, before.compact.height + style.label + style.padding);
  const auto text = TextMasks::width("female, about 34", style.label);
  EXPECT_GE(after.full.width, text + 2 * style.padding);
  EXPECT_GE(after.compact.width, text + 2 * style.padding);
  auto old = plain_picture(640, 480);
  auto older = result;
  older.faces[0].attributes->age = 84.0F;
  annotate(plain, result);
  annotate(old, older);
  EXPECT_FALSE(std::ranges::equal(plain.pixels(), old.pixels())) << "the age is to be read";
}

TEST(Annotation, PanelsOfAVideoKeepTheirWidthWhateverTheAge) {
  const AnnotationStyle style(640, 480, true);
  auto result = result_with(plain_picture(640, 480), {{200, 100, 120, 120}});
  auto& face = result.faces[0];
  face.attributes = Attributes{GenderEstimate{Gender::female, 0.9F}, 4.0F};
  const auto young = panel_sizes(face, style);
  face.attributes = Attributes{GenderEstimate{Gender::male, 0.9F}, 104.0F};
  EXPECT_EQ(panel_sizes(face, style).full.width, young.full.width);
  EXPECT_EQ(panel_sizes(face, style).compact.width, young.compact.width);
}

TEST(Annotation, WithoutFacesNothingChanges) {
  auto picture = plain_picture(64, 48);
  annotate(picture, result_with(picture, {}));
  EXPECT_EQ(changed_share(picture, {0, 0, 64, 48}), 0);
}

TEST(Annotation, SmallPicturesAndFacesAtTheEdgeAreFine) {
  for (const auto& [width, height] : {std::pair(1, 1), {20, 10}, {60, 400}, {400, 30}}) {
    auto picture = plain_picture(width, height);
    annotate(picture, result_with(picture, {{0, 0, width, height},
                                            {-5, -5, 10, 10},
                                            {width - 1, height - 1, 30, 30},
                                            {3, 3, 0, 0}}));
  }
}

TEST(Annotation, TheResultMustBeOfThePicture) {
  auto picture = plain_picture(64, 48);
  auto other = result_with(picture, {});
  other.width = 65;
  EXPECT_THROW(annotate(picture, other), Error);
}

const PanelSizes kSizes = {.full = {90, 110}, .compact = {70, 20}};

std::vector<PlacedPanel> place(const Box& picture, const std::vector<Box>& faces) {
  return place_panels(picture, faces, std::vector<PanelSizes>(faces.size(), kSizes), 4);
}

TEST(AnnotationLayout, OneFaceHasAFullPanelBesideIt) {
  const Box face{200, 100, 100, 100};
  const auto panels = place({0, 0, 640, 480}, {face});
  EXPECT_TRUE(panels.at(0).full);
  EXPECT_EQ(area(intersection(panels[0].box, face)), 0);
}

TEST(AnnotationLayout, EightCloseFacesDoNotCoverEachOther) {
  const Box picture{0, 0, 600, 320};
  std::vector<Box> faces;
  for (int row = 0; row < 2; ++row) {
    for (int column = 0; column < 4; ++column) {
      faces.push_back({30 + column * 145, 45 + row * 150, 80, 80});
    }
  }
  const auto panels = place(picture, faces);
  for (std::size_t i = 0; i < faces.size(); ++i) {
    EXPECT_EQ(intersection(panels[i].box, picture), panels[i].box);
    for (std::size_t j = 0; j < faces.size(); ++j) {
      EXPECT_EQ(area(intersection(panels[i].box, faces[j])), 0) << i << " over face " << j;
      if (i != j) {
        EXPECT_EQ(area(intersection(panels[i].box, panels[j].box)), 0) << i << " over " << j;
      }
    }
  }
}

TEST(AnnotationLayout, PanelsStayInThePicture) {
  const Box picture{0, 0, 200, 120};
  for (const Box& face : {Box{0, 0, 50, 50}, Box{160, 80, 40, 40}, Box{0, 0, 200, 120}}) {
    const auto panel = place(picture, {face}).at(0).box;
    EXPECT_EQ(intersection(panel, picture), panel);
  }
}

TEST(AnnotatedPictures, AreNamedAfterTheirSources) {
  const test::TemporaryFolder folder;
  AnnotatedPictures pictures(folder.path() / "out", {});
  const auto write = [&](const std::string& source) {
    auto picture = plain_picture(32, 24);
    auto result = result_with(picture, {});
    result.source = source;
    return pictures.write(std::move(picture), result);
  };
  const auto first = write("x/a.jpg");
  EXPECT_EQ(first, folder.path() / "out/a.annotated.jpg");
  EXPECT_EQ(write("y/a.jpg").filename(), "a.annotated-2.jpg");
  EXPECT_EQ(write("a.JPEG").filename(), "a.annotated-3.jpg");
  EXPECT_EQ(write("a.webp").filename(), "a.annotated.png");
  EXPECT_EQ(read_picture(first).width(), 32);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path() / "out"), {}), 4);
}

TEST(AnnotatedPictures, NeverOverwriteASource) {
  const test::TemporaryFolder folder;
  const auto source = folder.write("a.annotated.png", {'x'});
  AnnotatedPictures pictures(folder.path(), {folder.path() / "a.png", source});
  auto picture = plain_picture(32, 24);
  auto result = result_with(picture, {});
  result.source = (folder.path() / "a.png").string();
  EXPECT_EQ(pictures.write(std::move(picture), result).filename(), "a.annotated-2.png");
  EXPECT_EQ(std::filesystem::file_size(source), 1U);
}

TEST(AnnotatedPictures, LongNamesAreShortenedBetweenCharacters) {
  const test::TemporaryFolder folder;
  AnnotatedPictures pictures(folder.path(), {});
  auto picture = plain_picture(32, 24);
  auto result = result_with(picture, {});
  std::string name = "a";
  while (name.size() < 245) name += "é";
  result.source = name + ".png";
  const auto written = pictures.write(std::move(picture), result);
  EXPECT_TRUE(std::filesystem::exists(written));
  EXPECT_EQ(written.filename().string().find("é.annotated.png"), 197U);
}

TEST(AnnotatedPictures, AFolderThatCannotBeIsAnError) {
  const test::TemporaryFolder folder;
  folder.write("file", {'x'});
  EXPECT_THROW(AnnotatedPictures(folder.path() / "file", {}), Error);
}

}  // namespace
}  // namespace mien
