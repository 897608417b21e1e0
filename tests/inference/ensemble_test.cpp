#include "inference/ensemble.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "core/calibration.h"
#include "mien/error.h"
#include "mien/expression_classifier.h"
#include "mien/face_crop.h"
#include "mien/models.h"
#include "test_models.h"

namespace mien {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

/// Two members that differ in architecture and input, and an ensemble of them.
class Ensemble : public testing::Test {
 protected:
  void SetUp() override {
    root_ =
        std::filesystem::temp_directory_path() / ("mien-ensemble-" + std::to_string(::getpid()));
    std::filesystem::create_directories(root_);
    auto small = test::expression_card(16);
    small.temperature = 0.5;
    small.input.normalisation = Normalisation::unit;
    auto large = test::expression_card(24);
    large.input.margin = 0.75;
    cards_ = {small, large};
    files_ = {write("a.onnx", test::with_card(test::convolutional_model(), small)),
              write("b.onnx", test::with_card(test::linear_model(24), large))};
    card_ = ensemble_card(cards_);
    card_.name = "both";
    card_.temperature = 2;
    write_ensemble(card_, files_, folder());
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  std::filesystem::path folder() const { return root_ / "both"; }

  std::filesystem::path write(const std::string& name, const std::string& bytes) const {
    std::ofstream(root_ / name, std::ios::binary) << bytes;
    return root_ / name;
  }

  /// Writes the ensemble's card anew, with these members.
  void write_card(const std::vector<std::string>& members) const {
    auto object = json::parse(to_json(card_));
    object["members"] = members;
    write("both/ensemble.json", object.dump());
  }

  std::string failure() const {
    try {
      make_expression_model(folder());
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::model);
      return error.what();
    }
    return "no error";
  }

  std::filesystem::path root_;
  std::vector<ModelCard> cards_;
  std::vector<std::filesystem::path> files_;
  ModelCard card_;
};

Image noise(int side) {
  Image image(side, side, PixelFormat::gray);
  for (std::size_t i = 0; i < image.pixels().size(); ++i) {
    image.pixels()[i] = static_cast<std::uint8_t>(i * i % 241);
  }
  return image;
}

TEST_F(Ensemble, IsReadBackAsItWasWritten) {
  const auto card = read_model_card(folder());
  EXPECT_EQ(card.name, "both");
  EXPECT_EQ(card.input.width, 24) << "the largest member's";
  EXPECT_THAT(card.members, ElementsAre("01-a.onnx", "02-b.onnx"));
  EXPECT_THAT(member_files(folder(), card),
              ElementsAre(folder() / "01-a.onnx", folder() / "02-b.onnx"));
  EXPECT_EQ(find_model(folder().string() + "/"), folder());
}

TEST_F(Ensemble, SaysTheMeanOfItsMembersCalibratedAnswers) {
  const auto face = noise(48);
  const ImageView view = face.view();
  const auto alone = [&](std::size_t member) {
    return ExpressionClassifier(make_network(files_[member])).classify_crops({&view, 1}).at(0);
  };
  const std::vector<Probabilities> opinions = {alone(0), alone(1)};
  ASSERT_NE(opinions[0], opinions[1]);
  ExpressionClassifier classifier(make_expression_model(folder()));
  EXPECT_EQ(classifier.classify_crops({&view, 1}).at(0), tempered(mean_of(opinions), 2));
}

TEST_F(Ensemble, CutsAFaceOutForEachMember) {
  const auto picture = noise(90);
  const DetectedFace face{{20, 25, 40, 40}, 1, std::nullopt};
  std::vector<Probabilities> opinions;
  for (std::size_t i = 0; i < files_.size(); ++i) {
    const auto& input = cards_[i].input;
    std::vector<float> values(static_cast<std::size_t>(input.width) *
                              static_cast<std::size_t>(input.height));
    const auto crop =
        crop_face(picture.view(), upright_crop(face.box, {}, input), input.width, input.height);
    prepare_input(crop.pixels(), input, values);
    opinions.push_back(softmax(make_network(files_[i])->run(values), cards_[i].temperature));
  }
  ExpressionClassifier classifier(make_expression_model(folder()));
  EXPECT_EQ(classifier.classify(picture.view(), {&face, 1}).at(0).probabilities,
            tempered(mean_of(opinions), 2));
}

TEST_F(Ensemble, ManyFacesAreAnsweredAsOneByOne) {
  const auto one = noise(48);
  const auto two = noise(31);
  const std::vector<ImageView> views = {one.view(), two.view(), one.view()};
  ExpressionClassifier classifier(make_expression_model(folder()),
                                  {.augmentation = TestTimeAugmentation::ten_crop});
  const auto together = classifier.classify_crops(views);
  ASSERT_EQ(together.size(), 3U);
  for (std::size_t i = 0; i < views.size(); ++i) {
    const auto alone = classifier.classify_crops({&views[i], 1}).at(0);
    for (std::size_t e = 0; e < kExpressionCount; ++e) {
      EXPECT_NEAR(together[i][e], alone[e], 1e-5);
    }
  }
}

TEST_F(Ensemble, MembersStayWithinTheFolder) {
  for (const std::string member : {"../a.onnx", "/etc/passwd", "x/../../a.onnx", ""}) {
    write_card({"01-a.onnx", member});
    EXPECT_THAT(failure(), HasSubstr("is not a file within the folder")) << member;
  }
  std::filesystem::create_symlink(files_[0], folder() / "link.onnx");
  write_card({"01-a.onnx", "link.onnx"});
  EXPECT_THAT(failure(), HasSubstr("leads out of the folder"));
  std::filesystem::create_directory(folder() / "folder.onnx");
  for (const std::string member : {"none.onnx", "folder.onnx"}) {
    write_card({"01-a.onnx", member});
    EXPECT_THAT(failure(), HasSubstr("missing or no file")) << member;
  }
}

TEST_F(Ensemble, CardsAreChecked) {
  write_card({"01-a.onnx"});
  EXPECT_THAT(failure(), HasSubstr("members is not a list of 2 to 32 files"));
  write_card(std::vector<std::string>(33, "01-a.onnx"));
  EXPECT_THAT(failure(), HasSubstr("members is not a list of 2 to 32 files"));
  write("both/ensemble.json", "{");
  EXPECT_THAT(failure(), HasSubstr("ensemble.json: its model card is invalid"));
  write("both/ensemble.json", to_json(cards_[0]));
  EXPECT_THAT(failure(), HasSubstr("it lists no members"));
  write("both/ensemble.json", std::string((1U << 20) + 1, ' '));
  EXPECT_THAT(failure(), HasSubstr("larger than 1 MiB"));
}

TEST_F(Ensemble, AMemberThatIsNoModelIsNamed) {
  write("both/02-b.onnx", "text");
  EXPECT_THAT(failure(), HasSubstr("02-b.onnx: not an ONNX model"));
  write("both/02-b.onnx", test::linear_model(24).bytes());
  EXPECT_THAT(failure(), HasSubstr("02-b.onnx: the model has no card"));
  write("both/02-b.onnx",
        test::with_card(test::bright_square_model({8}), test::detector_card({8})));
  EXPECT_THAT(failure(), HasSubstr("names no expressions"));
}

TEST_F(Ensemble, AModelByItselfHasNoMembers) {
  auto card = cards_[1];
  card.members = {"a.onnx", "b.onnx"};
  const auto file = write("c.onnx", test::with_card(test::linear_model(24), card));
  EXPECT_THROW(make_network(file), Error);
}

TEST_F(Ensemble, IsNoNetwork) {
  try {
    make_network(folder());
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("one network is needed"));
  }
}

