// What a detector learns from: scenes, which cells learn which face, and the loss.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "core/face_grid.h"
#include "mien/error.h"
#include "train/architecture/face_architecture.h"
#include "train/detection/assignment.h"
#include "train/detection/detection_loss.h"
#include "train/detection/scene.h"

namespace mien::train {
namespace {

constexpr int kSize = 128;

/// Black with one white square of 9 pixels around a point.
Image dotted(int width, int height, int x, int y) {
  Image image(width, height, PixelFormat::bgr);
  for (int row = y - 4; row <= y + 4; ++row) {
    for (int column = x - 4; column <= x + 4; ++column) {
      const auto place = (static_cast<std::size_t>(row) * static_cast<std::size_t>(width) +
                          static_cast<std::size_t>(column)) *
                         3;
      for (std::size_t c = 0; c < 3; ++c) image.pixels()[place + c] = 255;
    }
  }
  return image;
}

std::uint8_t pixel(const Image& image, double x, double y) {
  return image.view().row(static_cast<int>(y))[static_cast<int>(x) * 3];
}

MarkedFace face(float x, float y, float width, float height) {
  MarkedFace marked;
  marked.x = x;
  marked.y = y;
  marked.width = width;
  marked.height = height;
  return marked;
}

SceneOptions plain_options() {
  SceneOptions options;
  options.size = kSize;
  options.landmarks = options.mosaic = options.empty = 0;
  options.rotation = options.colour = options.gray = options.blur = options.noise = 0;
  options.jpeg = options.occlusion = 0;
  return options;
}

struct PlacementCase {
  double scale;
  double angle;
  bool mirrored;

  friend std::ostream& operator<<(std::ostream& out, const PlacementCase& placement) {
    return out << placement.scale << " times, turned by " << placement.angle
               << (placement.mirrored ? ", mirrored" : "");
  }
};

class Draw : public testing::TestWithParam<PlacementCase> {};

TEST_P(Draw, ShowsAPointWhereThePlacementSays) {
  const Pyramid picture(dotted(200, 160, 90, 70));
  Placement placement;
  placement.scale = GetParam().scale;
  placement.angle = GetParam().angle;
  placement.mirrored = GetParam().mirrored;
  placement.source_x = 100;
  placement.source_y = 80;
  placement.canvas_x = 64;
  placement.canvas_y = 64;
  Image canvas(kSize, kSize, PixelFormat::bgr);
  const std::uint8_t outside[3] = {};
  draw(picture, placement, 0, {0, 0, kSize, kSize}, outside, canvas);
  double x = 90.5;
  double y = 70.5;
  placement.to_canvas(x, y);
  EXPECT_GT(pixel(canvas, x, y), 200) << x << ' ' << y;
  EXPECT_LT(pixel(canvas, kSize - x, kSize - y), 50) << "and nowhere else";
}

INSTANTIATE_TEST_SUITE_P(Placements, Draw,
                         testing::Values(PlacementCase{1, 0, false}, PlacementCase{1, 0, true},
                                         PlacementCase{2, 0.4, false},
                                         PlacementCase{1.5, -0.7, true},
                                         PlacementCase{0.4, 0.2, false}),
                         [](const auto& info) { return "case" + std::to_string(info.index); });

TEST(Pixels, OfOneRowOrColumnAreDrawn) {
  for (const auto& [width, height] : {std::pair(1, 50), std::pair(50, 1), std::pair(1, 1)}) {
    Image line(width, height, PixelFormat::bgr);
    std::fill(line.pixels().begin(), line.pixels().end(), std::uint8_t{200});
    Placement placement;
    placement.source_x = 0.5 * width;
    placement.source_y = 0.5 * height;
    placement.canvas_x = placement.canvas_y = 4;
    Image canvas(8, 8, PixelFormat::bgr);
    const std::uint8_t outside[3] = {};
    draw(Pyramid(std::move(line)), placement, 0, {0, 0, 8, 8}, outside, canvas);
    EXPECT_EQ(*std::max_element(canvas.pixels().begin(), canvas.pixels().end()), 200);
  }
}

class Scenes : public testing::Test {
 protected:
  void add_picture(std::vector<MarkedFace> faces, bool all_marked = true) {
    MarkedPicture marked{"made.jpg", std::move(faces), all_marked};
    auto& into = all_marked ? pictures_ : faces_;
    into.push_back({Pyramid(dotted(200, 160, 100, 80)), std::move(marked)});
  }

