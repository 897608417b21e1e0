// Learning gender and age from drawn faces, in this process.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "made_dataset.h"
#include "made_detection.h"
#if MIEN_IMDB_TESTED
#include "made_imdb.h"
#endif
#include "mien/error.h"
#include "mien/face_crop.h"
#include "recording_observer.h"
#include "train/attributes/attribute_task.h"
#include "train/attributes/face_view.h"
#include "train/checkpoint.h"
#include "train/trainer.h"
#if MIEN_EXPORT_TESTED
#include "mien/attribute_estimator.h"
#include "train/exporter/exporter.h"
#endif

namespace mien::train {
namespace {

using testing::HasSubstr;

constexpr int kSide = 40;

/// How bright a picture is says the gender, how high its stripe stands says the age.
void write_made_faces(const std::filesystem::path& folder, int count) {
  std::mt19937 random(5);
  std::filesystem::create_directories(folder);
  for (int i = 0; i < count; ++i) {
    const int gender = i % 2;
    const int age = static_cast<int>(random() % 80);
    std::vector<std::uint8_t> gray(kSide * kSide);
    for (std::size_t p = 0; p < gray.size(); ++p) {
      const int row = static_cast<int>(p) / kSide;
      const bool stripe = std::abs(row - age / 2) <= 2;
      const bool left = static_cast<int>(p) % kSide < kSide / 2;
      const int level = stripe ? (gender == 1 ? 250 : 5) : 128;
      gray[p] = static_cast<std::uint8_t>(level + (left ? 0 : static_cast<int>(random() % 5)));
    }
    const auto name = std::to_string(age) + "_" + std::to_string(gender) + "_" +
                      std::to_string(i % 5) + "_" + std::to_string(20170109142408075 + i);
    test::write_jpeg(folder / (name + ".jpg.chip.jpg"), gray, kSide, kSide);
  }
}

std::string made_recipe(int epochs, const std::string& more = "") {
  return "name = \"made\"\ntask = \"attributes\"\nseed = 3\n"
         "[input]\nsize = 32\ncrop_margin = 1.25\ncrop_shift_down = -0.1\n"
         "[architecture]\nname = \"vgg_se\"\nwidth = 8\n"
         "[view]\nrotation = 3\nscale = 0.02\ntranslation = 0.01\nlight = 0.1\nnoise = 0.1\n"
         "low_resolution = 0.1\njpeg = 0.1\nerase = 0.1\n" +
         more +
         "[optimiser]\nname = \"adamw\"\nlearning_rate = 0.01\n"
         "[training]\nprecision = \"float32\"\nbatch_size = 8\nepochs = " +
         std::to_string(epochs) + "\n";
}

class AttributesTest : public testing::Test {
 protected:
  TrainOptions options(const std::string& recipe, const std::string& out) const {
    return {.recipe = parse_recipe(recipe, "made.toml"),
            .data = {.main = data()},
            .out = folder_.path() / out,
            .device = "cpu",
            .threads = 1};
  }

  std::filesystem::path data() const { return folder_.path() / "utkface"; }
  const std::filesystem::path& folder() const { return folder_.path(); }

