#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "mien/annotation.h"
#include "mien/error.h"
#include "output/annotation_layout.h"
#include "output/colour.h"
#include "output/timeline.h"

namespace mien {
namespace {

constexpr int kWidth = 640;
constexpr int kHeight = 480;
constexpr std::uint8_t kGround = 90;

Face face_at(const Box& box, Expression expression = Expression::happy, int track = 1) {
  Face face;
  face.track = track;
  face.box = box;
  face.expression = expression;
  face.confidence = 0.9F;
  face.probabilities.fill(0.0F);
  return face;
}

FrameResult frame(double time, const std::vector<Face>& faces) {
  FrameResult result;
  result.time = time;
  result.width = kWidth;
  result.height = kHeight;
  result.faces = faces;
  return result;
}

Image plain_picture() {
  Image picture(kWidth, kHeight, PixelFormat::bgr);
  std::ranges::fill(picture.pixels(), kGround);
  return picture;
}

Image annotated(Annotator& annotator, const FrameResult& result) {
  auto picture = plain_picture();
  annotator.annotate(picture, result);
  return picture;
}

int pixels_of(const Image& picture, Expression expression) {
  const Colour colour = colour_of(expression);
  int count = 0;
  const auto pixels = picture.pixels();
  for (std::size_t i = 0; i < pixels.size(); i += 3) {
    count +=
        pixels[i] == colour.blue && pixels[i + 1] == colour.green && pixels[i + 2] == colour.red;
  }
  return count;
}

/// The first column from the left, behind the face, that is drawn on.
int panel_begins(const Image& picture, const Box& face) {
  const int y = face.y + face.height / 2;
  std::ptrdiff_t x = face.x + face.width + 4;
  while (x < kWidth && picture.view().row(y)[3 * x] == kGround) ++x;
  return static_cast<int>(x);
}

TEST(Timeline, JoinsWhatIsTheSameAndKeepsGaps) {
  Timeline timeline;
  const Box box{0, 0, 9, 9};
  timeline.add(frame(1.0, {face_at(box)}));
  timeline.add(frame(1.1, {face_at(box)}));
  timeline.add(frame(1.2, {face_at(box, Expression::sad)}));
  timeline.add(frame(1.3, {}));
  timeline.add(frame(1.4, {face_at(box, Expression::sad)}));
  timeline.add(frame(1.5, {face_at(box, Expression::sad)}));
  const auto& runs = timeline.runs(1);
  ASSERT_EQ(runs.size(), 3U);
  EXPECT_EQ(runs[0].begin, 1.0);
  EXPECT_EQ(runs[0].end, 1.1);
  EXPECT_EQ(runs[1].begin, 1.1) << "without a gap";
  EXPECT_EQ(runs[1].end, 1.2);
  EXPECT_EQ(runs[2].begin, 1.4);
  EXPECT_EQ(runs[2].expression, Expression::sad);
  EXPECT_TRUE(timeline.runs(2).empty());
}

TEST(Timeline, ForgetsWhatIsOld) {
  Timeline timeline;
  timeline.add(frame(0, {face_at({}, Expression::sad, 1), face_at({}, Expression::sad, 2)}));
  for (int i = 1; i <= 300; ++i) {
    timeline.add(frame(i * 0.1, {face_at({}, all_expressions()[static_cast<std::size_t>(i) % 7])}));
  }
  EXPECT_TRUE(timeline.runs(2).empty());
  EXPECT_LE(timeline.runs(1).size(), 103U);
  timeline.add(frame(0, {}));
  EXPECT_TRUE(timeline.runs(1).empty()) << "another source";
}

TEST(Annotator, ShowsWhatWasBefore) {
  const Box box{200, 150, 120, 120};
  Annotator annotator;
  for (int i = 0; i < 40; ++i)
    annotated(annotator, frame(i * 0.1, {face_at(box, Expression::sad)}));
  const auto before = annotated(annotator, frame(4.0, {face_at(box)}));
  const auto later = annotated(annotator, frame(15.0, {face_at(box)}));
  EXPECT_GT(pixels_of(before, Expression::sad), 50);
  EXPECT_EQ(pixels_of(later, Expression::sad), 0);
}

TEST(Annotator, FacesOfAnotherTrackHaveNoPast) {
  const Box box{200, 150, 120, 120};
  Annotator annotator;
  for (int i = 0; i < 40; ++i)
    annotated(annotator, frame(i * 0.1, {face_at(box, Expression::sad)}));
  const auto other = annotated(annotator, frame(4.0, {face_at(box, Expression::happy, 2)}));
  EXPECT_EQ(pixels_of(other, Expression::sad), 0);
}

TEST(Annotator, PanelsMoveWithTheirFaces) {
  Annotator annotator;
  for (int i = 0; i < 60; ++i) {
    const Box box{120 + 2 * i + i % 2, 180 + i % 3, 100, 100 + i % 2};
    const auto picture = annotated(annotator, frame(i * 0.04, {face_at(box)}));
    EXPECT_NEAR(panel_begins(picture, box) - box.x, 104, 2) << i;
  }
}

TEST(Annotator, PanelsGlideToAnotherPlace) {
  Annotator annotator;
  std::ptrdiff_t last = kWidth;
  for (int i = 0; i < 400; ++i) {
    const Box box{std::clamp(300 + 2 * (i - 110), 300, 530), 180, 100, 100};
    const auto picture = annotated(annotator, frame(i * 0.01, {face_at(box)}));
    const auto* row = picture.view().row(box.y + 50);
    std::ptrdiff_t leftmost = 0;
    while (row[3 * leftmost] == kGround) ++leftmost;
    if (i > 0) {
      EXPECT_LT(last - leftmost, 40) << i;
    }
    last = leftmost;
  }
  EXPECT_LT(last, 530 - 100) << "beside the face, where there is room";
}

TEST(Annotator, TheResultMustBeOfThePicture) {
  Annotator annotator;
  auto picture = plain_picture();
  auto result = frame(0, {});
  result.height = 1;
  EXPECT_THROW(annotator.annotate(picture, result), Error);
}

TEST(Annotator, SizesMayChange) {
  Annotator annotator;
  for (const int side : {480, 1, 700, 12}) {
    Image picture(side, side, PixelFormat::bgr);
    auto result = frame(side, {face_at({side / 3, side / 3, side / 4, side / 4})});
    result.width = result.height = side;
    annotator.annotate(picture, result);
  }
}

const Box kPicture{0, 0, 640, 480};
const PanelSizes kSizes = {.full = {90, 110}, .compact = {70, 20}};

std::optional<PreviousPanel> as_previous(const PlacedPanel& panel, bool may_grow = true) {
  return PreviousPanel{panel.place, panel.full, may_grow};
}

TEST(AnnotationLayout, APanelStaysWhereItWas) {
  const Box face{400, 200, 100, 100};
  const auto free = place_panels(kPicture, {face}, {kSizes}, 4).at(0);
  for (const int place : {1, 3, 7, 9}) {
    const auto stayed =
        place_panels(kPicture, {face}, {kSizes}, 4, {PreviousPanel{place, true, true}}).at(0);
    EXPECT_EQ(stayed.place, place);
    EXPECT_TRUE(stayed.full);
    EXPECT_NE(stayed.place, free.place);
  }
}

TEST(AnnotationLayout, ACompactPanelGrowsOnlyWhenItMay) {
  const Box face{400, 200, 100, 100};
  const PreviousPanel compact{6, false, false};
  EXPECT_FALSE(place_panels(kPicture, {face}, {kSizes}, 4, {compact}).at(0).full);
  EXPECT_TRUE(
      place_panels(kPicture, {face}, {kSizes}, 4, {PreviousPanel{6, false, true}}).at(0).full);
}

TEST(AnnotationLayout, APanelGivesWayToAFace) {
  const Box face{200, 200, 100, 100};
  const auto first = place_panels(kPicture, {face}, {kSizes}, 4).at(0);
  const Box other{first.box.x, first.box.y, 100, 100};
  const auto panels = place_panels(kPicture, {face, other}, {kSizes, kSizes}, 4,
                                   {as_previous(first), std::nullopt});
  EXPECT_EQ(area(intersection(panels[0].box, other)), 0);
}

TEST(AnnotationLayout, FacesThatTrembleDoNotMoveTheirPanels) {
  std::vector<std::optional<PreviousPanel>> previous;
  int changes = 0;
  for (int i = 0; i < 200; ++i) {
    std::vector<Box> faces;
    for (int k = 0; k < 8; ++k) {
      faces.push_back({20 + (k % 4) * 150 + (i * 7 + k) % 5, 70 + (k / 4) * 170 + (i * 3 + k) % 5,
                       100 + (i + k) % 4, 100 + (i * 5 + k) % 4});
    }
    const auto panels =
        place_panels(kPicture, faces, std::vector<PanelSizes>(8, kSizes), 4, previous);
    for (std::size_t k = 0; k < 8 && !previous.empty(); ++k) {
      changes += panels[k].place != previous[k]->place || panels[k].full != previous[k]->full;
    }
    previous.clear();
    for (const auto& panel : panels) previous.push_back(as_previous(panel));
  }
  EXPECT_LE(changes, 2);
}

}  // namespace
}  // namespace mien