  SceneMaker maker(const SceneOptions& options) { return {options, pictures_, faces_, {}}; }

  std::vector<LearntPicture> pictures_;
  std::vector<LearntPicture> faces_;
};

TEST_F(Scenes, TheSameSeedGivesTheSameScene) {
  add_picture({face(80, 60, 40, 40)});
  SceneOptions options;  // with all that is random
  options.size = kSize;
  options.jpeg = 0;
  const auto scenes = maker(options);
  const auto first = scenes.make(0, 7);
  const auto second = scenes.make(0, 7);
  const auto other = scenes.make(0, 8);
  EXPECT_TRUE(std::ranges::equal(first.canvas.pixels(), second.canvas.pixels()));
  EXPECT_FALSE(std::ranges::equal(first.canvas.pixels(), other.canvas.pixels()));
}

TEST_F(Scenes, FacesLieWhereTheyAreSeen) {
  add_picture({face(90, 70, 21, 21)});  // the white square is its middle
  const auto scenes = maker(plain_options());
  int faces = 0;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const auto scene = scenes.make(0, seed);
    for (const auto& target : scene.faces) {
      ++faces;
      EXPECT_GE(target.left, 0);
      EXPECT_LE(target.right, kSize);
      const bool whole =
          target.left > 0 && target.top > 0 && target.right < kSize && target.bottom < kSize;
      if (!whole) continue;
      EXPECT_GT(
          pixel(scene.canvas, (target.left + target.right) / 2, (target.top + target.bottom) / 2),
          150);
    }
  }
  EXPECT_GT(faces, 15);
}

TEST_F(Scenes, DoubtfulAndTinyFacesAreNeitherLearntNorBackground) {
  auto doubtful = face(90, 70, 30, 30);
  doubtful.valid = false;
  add_picture({doubtful});
  auto options = plain_options();
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    EXPECT_TRUE(maker(options).make(0, seed).faces.empty());
  }
  pictures_.clear();
  add_picture({face(90, 70, 30, 30)});
  options.smallest_face = 1000;
  bool unknown = false;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto scene = maker(options).make(0, seed);
    EXPECT_TRUE(scene.faces.empty());
    unknown |= !scene.unknown.empty();
  }
  EXPECT_TRUE(unknown);
}

TEST_F(Scenes, AroundALoneFaceNothingIsKnown) {
  auto lone = face(80, 60, 40, 40);
  lone.landmarks = Landmarks{{{90, 70}, {110, 71}, {100, 80}, {92, 90}, {108, 91}}};
  add_picture({face(0, 0, 10, 10)});
  add_picture({lone}, false);
  auto options = plain_options();
  options.landmarks = 1;
  int with_landmarks = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto scene = maker(options).make(0, seed);
    ASSERT_EQ(scene.unknown.size(), 1U);
    EXPECT_EQ(scene.unknown[0].right, kSize);
    if (scene.faces.empty()) continue;
    ++with_landmarks;
    ASSERT_TRUE(scene.faces[0].landmarks.has_value());
    // Mirrored or not, the right eye is at the picture's left.
    EXPECT_LT((*scene.faces[0].landmarks)[0].x, (*scene.faces[0].landmarks)[1].x);
    EXPECT_LT((*scene.faces[0].landmarks)[3].x, (*scene.faces[0].landmarks)[4].x);
    EXPECT_FALSE(scene.known.empty());
  }
  EXPECT_GT(with_landmarks, 10);
}

TEST_F(Scenes, EmptyScenesHoldNoFace) {
  add_picture({face(90, 70, 30, 30)});
  auto options = plain_options();
  options.empty = 1;
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    const auto scene = maker(options).make(0, seed);
    EXPECT_TRUE(scene.faces.empty());
    EXPECT_TRUE(scene.unknown.empty());
  }
}