TEST_F(Ensemble, IsWrittenWholeOrNotAtAll) {
  EXPECT_THROW(write_ensemble(card_, files_, folder()), Error) << "it exists already";
  const auto other = root_ / "other";
  EXPECT_THROW(write_ensemble(card_, {files_[0], root_ / "none.onnx"}, other), Error);
  std::vector<std::string> left;
  for (const auto& entry : std::filesystem::directory_iterator(root_)) {
    left.push_back(entry.path().filename().string());
  }
  EXPECT_THAT(left, testing::UnorderedElementsAre("a.onnx", "b.onnx", "both"));
  EXPECT_EQ(failure(), "no error");
}

TEST(EnsembleCard, SaysWhatItsMembersSay) {
  auto one = test::expression_card(48);
  one.name = "one";
  one.architecture = "vgg_se";
  one.parameters = 1000;
  one.multiply_adds = 500;
  one.training_data = "FER-2013";
  one.licence = "Apache-2.0";
  one.recipe = "name = 1";
  auto two = one;
  two.name = "two";
  two.architecture = "mini_xception";
  two.parameters = 10;
  two.training_data = "FER-2013 with FER+ votes";
  const auto card = ensemble_card({one, two, one});
  EXPECT_EQ(card.parameters, 2010);
  EXPECT_EQ(card.multiply_adds, 1500);
  two.multiply_adds = 0;
  EXPECT_EQ(ensemble_card({one, two}).multiply_adds, 0) << "not counted for all";
  EXPECT_EQ(card.architecture, "ensemble of vgg_se, mini_xception");
  EXPECT_EQ(card.training_data, "FER-2013; FER-2013 with FER+ votes");
  EXPECT_EQ(card.licence, "Apache-2.0");
  EXPECT_THAT(card.recipe, HasSubstr("# two\nname = 1"));
}

TEST(ExpressionModel, AnEnsembleHasMembers) {
  std::vector<std::unique_ptr<Network>> one;
  one.push_back(make_fake_network(test::expression_card(8)));
  EXPECT_THROW(ExpressionModel(test::expression_card(8), std::move(one)), Error);
}

}  // namespace
}  // namespace mien
