#include "core/face_grid.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

namespace mien {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// A grid whose cells say nothing until they are told to.
class MadeGrid {
 public:
  MadeGrid(int width, int height, int stride)
      : width_(width),
        height_(height),
        stride_(stride),
        values_(static_cast<std::size_t>(width * height * FaceGrid::kPlanes)) {
    std::fill_n(values_.begin(), width * height, -20.0F);
  }

  float& at(int plane, int column, int row) {
    return values_[static_cast<std::size_t>((plane * height_ + row) * width_ + column)];
  }

  FaceGrid grid() const { return {values_, width_, height_, stride_}; }

 private:
  int width_;
  int height_;
  int stride_;
  std::vector<float> values_;
};

std::vector<FaceCandidate> decode(const MadeGrid& made, float min_score) {
  const auto grid = made.grid();
  return decode_faces({&grid, 1}, min_score);
}

FaceCandidate square(float left, float top, float side, float score) {
  return {left, top, left + side, top + side, score, {}};
}

TEST(FaceGrid, ACellIsDecodedInItsStride) {
  MadeGrid made(5, 4, 16);
  made.at(0, 3, 2) = 2;
  made.at(1, 3, 2) = 0.25F;
  made.at(2, 3, 2) = -0.5F;
  made.at(3, 3, 2) = std::log(3.0F);
  made.at(4, 3, 2) = std::log(4.0F);
  for (int i = 0; i < 10; ++i) made.at(5 + i, 3, 2) = 0.125F * static_cast<float>(i);
  const auto faces = decode(made, 0.5F);
  ASSERT_EQ(faces.size(), 1U);
  const auto& face = faces[0];
  EXPECT_FLOAT_EQ(face.score, 1 / (1 + std::exp(-2.0F)));
  // The cell stands at (56, 40), so the centre at (60, 32).
  EXPECT_NEAR(face.left, 60 - 24, 1e-4);
  EXPECT_NEAR(face.right, 60 + 24, 1e-4);
  EXPECT_NEAR(face.top, 32 - 32, 1e-4);
  EXPECT_NEAR(face.bottom, 32 + 32, 1e-4);
  EXPECT_FLOAT_EQ(face.landmarks[0].x, 56);
  EXPECT_FLOAT_EQ(face.landmarks[0].y, 40 + 2);
  EXPECT_FLOAT_EQ(face.landmarks[4].x, 56 + 16);
  EXPECT_FLOAT_EQ(face.landmarks[4].y, 40 + 18);
}

TEST(FaceGrid, AllGridsAreDecoded) {
  MadeGrid fine(4, 4, 8);
  MadeGrid coarse(2, 2, 16);
  fine.at(0, 0, 0) = 1;
  coarse.at(0, 1, 1) = 3;
  const std::vector<FaceGrid> grids{fine.grid(), coarse.grid()};
  const auto faces = decode_faces(grids, 0.5F);
  ASSERT_EQ(faces.size(), 2U);
  EXPECT_FLOAT_EQ(faces[0].left + faces[0].right, 2 * 4);
  EXPECT_FLOAT_EQ(faces[1].left + faces[1].right, 2 * 24);
}

TEST(FaceGrid, TheLowestScoreIsTaken) {
  MadeGrid made(3, 1, 8);
  made.at(0, 0, 0) = 0;
  made.at(0, 1, 0) = -0.01F;
  EXPECT_EQ(decode(made, 0.5F).size(), 1U);
  EXPECT_EQ(decode(made, 0.49F).size(), 2U);
  EXPECT_EQ(decode(made, 0).size(), 3U);
  EXPECT_EQ(decode(made, 1).size(), 0U);
  EXPECT_EQ(decode({0, 0, 8}, 0).size(), 0U);
}

/// Cells are looked at in blocks: each is found, wherever it stands.
TEST(FaceGrid, EveryCellIsFound) {
  for (const int width : {1, 63, 64, 65, 200}) {
    MadeGrid made(width, 3, 8);
    for (int column = 0; column < width; column += 7) made.at(0, column, 1) = 5;
    const auto faces = decode(made, 0.5F);
    ASSERT_EQ(faces.size(), static_cast<std::size_t>((width + 6) / 7)) << width;
    for (std::size_t i = 0; i < faces.size(); ++i) {
      EXPECT_FLOAT_EQ(faces[i].left + faces[i].right, 2 * (56 * static_cast<float>(i) + 4));
    }
  }
}

TEST(FaceGrid, WhatIsNotFiniteIsLeftOut) {
  for (int plane = 0; plane < FaceGrid::kPlanes; ++plane) {
    for (const float value : {kNan, kInfinity, -kInfinity}) {
      MadeGrid made(8, 8, 8);
      made.at(0, 2, 2) = 1;
      made.at(0, 5, 5) = 1;
      made.at(plane, 2, 2) = value;
      // A size of e to the minus infinity is none, and one of plus infinity is bounded; both are
      // finite. So is the score of a logit that is infinite.
      const bool bounded =
          (plane == 0 && value == kInfinity) || ((plane == 3 || plane == 4) && !std::isnan(value));
      EXPECT_EQ(decode(made, 0.5F).size(), bounded ? 2U : 1U) << plane << ' ' << value;
      for (const auto& face : decode(made, 0)) {
        EXPECT_TRUE(std::isfinite(face.left + face.right + face.top + face.bottom + face.score));
      }
    }
  }
}

TEST(FaceGrid, OverlapIsSharedOverUnited) {
  EXPECT_FLOAT_EQ(iou(square(0, 0, 10, 1), square(0, 0, 10, 1)), 1);
  EXPECT_FLOAT_EQ(iou(square(0, 0, 10, 1), square(5, 0, 10, 1)), 50.0F / 150);
  EXPECT_FLOAT_EQ(iou(square(0, 0, 10, 1), square(10, 0, 10, 1)), 0);
  EXPECT_FLOAT_EQ(iou(square(0, 0, 0, 1), square(0, 0, 0, 1)), 0);
  EXPECT_FLOAT_EQ(iou({10, 10, 0, 0, 1, {}}, square(0, 0, 10, 1)), 0);  // inside out
}

TEST(FaceGrid, SuppressionKeepsTheSurestOfEachFace) {
  const auto kept = suppress({square(0, 0, 10, 0.5F), square(1, 0, 10, 0.9F),
                              square(50, 0, 10, 0.6F), square(2, 1, 10, 0.7F)},
                             0.4F, 10);
  ASSERT_EQ(kept.size(), 2U);
  EXPECT_FLOAT_EQ(kept[0].left, 1);
  EXPECT_FLOAT_EQ(kept[1].left, 50);
}

TEST(FaceGrid, SuppressionKeepsWhatSharesAsMuchAsIsAllowed) {
  const std::vector<FaceCandidate> two{square(0, 0, 10, 0.9F), square(5, 0, 10, 0.8F)};
  EXPECT_EQ(suppress(two, 0.34F, 10).size(), 2U);
  EXPECT_EQ(suppress(two, 0.33F, 10).size(), 1U);
  EXPECT_EQ(suppress(two, 1, 10).size(), 2U);
  EXPECT_EQ(suppress({}, 0.4F, 10).size(), 0U);
}

TEST(FaceGrid, SuppressionKeepsAtMostSoMany) {
  std::vector<FaceCandidate> many;
  std::mt19937 random(1);
  for (int i = 0; i < 500; ++i) {
    many.push_back(square(static_cast<float>(20 * i), 0, 10, 1e-3F * static_cast<float>(i)));
  }
  std::shuffle(many.begin(), many.end(), random);
  const auto kept = suppress(many, 0.4F, 20);
  ASSERT_EQ(kept.size(), 20U);
  for (std::size_t i = 0; i < kept.size(); ++i) {
    EXPECT_FLOAT_EQ(kept[i].score, 1e-3F * static_cast<float>(499 - i));
  }
}

TEST(WeighAgreement, RaisesWhatManyCellsSay) {
  const FaceCandidate face{10, 10, 30, 34, 0.7F, {}};
  auto near = face;
  near.left += 2;
  const FaceCandidate alone{100, 100, 120, 124, 0.7F, {}};
  std::vector<FaceCandidate> candidates = {face, near, face, near, alone};
  weigh_agreement(candidates);
  EXPECT_GT(candidates[0].score, 0.5F);
  EXPECT_FLOAT_EQ(candidates[0].score, candidates[3].score);
  EXPECT_LT(candidates[4].score, 0.3F);
  EXPECT_GT(candidates[4].score, 0.0F);
}

/// As weigh_agreement() is described, each with all.
float weighed(const FaceCandidate& face, const std::vector<FaceCandidate>& all) {
  float sum = 0;
  for (const auto& other : all) sum += iou(face, other) >= 0.5F ? other.score : 0;
  const float x = face.score * (1 - std::exp(-0.3F * sum));
  return 1 - std::exp2(-(x / 0.31F) * (x / 0.31F));
}

TEST(WeighAgreement, LooksAtAllThatOverlapByHalf) {
  std::mt19937 random(3);
  std::uniform_real_distribution<float> place(0, 200);
  std::uniform_real_distribution<float> size(10, 90);
  std::vector<FaceCandidate> candidates;
  for (int i = 0; i < 1500; ++i) {
    const float left = place(random);
    const float top = place(random);
    candidates.push_back({left, top, left + size(random), top + size(random), 0.02F, {}});
  }
  const auto before = candidates;
  weigh_agreement(candidates);
  for (const auto& face : candidates) {
    auto given = face;
    given.score = 0.02F;
    ASSERT_NEAR(face.score, weighed(given, before), 1e-5);
  }
}

TEST(FindFaces, OfACrowdEachFaceIsFound) {
  constexpr int kSide = 160;
  MadeGrid made(kSide, kSide, 8);
  for (int row = 1; row < kSide; row += 4) {  // faces of three by three cells
    for (int column = 1; column < kSide; column += 4) {
      for (int y = -1; y <= 1; ++y) {
        for (int x = -1; x <= 1; ++x) {
          made.at(0, column + x, row + y) = 1;
          made.at(1, column + x, row + y) = static_cast<float>(-x);
          made.at(2, column + x, row + y) = static_cast<float>(-y);
          made.at(3, column + x, row + y) = made.at(4, column + x, row + y) = std::log(3.0F);
        }
      }
    }
  }
  const auto grid = made.grid();
  const auto faces = suppress(find_faces({&grid, 1}), 0.5F, 10'000);
  ASSERT_EQ(faces.size(), 1600U);
  for (const auto& face : faces) EXPECT_GT(face.score, 0.9F);
}

TEST(FindFaces, AreBoundedWhateverTheNetworkSays) {
  MadeGrid made(300, 300, 8);
  for (int row = 0; row < 300; ++row) {
    for (int column = 0; column < 300; ++column) {
      made.at(0, column, row) = static_cast<float>(column % 7);
    }
  }
  const auto grid = made.grid();
  EXPECT_EQ(find_faces({&grid, 1}).size(), 20'000U);
}

}  // namespace
}  // namespace mien
