// Faces as tensors, and learning from teachers.
#include "train/distillation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dataset/fer2013.h"
#include "made_dataset.h"
#include "mien/error.h"
#include "recording_observer.h"
#include "train/epoch_order.h"
#include "train/run_folder.h"
#include "train/trainer.h"

namespace mien::train {
namespace {

using testing::HasSubstr;

/// One face of noise, one blank, one of two levels.
Fer2013 some_faces() {
  Fer2013 faces;
  Fer2013::Pixels pixels{};
  std::uint32_t noise = 7;
  for (auto& pixel : pixels)
    pixel = static_cast<std::uint8_t>((noise = noise * 1664525U + 1013904223U) >> 24U);
  faces.add(pixels, Expression::happy, FerPlusVotes{1, 2, 0, 0, 0, 0, 0, 1, 5, 1});
  pixels.fill(90);
  faces.add(pixels, Expression::fear, FerPlusVotes{0, 0, 0, 0, 0, 0, 0, 0, 4, 6});
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = i % 3 == 0 ? 40 : 180;
  faces.add(pixels, Expression::angry, std::nullopt);
  return faces;
}

TEST(FaceTensors, AreWhatServingSees) {
  const auto faces = some_faces();
  for (const auto contrast : {Contrast::none, Contrast::equalise, Contrast::binarise}) {
    const auto tensors = face_tensors(faces, contrast, torch::kCPU);
    for (const auto normalisation :
         {Normalisation::unit, Normalisation::symmetric, Normalisation::standardise}) {
      const auto inputs =
          normalised(normalisation, tensors.pictures.to(torch::kFloat)).contiguous();
      for (std::size_t i = 0; i < faces.size(); ++i) {
        std::vector<float> served(48 * 48);
        prepare_input(faces.get(i).pixels, {.contrast = contrast, .normalisation = normalisation},
                      served);
        const auto* trained = inputs.data_ptr<float>() + i * served.size();
        for (std::size_t p = 0; p < served.size(); ++p) ASSERT_NEAR(trained[p], served[p], 1e-4);
      }
    }
  }
}

TEST(FaceTensors, LabelsAndVotesAreDistributions) {
  const auto tensors = face_tensors(some_faces(), Contrast::none, torch::kCPU);
  EXPECT_TRUE(tensors.labels.sum(1).equal(torch::ones({3})));
  EXPECT_EQ(tensors.labels[0][3].item<float>(), 1);
  EXPECT_FLOAT_EQ(tensors.votes[0][1].item<float>(), 0.5F);  // unknown and no face do not count
  EXPECT_FLOAT_EQ(tensors.votes[0][7].item<float>(), 0.25F);
  EXPECT_EQ(tensors.votes.slice(0, 1).sum().item<float>(), 0);
}

class DistillationTest : public testing::Test {
 protected:
  DistillationTest() { test::write_made_fer2013(folder_.path(), 112, 35); }

  TrainOptions options(const std::string& recipe, const std::string& out) const {
    return {.recipe = parse_recipe(recipe, "made.toml"),
            .data = {folder_.path() / "fer2013.csv", folder_.path() / "fer2013new.csv", {}},
            .out = folder_.path() / out,
            .device = "cpu",
            .threads = 1};
  }

  std::filesystem::path path(const std::string& name) const { return folder_.path() / name; }

  void train_teachers() const {
    RecordingObserver observer;
    train(options(test::made_recipe("mini_xception", 2), "teachers/a"), observer);
    train(options(test::made_recipe("inverted_residual", 1), "teachers/b"), observer);
  }

 private:
  test::TemporaryFolder folder_;
};

std::string student(int epochs, double weight = 0.8) {
  return test::made_recipe("mini_xception", epochs) +
         "[distillation]\nweight = " + std::to_string(weight) + "\nviews = 3\n";
}

TEST_F(DistillationTest, TeachersSayTheMeanOfTheirCalibratedProbabilities) {
  train_teachers();
  const auto pictures = (torch::rand({5, 1, 48, 48}) * 255).to(torch::kByte);
  const Teachers both({path("teachers")}, torch::kCPU, Precision::float32);
  const Teachers a({path("teachers/a")}, torch::kCPU, Precision::float32);
  const Teachers b({path("teachers/b")}, torch::kCPU, Precision::float32);
  const auto said = both.answers(pictures);
  EXPECT_TRUE(torch::allclose(said, (a.answers(pictures) + b.answers(pictures)) / 2));
  EXPECT_TRUE(torch::allclose(said.sum(1), torch::ones({5})));
  // A mirror image has the same answer.
  EXPECT_TRUE(torch::allclose(said, both.answers(pictures.flip({3}))));
}

TEST_F(DistillationTest, EpochsTakeTheViewsInTurn) {
  train_teachers();
  const auto options_of_run = options(student(1), "run");
  const auto faces = face_tensors(some_faces(), Contrast::none, torch::kCPU);
  const Teachers teachers({path("teachers")}, torch::kCPU, Precision::float32);
  auto recipe = options_of_run.recipe;
  recipe.augmentations = {{.kind = "flip"}, {.kind = "crop", .padding = 4}};
  const Distillation views(recipe, faces, teachers, torch::kCPU, [](auto, auto) {});
  const auto rows = torch::tensor({0, 2}, torch::kLong);
  EXPECT_TRUE(views.pictures(rows, 0).equal(views.pictures(rows, 3)));
  EXPECT_FALSE(views.pictures(rows, 0).equal(views.pictures(rows, 1)));
  // Teacher and student see the same.
  EXPECT_TRUE(torch::allclose(views.answers(rows, 4), teachers.answers(views.pictures(rows, 4)),
                              1e-4, 1e-5));
}

TEST_F(DistillationTest, AStudentLearnsAndGoesOnAsIfItHadNeverStopped) {
  train_teachers();
  RecordingObserver whole;
  auto at_once = options(student(3), "whole");
  at_once.teachers = {path("teachers")};
  const auto result = train(at_once, whole);
  EXPECT_EQ(whole.answered, 3U * 112);
  EXPECT_EQ(whole.to_answer, 3U * 112);
  EXPECT_LT(whole.epochs.back().train_loss, whole.epochs.front().train_loss);

  // With checkpoints far apart a run is as without; its last epoch has one all the same.
  RecordingObserver rare;
  auto seldom = options(student(3), "seldom");
  seldom.teachers = {path("teachers")};
  seldom.seconds_between_checkpoints = 3600;
  EXPECT_EQ(train(seldom, rare).metrics, result.metrics);
  EXPECT_TRUE(std::filesystem::exists(path("seldom/checkpoint.pt")));
  seldom.resume = true;
  RecordingObserver again;
  EXPECT_EQ(train(seldom, again).metrics, result.metrics);
  EXPECT_TRUE(again.epochs.empty());
}

TEST_F(DistillationTest, WrongTeachersAreToldBeforeTheWork) {
  const auto failure = [&](const std::string& recipe,
                           const std::vector<std::filesystem::path>& teachers) {
    auto wrong = options(recipe, "wrong");
    wrong.teachers = teachers;
    RecordingObserver observer;
    try {
      train(wrong, observer);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  EXPECT_THAT(failure(student(1), {}), HasSubstr("--distill"));
  EXPECT_THAT(failure(test::made_recipe("mini_xception", 1), {path("teachers")}),
              HasSubstr("distillation.weight"));
  EXPECT_THAT(failure(student(1), {path("nowhere")}), HasSubstr("neither a run's folder"));
}

}  // namespace
}  // namespace mien::train
