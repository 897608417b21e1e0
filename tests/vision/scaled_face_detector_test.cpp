// What a detector gives its finder to look at, and what it makes of the findings.
#include "vision/scaled_face_detector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <opencv2/imgproc.hpp>
#include <set>

#include "mien/error.h"

namespace mien {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

DetectorCard finder_card() {
  DetectorCard card;
  card.smallest_face = 16;
  card.min_score = 0.5;
  card.max_overlap = 0.4;
  card.framing = {.margin = 1.5, .shift_down = 0.25};
  return card;
}

/// Takes bright squares for faces, as sure as they are bright, and notes what it was given.
class SquareFinder final : public FaceFinder {
 public:
  explicit SquareFinder(std::vector<cv::Size>& sizes, bool looks_twice = false)
      : sizes_(sizes), looks_twice_(looks_twice) {}

  const DetectorCard& card() const override { return card_; }
  int side_unit() const override { return 32; }
  double most_pixels() const override { return 1 << 21; }
  bool looks_twice() const override { return looks_twice_; }

  std::vector<FaceCandidate> find(const ImageView& picture, float min_score) override {
    EXPECT_EQ(picture.format, PixelFormat::bgr);
    EXPECT_EQ(picture.stride, 3 * picture.width);
    sizes_.emplace_back(picture.width, picture.height);
    const cv::Mat view(picture.height, picture.width, CV_8UC3,
                       const_cast<std::uint8_t*>(picture.data));
    cv::Mat green;
    cv::extractChannel(view, green, 1);
    cv::Mat labels;
    cv::Mat found;
    cv::Mat centres;
    const int count = cv::connectedComponentsWithStats(green > 40, labels, found, centres, 4);
    std::vector<FaceCandidate> faces;
    for (int i = 1; i < count; ++i) {
      const cv::Rect box(found.at<int>(i, 0), found.at<int>(i, 1), found.at<int>(i, 2),
                         found.at<int>(i, 3));
      double brightest = 0;
      cv::minMaxLoc(green(box), nullptr, &brightest);
      const auto score = static_cast<float>(brightest / 255);
      if (score >= min_score) faces.push_back(face(box, score));
    }
    return faces;
  }

 private:
  static FaceCandidate face(const cv::Rect& box, float score) {
    const auto left = static_cast<float>(box.x);
    const auto top = static_cast<float>(box.y);
    const auto right = static_cast<float>(box.x + box.width);
    const auto bottom = static_cast<float>(box.y + box.height);
    return {left,
            top,
            right,
            bottom,
            score,
            Landmarks{{{left, top}, {right, top}, {left, bottom}, {right, bottom}, {left, top}}}};
  }

  DetectorCard card_ = finder_card();
  std::vector<cv::Size>& sizes_;
  bool looks_twice_;
};

/// Finds what it is told, in every picture.
class ScriptedFinder final : public FaceFinder {
 public:
  explicit ScriptedFinder(std::vector<FaceCandidate> faces) : faces_(std::move(faces)) {}
  const DetectorCard& card() const override { return card_; }
  int side_unit() const override { return 32; }
  double most_pixels() const override { return 1 << 21; }
  std::vector<FaceCandidate> find(const ImageView& /*picture*/, float /*min_score*/) override {
    return faces_;
  }

 private:
  DetectorCard card_ = finder_card();
  std::vector<FaceCandidate> faces_;
};

ImageView view_of(const cv::Mat& picture) {
  return {picture.data, picture.cols, picture.rows, static_cast<std::ptrdiff_t>(picture.step),
          picture.channels() == 1 ? PixelFormat::gray : PixelFormat::bgr};
}

cv::Mat black(int width, int height) { return cv::Mat::zeros(height, width, CV_8UC3); }

void draw(cv::Mat& picture, const Box& box, double brightness = 255) {
  picture(cv::Rect(box.x, box.y, box.width, box.height)).setTo(cv::Scalar::all(brightness));
}

class ScaledDetector : public testing::Test {
 protected:
  std::vector<DetectedFace> detect(const cv::Mat& picture,
                                   const FaceDetectorOptions& options = {}) {
    return detector(options)->detect(view_of(picture));
  }
  std::unique_ptr<FaceDetector> detector(const FaceDetectorOptions& options = {}) {
    return make_scaled_detector(std::make_unique<SquareFinder>(sizes_), options);
  }
  static std::vector<DetectedFace> detect_scripted(std::vector<FaceCandidate> faces) {
    return make_scaled_detector(std::make_unique<ScriptedFinder>(std::move(faces)), {})
        ->detect(view_of(black(640, 480)));
  }
  std::size_t different_sizes() const {
    std::set<std::pair<int, int>> different;
    for (const auto& size : sizes_) different.emplace(size.width, size.height);
    return different.size();
  }