 private:
  test::TemporaryFolder folder_;
};

TEST_F(AttributesTest, LearnsDrawnFaces) {
  write_made_faces(data(), 120);
  RecordingObserver observer;
  const auto result = train(options(made_recipe(12), "run"), observer);
  EXPECT_LT(observer.epochs.back().train_loss, 0.8 * observer.epochs.front().train_loss);
  EXPECT_GT(result.metrics.at("gender_accuracy"), 0.85);
  EXPECT_LT(result.metrics.at("age_error"), 18);
  EXPECT_TRUE(observer.notes.empty());
  double faces = 0;
  for (const auto& [race, measures] : result.groups.at("race")) faces += measures.at("faces");
  EXPECT_EQ(faces, result.metrics.at("faces"));
  EXPECT_EQ(result.groups.at("gender").size(), 2U);
}

#if MIEN_IMDB_TESTED
TEST_F(AttributesTest, LearnsFromImdbsLabels) {
  write_made_faces(folder() / "01", 60);
  std::vector<test::ImdbRow> rows = {{.file = "01/low.jpg", .score = 0.5}};
  for (const auto& entry : std::filesystem::directory_iterator(folder() / "01")) {
    const auto name = entry.path().filename().string();  // AGE_GENDER_...
    const double age = std::stod(name);
    const bool female = name.at(name.find('_') + 1) == '1';
    constexpr double kJanuary1970 = 719529;
    rows.push_back({.file = "01/" + name,
                    .born = kJanuary1970 + (30 - age) * 365.25,
                    .gender = female ? 0.0 : 1.0,
                    .name = "person " + std::to_string(rows.size() / 2)});
  }
  const auto labels = folder() / "imdb.mat";
  test::write_imdb(labels, rows);
  auto asked = options(made_recipe(1), "run");
  asked.data.main = labels;
  RecordingObserver observer;
  const auto result = train(asked, observer);
  EXPECT_THAT(observer.notes, testing::Contains(HasSubstr("faces with a low score")));
  EXPECT_GT(result.metrics.at("faces"), 0);
  EXPECT_LT(result.metrics.at("faces"), 30) << "a tenth of the people";
  EXPECT_FALSE(result.groups.contains("race")) << "which is not told";
#if MIEN_EXPORT_TESTED
  export_run(folder() / "run", folder() / "imdb.onnx");
  EXPECT_EQ(read_model_card(folder() / "imdb.onnx").training_data, "IMDB-WIKI");
#endif
}
#endif

TEST_F(AttributesTest, AResumedRunEndsAsOneThatWasNeverStopped) {
  write_made_faces(data(), 40);
  RecordingObserver whole;
  const auto expected = train(options(made_recipe(3), "whole"), whole);
  RecordingObserver stopped;
  stopped.stop_after = 1;
  EXPECT_THROW(train(options(made_recipe(3), "stopped"), stopped), std::runtime_error);
  RecordingObserver resumed;
  auto again = options(made_recipe(3), "stopped");
  again.resume = true;
  const auto result = train(again, resumed);
  EXPECT_EQ(resumed.epochs.size(), 2U);
  EXPECT_EQ(resumed.epochs.back().train_loss, whole.epochs.back().train_loss);
  EXPECT_EQ(result.metrics, expected.metrics);
}

TEST_F(AttributesTest, LeavesOutDamagedPicturesAndOtherFilesAndSaysSo) {
  write_made_faces(data(), 40);
  const auto face = std::filesystem::directory_iterator(data())->path();
  test::write_text(face, "no picture");
  test::write_text(data() / "holiday.jpg", "no face");
  RecordingObserver observer;
  train(options(made_recipe(1), "run"), observer);
  EXPECT_THAT(observer.notes, testing::Contains(HasSubstr("1 files were skipped")));
  EXPECT_EQ(observer.notes.size() + (face.filename() == "holiday.jpg" ? 1U : 0U), 2U);
}

TEST_F(AttributesTest, SaysWhatIsMissing) {
  RecordingObserver observer;
  try {
    train(options(made_recipe(1), "run"), observer);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::input);
    EXPECT_THAT(error.what(), HasSubstr("UTKFace"));
  }
  EXPECT_FALSE(std::filesystem::exists(folder() / "run"));
}

TEST(AttributeRecipe, SaysWhatIsWrong) {
  const auto failure = [](const std::string& text) -> std::string {
    try {
      parse_recipe(text, "made.toml");
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::usage);
      return error.what();
    }
    return "no error";
  };
  const auto recipe = made_recipe(1);
  EXPECT_THAT(failure(recipe + "[[augmentation]]\nkind = \"flip\"\n"), HasSubstr("augmentation"));
  EXPECT_THAT(failure(recipe + "[scene]\nsize = 64\n"), HasSubstr("scene"));
  EXPECT_THAT(failure(made_recipe(1, "[loss]\nyears = -1\n")), HasSubstr("loss.years"));
  EXPECT_EQ(parse_recipe(recipe, "made.toml").input.width, 32);
  EXPECT_EQ(parse_recipe(recipe, "made.toml").input.height, 32);
}

TEST(AttributeRecipe, TheShippedOneIsSmall) {
  const auto recipe =
      read_recipe(test::path_from_environment("MIEN_SOURCE_DIR") / "recipes/mien-attributes.toml");
  AttributeNetwork network(recipe.architecture, recipe.dropout, recipe.ages);
  EXPECT_LE(network.parameter_count(), 1'000'000);
  EXPECT_LE(network.multiply_adds(recipe.input.height, recipe.input.width), 40'000'000);
}

TEST(AttributeLoss, IsLeastAtTheLabels) {
  const AgeScale ages;
  const AttributeLoss loss({.gender = 1, .age = 1, .years = 0.1, .age_deviation = 2}, ages);
  const AttributeTargets targets{torch::tensor({1, 0}), torch::tensor({30.0F, 108.0F})};
  const auto logits_about = [&](double first, double second) {
    const auto years = torch::arange(0, 101, torch::kFloat);
    return torch::stack({-(years - first).square() / 8, -(years - second).square() / 8});
  };
  const auto sure = torch::tensor({{-4.0F, 4.0F}, {4.0F, -4.0F}});
  const auto best = loss(sure, logits_about(30, 100), targets).item<double>();
  EXPECT_LT(best, loss(-sure, logits_about(30, 100), targets).item<double>() - 3);
  EXPECT_LT(best, loss(sure, logits_about(34, 100), targets).item<double>() - 0.5);
  EXPECT_LT(best, loss(sure, logits_about(30, 90), targets).item<double>() - 0.5);
  EXPECT_NEAR(expected_age(logits_about(30, 50), ages)[1].item<double>(), 50, 1e-3);
}