const std::vector<int> kStrides = {8, 16, 32};

/// The outputs of a network that says nothing but `face`, at every cell.
std::vector<float> says_everywhere(const GridCells& cells, const TargetFace& target, float logit) {
  std::vector<float> outputs(cells.size() * FaceGrid::kPlanes, 0);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    float* output = outputs.data() + i * FaceGrid::kPlanes;
    output[0] = logit;
    output[1] = (0.5F * (target.left + target.right) - cells[i].x) / cells[i].stride;
    output[2] = (0.5F * (target.top + target.bottom) - cells[i].y) / cells[i].stride;
    output[3] = std::log((target.right - target.left) / cells[i].stride);
    output[4] = std::log((target.bottom - target.top) / cells[i].stride);
  }
  return outputs;
}

TEST(Assign, ChoosesCellsNearTheFace) {
  const GridCells cells(kSize, kSize, kStrides);
  EXPECT_EQ(cells.size(), 256U + 64U + 16U);
  const TargetFace target{30, 40, 50, 64, 1, std::nullopt};
  const auto targets = assign(cells, says_everywhere(cells, target, 2), {target});
  ASSERT_EQ(targets.size(), 10U);  // all overlap wholly: as many as may
  for (const auto& chosen : targets) {
    EXPECT_NEAR(chosen.quality, 1, 1e-3);
    EXPECT_LE(std::abs(cells[chosen.cell].x - 40), 2.5F * cells[chosen.cell].stride);
    EXPECT_LE(std::abs(cells[chosen.cell].y - 52), 2.5F * cells[chosen.cell].stride);
  }
}

TEST(Assign, EveryFaceGetsACellAndNoCellTwoFaces) {
  const GridCells cells(kSize, kSize, kStrides);
  const std::vector<float> nothing(cells.size() * FaceGrid::kPlanes, 0);
  const std::vector<TargetFace> faces = {{10, 10, 26, 30, 1, std::nullopt},
                                         {34, 12, 50, 32, 1, std::nullopt},
                                         {60, 60, 120, 120, 1, std::nullopt}};
  std::vector<int> cells_of(faces.size());
  std::vector<int> faces_of(cells.size());
  for (const auto& chosen : assign(cells, nothing, faces)) {
    ++cells_of[chosen.face];
    EXPECT_EQ(++faces_of[chosen.cell], 1);
  }
  EXPECT_THAT(cells_of, testing::Each(testing::Ge(1)));
  EXPECT_TRUE(assign(cells, nothing, {}).empty());
}

TEST(MarkKnown, LeavesOutWhatIsUnknown) {
  const GridCells cells(kSize, kSize, {32});
  Scene scene;
  scene.unknown = {{0, 0, 64, 128}};
  scene.known = {{0, 0, 32, 32}};
  std::vector<float> known(cells.size(), -1);
  mark_known(cells, scene, known);
  EXPECT_EQ(known, (std::vector<float>{1, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1}));
}

class DetectionLosses : public testing::Test {
 protected:
  static torch::Tensor tensor(const std::vector<float>& values) {
    return torch::tensor(values).view({1, -1, FaceGrid::kPlanes});
  }

  static Scene scene_of(std::vector<TargetFace> faces) {
    Scene scene;
    scene.faces = std::move(faces);
    return scene;
  }

  DetectionLoss::Parts loss(const std::vector<float>& outputs, const Scene& scene) const {
    return loss_(tensor(outputs), {&scene, 1});
  }

  const GridCells cells_{kSize, kSize, kStrides};
  const TargetFace face_{30, 40, 50, 64, 1, std::nullopt};
  const DetectionLoss loss_{DetectionLossOptions{}, cells_};
};