  std::vector<cv::Size> sizes_;
};

struct WorkingSize {
  cv::Size picture;
  int min_face;
  cv::Size input;

  friend std::ostream& operator<<(std::ostream& out, const WorkingSize& size) {
    return out << size.picture << " from " << size.min_face;
  }
};

class WorkingSizes : public ScaledDetector, public testing::WithParamInterface<WorkingSize> {};

TEST_P(WorkingSizes, AreAsLargeAsIsNeeded) {
  const auto& [picture, min_face, input] = GetParam();
  EXPECT_THAT(detect(black(picture.width, picture.height), {.min_face = min_face}), IsEmpty());
  EXPECT_THAT(sizes_, ElementsAre(input));
}

INSTANTIATE_TEST_SUITE_P(
    Pictures, WorkingSizes,
    testing::Values(
        WorkingSize{{640, 480}, 0, {640, 480}}, WorkingSize{{480, 640}, 0, {480, 640}},
        WorkingSize{{320, 240}, 0, {320, 256}}, WorkingSize{{1280, 720}, 0, {640, 384}},
        WorkingSize{{1000, 1000}, 0, {640, 640}}, WorkingSize{{6000, 4000}, 0, {640, 448}},
        WorkingSize{{1, 1}, 0, {32, 32}}, WorkingSize{{3, 20'000}, 0, {32, 640}},
        WorkingSize{{20'000, 3}, 0, {640, 32}},
        // Faces of 16 pixels are found as they are; smaller ones are enlarged.
        WorkingSize{{640, 480}, 16, {640, 480}}, WorkingSize{{640, 480}, 24, {640, 480}},
        WorkingSize{{640, 480}, 32, {480, 384}}, WorkingSize{{640, 480}, 48, {320, 256}},
        WorkingSize{{1920, 1080}, 16, {1920, 1088}}, WorkingSize{{1920, 1080}, 40, {1152, 672}},
        WorkingSize{{300, 300}, 12, {416, 416}}, WorkingSize{{300, 300}, 8, {608, 608}},
        WorkingSize{{300, 300}, 2, {608, 608}}, WorkingSize{{90, 90}, 100'000, {32, 32}},
        WorkingSize{{3, 20'000}, 16, {32, 20'000}}));

TEST_F(ScaledDetector, FacesAreInPixelsOfThePicture) {
  auto picture = black(1280, 960);
  const std::vector<Box> boxes{{200, 100, 60, 80}, {700, 600, 200, 200}, {1200, 900, 80, 60}};
  const std::vector<double> brightness{150, 250, 200};
  for (std::size_t i = 0; i < boxes.size(); ++i) draw(picture, boxes[i], brightness[i]);
  for (const int min_face : {0, 16, 24, 12}) {
    const auto faces = detect(picture, {.min_face = min_face});
    ASSERT_THAT(faces, SizeIs(3)) << min_face;
    const std::array<std::size_t, 3> surest{1, 2, 0};
    for (std::size_t i = 0; i < 3; ++i) {
      const auto& box = boxes[surest[i]];
      EXPECT_GT(iou(faces[i].box, box), 0.9) << min_face;
      EXPECT_NEAR(faces[i].score, brightness[surest[i]] / 255, 0.02);
      ASSERT_TRUE(faces[i].landmarks);
      EXPECT_NEAR((*faces[i].landmarks)[3].x, box.x + box.width, 3);
      EXPECT_NEAR((*faces[i].landmarks)[3].y, box.y + box.height, 3);
    }
  }
}

/// At half the scale only large faces count: each square is surest where it is seen whole.
TEST_F(ScaledDetector, LargeFacesAreLookedForAgainAtHalfTheScale) {
  auto picture = black(640, 480);
  draw(picture, {100, 100, 30, 30}, 200);
  draw(picture, {300, 100, 120, 120}, 200);
  const auto twice = make_scaled_detector(std::make_unique<SquareFinder>(sizes_, true), {})
                         ->detect(view_of(picture));
  EXPECT_THAT(sizes_, ElementsAre(cv::Size(640, 480), cv::Size(320, 256)));
  EXPECT_THAT(twice, SizeIs(2));
  sizes_.clear();
  const auto small = make_scaled_detector(std::make_unique<SquareFinder>(sizes_, true), {});
  small->detect(view_of(black(250, 200)));
  EXPECT_THAT(sizes_, SizeIs(1));
  sizes_.clear();
  small->detect_near(view_of(picture), {100, 100, 30, 30});
  small->detect_in(view_of(picture), {90, 90, 60, 60}, 0);
  EXPECT_THAT(sizes_, SizeIs(2));
}

/// Sees nothing in pictures larger than half of 640x480.
class FarSightedFinder final : public FaceFinder {
 public:
  const DetectorCard& card() const override { return card_; }
  int side_unit() const override { return 32; }
  double most_pixels() const override { return 1 << 21; }
  bool looks_twice() const override { return true; }
  std::vector<FaceCandidate> find(const ImageView& picture, float /*min_score*/) override {
    if (picture.width > 320) return {};
    return {{10, 10, 20, 20, 0.9F, {}}, {100, 100, 160, 160, 0.9F, {}}};
  }

 private:
  DetectorCard card_ = finder_card();
};

TEST_F(ScaledDetector, OfTheSecondLookOnlyLargeFacesCount) {
  const auto faces = make_scaled_detector(std::make_unique<FarSightedFinder>(), {})
                         ->detect(view_of(black(640, 480)));
  ASSERT_THAT(faces, SizeIs(1));
  EXPECT_EQ(faces[0].box, (Box{200, 200, 120, 120}));
}

TEST_F(ScaledDetector, GrayIsAsGoodAsColour) {
  cv::Mat gray(720, 1280, CV_8U, cv::Scalar(0));
  draw(gray, {640, 300, 100, 100});
  const auto faces = detect(gray);
  ASSERT_THAT(faces, SizeIs(1));
  EXPECT_GT(iou(faces[0].box, {640, 300, 100, 100}), 0.95);
}

TEST_F(ScaledDetector, OptionsAndCardDecideWhatIsAFace) {
  auto picture = black(640, 480);
  draw(picture, {100, 100, 50, 50}, 200);
  draw(picture, {300, 100, 20, 20}, 200);
  draw(picture, {500, 100, 50, 50}, 100);
  EXPECT_THAT(detect(picture), SizeIs(2));
  EXPECT_THAT(detect(picture, {.min_score = 0.2}), SizeIs(3));
  EXPECT_THAT(detect(picture, {.min_score = 0.9}), IsEmpty());
  EXPECT_THAT(detect(picture, {.min_face = 40}), SizeIs(1));
  EXPECT_THAT(detect(picture, {.min_face = 24}), SizeIs(2));  // nearly
  EXPECT_EQ(detector()->framing(), finder_card().framing);
  EXPECT_EQ(detector({.min_score = 0.2})->default_min_score(), 0.5);
  EXPECT_EQ(detector({.min_score = 0.2})->min_score(), 0.2);
  EXPECT_EQ(detector()->min_score(), 0.5);
}

TEST_F(ScaledDetector, BoxesAreCutToThePicture) {
  const auto faces = detect_scripted({{-20, -10, 30, 40, 0.9F, {}},
                                      {600, 400, 680, 500, 0.8F, {}},
                                      {-50, 0, 0, 50, 0.7F, {}},
                                      {650, 0, 700, 50, 0.6F, {}},
                                      {100, 100, 100.2F, 100.2F, 0.5F, {}}});
  ASSERT_THAT(faces, SizeIs(2));
  EXPECT_EQ(faces[0].box, (Box{0, 0, 30, 40}));
  EXPECT_EQ(faces[1].box, (Box{600, 400, 40, 80}));
}

TEST_F(ScaledDetector, BoxesOfAnySizeAreBounded) {
  const float most = std::numeric_limits<float>::max();
  EXPECT_THAT(detect_scripted({{-most, -most, most, most, 0.9F, {}},
                               {1e30F, 1e30F, 2e30F, 2e30F, 0.8F, {}},
                               {300, 300, 200, 200, 0.7F, {}}}),
              IsEmpty());
}

TEST_F(ScaledDetector, AFaceOfWhichLittleIsSeenIsNone) {
  EXPECT_THAT(detect_scripted({{-60, 100, 30, 190, 0.9F, {}}, {300, 479, 500, 900, 0.9F, {}}}),
              SizeIs(1));
}

TEST_F(ScaledDetector, WhatLiesWithinAFaceIsAPartOfIt) {
  const auto faces =
      detect_scripted({{100, 100, 300, 300, 0.9F, {}},
                       {150, 220, 220, 290, 0.8F, {}},  // its mouth
                       {250, 250, 340, 340, 0.7F, {}},  // another face before it
                       {400, 100, 500, 200, 0.6F, {}},  // less sure than what it holds
                       {420, 120, 460, 160, 0.95F, {}}});
  EXPECT_THAT(faces, SizeIs(4));
}

TEST_F(ScaledDetector, OneBoxIsLeftOfEachFace) {
  const auto faces = detect_scripted({{100, 100, 150, 150, 0.8F, {}},
                                      {104, 100, 154, 150, 0.9F, {}},
                                      {300, 100, 350, 150, 0.7F, {}}});
  ASSERT_THAT(faces, SizeIs(2));
  EXPECT_EQ(faces[0].box.x, 104);
}

TEST_F(ScaledDetector, FacesAreAThousandAtMost) {
  std::vector<FaceCandidate> many;
  for (int i = 0; i < 30'000; ++i) {
    const auto x = static_cast<float>(2 * (i % 300));
    const auto y = static_cast<float>(2 * (i / 300));
    many.push_back({x, y, x + 2, y + 2, static_cast<float>(i) / 30'000, {}});
  }
  const auto faces = detect_scripted(many);
  ASSERT_THAT(faces, SizeIs(1000));
  EXPECT_FLOAT_EQ(faces.front().score, 29'999.0F / 30'000);
  EXPECT_FLOAT_EQ(faces.back().score, 29'000.0F / 30'000);
}

TEST_F(ScaledDetector, LargePicturesAreSearchedInParts) {
  cv::Mat picture(3000, 4000, CV_8U, cv::Scalar(0));
  std::vector<Box> boxes{{1900, 900, 1500, 1500}};
  // Small ones all over, so that some lie where parts end.
  for (int x = 20; x < 3900; x += 137) boxes.push_back({x, 300 + x % 400, 18, 18});
  for (int y = 720; y < 2900; y += 137) boxes.push_back({100 + y % 300, y, 40, 40});
  for (const auto& box : boxes) draw(picture, box);
  const auto faces = detect(picture, {.min_face = 16});
  for (const auto& size : sizes_) EXPECT_LE(size.area(), 1 << 21);
  EXPECT_LE(different_sizes(), 2U);
  for (const auto& box : boxes) {
    EXPECT_EQ(std::count_if(faces.begin(), faces.end(),
                            [&](const auto& face) { return iou(face.box, box) > 0.7; }),
              1)
        << box.x << ' ' << box.y << ' ' << box.width;
  }
}

/// Work is bounded, whatever the shape.
TEST_F(ScaledDetector, LongThinPicturesTakeLittle) {
  const cv::Mat picture(300'000, 1, CV_8U, cv::Scalar(255));
  detect(picture, {.min_face = 12});
  double pixels = 0;
  for (const auto& size : sizes_) {
    EXPECT_LE(size.area(), 1 << 21);
    pixels += size.area();
  }
  EXPECT_LT(pixels, 3.0 * (1 << 26));
}

TEST_F(ScaledDetector, AnEmptyPictureIsTheCallersError) {
  EXPECT_THROW(detector()->detect({}), Error);
}

class Near : public ScaledDetector {
 protected:
  std::vector<DetectedFace> near(const cv::Mat& picture, const Box& expected,
                                 const FaceDetectorOptions& options = {}) {
    return detector(options)->detect_near(view_of(picture), expected);
  }
};

TEST_F(Near, EachFaceTakesTheSameSmallInput) {
  const auto picture = black(1920, 1080);
  for (const int side : {16, 20, 43, 96, 300, 1000}) near(picture, {400, 40, side, side});
  near(picture, {-500, -500, 2'000'000'000, 2'000'000'000});
  near(black(1, 1), {0, 0, 50, 50});
  for (const auto& size : sizes_) EXPECT_EQ(size, cv::Size(96, 96));
  EXPECT_THAT(sizes_, SizeIs(8));
}

TEST_F(Near, AFaceIsFoundThatMovedALittle) {
  for (const int side : {16, 40, 100, 300}) {
    for (const auto& [x, y] : {std::pair{0, 0}, {side * 2 / 5, 0}, {-side * 2 / 5, side / 3}}) {
      auto picture = black(1280, 960);
      const Box expected{500, 400, side, side};
      const Box moved{500 + x, 400 + y, side, side};
      draw(picture, moved);
      const auto faces = near(picture, expected);
      ASSERT_THAT(faces, SizeIs(1)) << side << ' ' << x;
      EXPECT_GT(iou(faces[0].box, moved), 0.8) << side << ' ' << x;
    }
  }
}

TEST_F(Near, AtThePicturesEdges) {
  for (const Box& box : {Box{0, 0, 60, 60}, {580, 420, 60, 60}, {0, 200, 30, 60}}) {
    auto picture = black(640, 480);
    draw(picture, box);
    const auto faces = near(picture, box);
    ASSERT_THAT(faces, SizeIs(1)) << box.x;
    EXPECT_GT(iou(faces[0].box, box), 0.9) << box.x;
  }
}

TEST_F(Near, WhatIsFarOrOfAnotherSizeIsNot) {
  auto picture = black(640, 480);
  const Box expected{300, 200, 60, 60};
  draw(picture, {335, 200, 60, 60});
  EXPECT_THAT(near(picture, expected), IsEmpty());
  for (const int side : {30, 110}) {
    picture = black(640, 480);
    draw(picture, {330 - side / 2, 230 - side / 2, side, side});
    EXPECT_THAT(near(picture, expected), IsEmpty()) << side;
  }
}

TEST_F(Near, LessEvidenceIsEnough) {
  auto picture = black(640, 480);
  const Box box{300, 200, 60, 60};
  draw(picture, box, 0.35 * 255);
  EXPECT_THAT(detect(picture), IsEmpty());
  EXPECT_THAT(near(picture, box), SizeIs(1));
  EXPECT_THAT(near(picture, box, {.min_score = 0.9}), IsEmpty());
  EXPECT_THAT(near(picture, box, {.min_score = 1.0}), IsEmpty());
}

TEST_F(Near, OutsideIsNothing) {
  const auto picture = black(640, 480);
  for (const Box& box : {Box{700, 0, 50, 50}, {-60, -60, 50, 50}, {10, 10, 0, 0}}) {
    EXPECT_THAT(near(picture, box), IsEmpty());
  }
  EXPECT_THAT(sizes_, IsEmpty());
}

class InParts : public ScaledDetector {
 protected:
  std::vector<DetectedFace> in(const cv::Mat& picture, const Box& part,
                               const FaceDetectorOptions& options = {}) {
    return detector(options)->detect_in(view_of(picture), part, 1);
  }
};

TEST_F(InParts, BoxesAreOfTheWholePicture) {
  auto picture = black(1280, 960);
  const Box box{820, 620, 60, 60};
  draw(picture, box);
  const auto faces = in(picture, {750, 550, 200, 180});
  ASSERT_THAT(faces, SizeIs(1));
  EXPECT_GT(iou(faces[0].box, box), 0.9);
  EXPECT_THAT(sizes_, ElementsAre(cv::Size(128, 128)));
}

TEST_F(InParts, ThereAreFewSizes) {
  const auto picture = black(1280, 720);
  for (int side = 1; side <= 1280; side += 7) {
    in(picture, {640 - side / 2, 10, side, side / 2 + 1});
    in(picture, {0, 0, side / 3 + 1, side});
  }
  EXPECT_LE(different_sizes(), 7U);
}

TEST_F(InParts, AFaceThatThePartCutsIsLeftOut) {
  auto picture = black(640, 480);
  draw(picture, {100, 100, 60, 60});
  EXPECT_THAT(in(picture, {130, 70, 128, 128}), IsEmpty());
  // What is seen of a cut face may end before the part does.
  EXPECT_THAT(in(picture, {95, 70, 128, 128}), IsEmpty());
  EXPECT_THAT(in(picture, {80, 70, 128, 128}), SizeIs(1));
}

TEST_F(InParts, TheWholeIsWhatDetectFinds) {
  auto picture = black(640, 480);
  draw(picture, {100, 100, 60, 60});
  EXPECT_THAT(in(picture, {0, 0, 640, 480}), SizeIs(1));
  EXPECT_THAT(in(picture, {-100, -100, 5000, 5000}), SizeIs(1));
  EXPECT_THAT(sizes_, ElementsAre(cv::Size(640, 480), cv::Size(640, 480)));
  EXPECT_THAT(in(picture, {640, 0, 100, 100}), IsEmpty());
  EXPECT_THAT(sizes_, SizeIs(2));
}

TEST_F(InParts, LargePartsOfLargePicturesAreBounded) {
  const cv::Mat picture(4000, 6000, CV_8U, cv::Scalar(0));
  in(picture, {100, 100, 2000, 2000}, {.min_face = 16});
  for (const auto& size : sizes_) EXPECT_LE(size.area(), 1 << 21);
}

}  // namespace
}  // namespace mien