TEST(FaceView, WithoutChangesIsWhatServingSees) {
  Image face(40, 40, PixelFormat::gray);
  std::mt19937 random(1);
  for (auto& pixel : face.pixels()) pixel = static_cast<std::uint8_t>(random() % 256);
  FaceViewOptions none;
  none.flip = none.rotation = none.scale = none.translation = none.light = 0;
  none.low_resolution = none.noise = none.jpeg = none.erase = 0;
  const auto view = viewed(face.view(), none, 32, 32, random);
  const auto served = crop_face(face.view(), whole_picture(face.view()), 32, 32);
  EXPECT_TRUE(std::equal(view.pixels().begin(), view.pixels().end(), served.pixels().begin()));
}

TEST(FaceView, EveryKindOfChangeChangesThePictureAndKeepsItsSize) {
  Image face(40, 40, PixelFormat::gray);
  for (std::size_t i = 0; i < face.pixels().size(); ++i) {
    face.pixels()[i] = static_cast<std::uint8_t>(60 + i % 40 * 3);
  }
  FaceViewOptions none;
  none.flip = none.rotation = none.scale = none.translation = none.light = 0;
  none.low_resolution = none.noise = none.jpeg = none.erase = 0;
  std::mt19937 still(1);
  const auto plain = viewed(face.view(), none, 32, 32, still);
  const auto differs = [&](const char* what, const auto& change) {
    auto options = none;
    change(options);
    std::mt19937 random(4);
    const auto view = viewed(face.view(), options, 32, 32, random);
    ASSERT_EQ(view.width(), 32) << what;
    ASSERT_EQ(view.height(), 32) << what;
    EXPECT_FALSE(std::equal(view.pixels().begin(), view.pixels().end(), plain.pixels().begin()))
        << what;
    std::mt19937 again(4);
    const auto same = viewed(face.view(), options, 32, 32, again);
    EXPECT_TRUE(std::equal(view.pixels().begin(), view.pixels().end(), same.pixels().begin()))
        << what;
  };
  differs("flip", [](FaceViewOptions& view) { view.flip = 1; });
  differs("rotation", [](FaceViewOptions& view) { view.rotation = 20; });
  differs("scale", [](FaceViewOptions& view) { view.scale = 0.3; });
  differs("translation", [](FaceViewOptions& view) { view.translation = 0.2; });
  differs("light", [](FaceViewOptions& view) { view.light = 1; });
  differs("low resolution", [](FaceViewOptions& view) { view.low_resolution = 1; });
  differs("noise", [](FaceViewOptions& view) { view.noise = 1; });
  differs("jpeg", [](FaceViewOptions& view) { view.jpeg = 1; });
  differs("erase", [](FaceViewOptions& view) { view.erase = 1; });
}

#if MIEN_EXPORT_TESTED
TEST_F(AttributesTest, TheExportedModelSaysWhatTheNetworkSays) {
  write_made_faces(data(), 60);
  RecordingObserver observer;
  const auto training = options(made_recipe(2), "run");
  train(training, observer);
  const auto model = folder() / "model.onnx";
  const auto card = export_run(folder() / "run", model);
  EXPECT_EQ(card.task, kAttributesTask);
  EXPECT_EQ(card.labels, (std::vector<std::string>{"male", "female"}));
  EXPECT_EQ(card.input.width, 32);
  EXPECT_EQ(card.input.margin, 1.25);
  EXPECT_EQ(card.input.shift_down, -0.1);
  EXPECT_EQ(card.groups.at("gender").size(), 2U);
  EXPECT_THAT(card.misuse, HasSubstr("Not for"));
  EXPECT_EQ(to_json(read_model_card(model)), to_json(card));

  const auto& recipe = training.recipe;
  AttributeNetwork network(recipe.architecture, recipe.dropout, recipe.ages);
  load_weights(folder() / "run" / "best.pt", network, torch::kCPU);
  network.eval();
  torch::manual_seed(12);
  const torch::NoGradGuard no_gradient;
  const auto pictures = torch::randn({20, 1, 32, 32});
  RunningLayers layers;
  const auto heads = network.heads(layers, {pictures, {}});
  const auto expected = torch::cat({heads.gender.tensor, heads.age.tensor}, 1).contiguous();
  for (const auto* engine : {"onednn", "opencv"}) {
    const auto found = make_network(model, {.engine = engine}, kAttributesTask)
                           ->run({pictures.data_ptr<float>(), 20 * 32 * 32});
    ASSERT_EQ(found.size(), static_cast<std::size_t>(expected.numel()));
    const auto values = torch::from_blob(const_cast<float*>(found.data()), expected.sizes());
    EXPECT_GT(expected.std().item<double>(), 0.1) << "the test would not see a difference";
    EXPECT_LE((values - expected).abs().max().item<double>(), 1e-3) << engine;
  }
}
#endif

}  // namespace
}  // namespace mien::train