TEST_F(DetectionLosses, FallsAsBoxesAndScoresGetBetter) {
  const auto scene = scene_of({face_});
  auto right = says_everywhere(cells_, face_, -8);
  for (const auto& chosen : assign(cells_, right, {face_})) {
    right[chosen.cell * FaceGrid::kPlanes] = 8;
  }
  const auto good = loss(right, scene);
  EXPECT_NEAR(good.box, 0, 1e-3);
  EXPECT_LT(good.score, 0.01);
  const auto silent = loss(says_everywhere(cells_, face_, -8), scene);
  EXPECT_GT(silent.score, 1);
  const TargetFace beside{34, 44, 54, 68, 1, std::nullopt};
  EXPECT_GT(loss(says_everywhere(cells_, beside, 0), scene).box, 0.3);
}

TEST_F(DetectionLosses, WhatIsUnknownCostsNothing) {
  auto scene = scene_of({});
  const auto loud = says_everywhere(cells_, face_, 3);
  EXPECT_GT(loss(loud, scene).score, 100);
  scene.unknown = {{0, 0, kSize, kSize}};
  EXPECT_EQ(loss(loud, scene).score, 0);
}

TEST_F(DetectionLosses, LandmarksAreLearntWhereTheyAreMarked) {
  auto outputs = says_everywhere(cells_, face_, 0);
  EXPECT_EQ(loss(outputs, scene_of({face_})).landmarks, 0);
  auto marked = face_;
  marked.landmarks = Landmarks{{{35, 48}, {45, 48}, {40, 52}, {36, 58}, {44, 58}}};
  EXPECT_GT(loss(outputs, scene_of({marked})).landmarks, 0.01);
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    for (std::size_t point = 0; point < 5; ++point) {
      float* output = outputs.data() + i * FaceGrid::kPlanes + 5 + 2 * point;
      output[0] = ((*marked.landmarks)[point].x - cells_[i].x) / cells_[i].stride;
      output[1] = ((*marked.landmarks)[point].y - cells_[i].y) / cells_[i].stride;
    }
  }
  EXPECT_NEAR(loss(outputs, scene_of({marked})).landmarks, 0, 1e-6);
}

TEST_F(DetectionLosses, StepsDownItsGradientMakeItSmaller) {
  auto marked = face_;
  marked.landmarks = Landmarks{{{35, 48}, {45, 48}, {40, 52}, {36, 58}, {44, 58}}};
  const auto scene = scene_of({marked, {70, 70, 100, 110, 1, std::nullopt}});
  torch::manual_seed(5);
  auto outputs =
      (0.1 * torch::randn({1, static_cast<std::int64_t>(cells_.size()), FaceGrid::kPlanes}))
          .set_requires_grad(true);
  const double before = loss_(outputs, {&scene, 1}).total.item<double>();
  for (int i = 0; i < 30; ++i) {
    loss_(outputs, {&scene, 1}).total.backward();
    const torch::NoGradGuard no_gradient;
    outputs.sub_(0.5 * outputs.grad());
    outputs.grad().zero_();
  }
  EXPECT_LT(loss_(outputs, {&scene, 1}).total.item<double>(), 0.7 * before);
}

TEST(FaceArchitecture, GivesAGridForEachStride) {
  for (const auto& name : face_architecture_names()) {
    const auto network = make_face_architecture({.name = name});
    EXPECT_LT(network->parameter_count(), 200000);
    network->eval();
    const torch::NoGradGuard no_gradient;
    const auto grids = network->forward(torch::rand({2, 3, 64, 96}) * 255);
    const auto strides = network->strides();
    ASSERT_EQ(grids.size(), strides.size());
    for (std::size_t i = 0; i < grids.size(); ++i) {
      EXPECT_EQ(grids[i].sizes(), (std::vector<std::int64_t>{2, FaceGrid::kPlanes, 64 / strides[i],
                                                             96 / strides[i]}));
    }
    EXPECT_EQ(joined_grids(grids).size(1), 96 + 24 + 6);
    EXPECT_LT(torch::sigmoid(joined_grids(grids).index({0, 0, 0})).item<float>(), 0.2F)
        << "at first there is no face";
  }
  EXPECT_THROW(make_face_architecture({.name = "nothing"}), Error);
}

}  // namespace
}  // namespace mien::train
