#include "train/recipe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "made_dataset.h"
#include "mien/error.h"

namespace mien::train {
namespace {

using testing::HasSubstr;

constexpr auto kSmallest = "name = \"a\"\n[architecture]\nname = \"vgg_se\"\n";

std::string failure(const std::string& text) {
  try {
    parse_recipe(text, "x.toml");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::usage);
    return error.what();
  }
  return "no error";
}

TEST(Recipe, EveryKeyHasADefault) {
  const auto recipe = parse_recipe(kSmallest, "x.toml");
  EXPECT_EQ(recipe.train_split, "Training");
  EXPECT_EQ(recipe.validation_split, "PublicTest");
  EXPECT_DOUBLE_EQ(recipe.input.margin, 1.0);
  EXPECT_EQ(recipe.optimiser.name, "sgd");
  EXPECT_EQ(recipe.text, kSmallest);
}

TEST(Recipe, ReadsWhatIsWritten) {
  const auto recipe = parse_recipe(std::string(kSmallest) +
                                       "width = 16\ndropout = 0.25\n"
                                       "[input]\ncontrast = \"equalise\"\ncrop_margin = 1.1\n"
                                       "[[augmentation]]\nkind = \"crop\"\npadding = 3\n"
                                       "[[augmentation]]\nkind = \"mixup\"\nalpha = 0.4\n"
                                       "[schedule]\nname = \"plateau\"\npatience = 2\n"
                                       "[training]\nepochs = 9\nearly_stopping_patience = 4\n",
                                   "x.toml");
  EXPECT_EQ(recipe.architecture.width, 16);
  EXPECT_DOUBLE_EQ(recipe.dropout, 0.25);
  EXPECT_EQ(recipe.input.contrast, Contrast::equalise);
  EXPECT_DOUBLE_EQ(recipe.input.margin, 1.1);
  ASSERT_EQ(recipe.augmentations.size(), 2U);
  EXPECT_EQ(recipe.augmentations[0].padding, 3);
  EXPECT_DOUBLE_EQ(recipe.augmentations[1].alpha, 0.4);
  EXPECT_EQ(recipe.schedule.patience, 2);
  EXPECT_EQ(recipe.training.early_stopping_patience, 4);
}

TEST(Recipe, RefusesWhatItDoesNotKnow) {
  EXPECT_THAT(failure(std::string(kSmallest) + "layers = 3\n"),
              HasSubstr("x.toml: line 4: unknown key 'architecture.layers'; known here: depth"));
  EXPECT_THAT(failure(std::string(kSmallest) + "[[augmentation]]\nkind = \"flip\"\nalpha = 1\n"),
              HasSubstr("unknown key 'augmentation.alpha'"));
  EXPECT_THAT(failure(std::string(kSmallest) + "[[augmentation]]\nkind = \"warp\"\n"),
              HasSubstr("augmentation.kind must be one of: crop, flip"));
  EXPECT_THAT(failure(std::string(kSmallest) + "[[augmentation]]\nprobability = 1\n"),
              HasSubstr("no kind"));
  EXPECT_THAT(failure(std::string(kSmallest) + "[data]\nvalidation = \"PrivateTest\"\n"),
              HasSubstr("data.validation must be another split: PrivateTest is there"));
}

TEST(Recipe, APartIsHeldOutOfTheTrainingSplit) {
  const auto splits = [](const std::string& data) {
    const auto recipe = parse_recipe(std::string(kSmallest) + "[data]\n" + data, "x.toml");
    return recipe.train_split + " | " + recipe.validation_split;
  };
  EXPECT_EQ(splits("validation = \"fraction:0.1\"\n"),
            "Training:except:fraction:0.1 | Training:fraction:0.1");
  EXPECT_EQ(splits("train = \"all\"\nvalidation = \"subject:0.2:7\"\n"),
            "all:except:subject:0.2:7 | all:subject:0.2:7");
  EXPECT_EQ(splits("train = \"train\"\nvalidation = \"test\"\n"), "train | test");
  EXPECT_EQ(splits("train = \"a:fold:1/2\"\nvalidation = \"a:fold:2/2\"\n"),
            "a:fold:1/2 | a:fold:2/2");
}

TEST(Recipe, RefusesSplitsThatMakeNoSense) {
  const auto refused = [](const std::string& data) {
    return failure(std::string(kSmallest) + "[data]\n" + data);
  };
  EXPECT_THAT(refused("validation = \"Training\"\n"), HasSubstr("another split than data.train"));
  EXPECT_THAT(refused("validation = \"fraction:2\"\n"),
              HasSubstr("x.toml: split fraction:2: give"));
  EXPECT_THAT(refused("train = \"fraction:0.5\"\nvalidation = \"fraction:0.5\"\n"),
              HasSubstr("the part of a split that is named"));
  EXPECT_THAT(refused("train = \"PrivateTest:fraction:0.5\"\n"), HasSubstr("PrivateTest"));
  EXPECT_THAT(refused("format = \"imagenet\"\n"), HasSubstr("one of: auto, fer2013, ferplus"));
}

TEST(Recipe, RefusesNumbersOutOfRangeAndOtherTypes) {
  EXPECT_THAT(failure(std::string(kSmallest) + "[training]\nepochs = 0\n"),
              HasSubstr("line 5: training.epochs must be a whole number within 1..100000"));
  EXPECT_THAT(failure(std::string(kSmallest) + "[training]\nepochs = 1.5\n"),
              HasSubstr("whole number"));
  EXPECT_THAT(failure(std::string(kSmallest) + "[optimiser]\nmomentum = 2\n"),
              HasSubstr("within 0..0.999"));
  EXPECT_THAT(failure(std::string(kSmallest) + "[optimiser]\nmomentum = nan\n"),
              HasSubstr("optimiser.momentum must be"));
  EXPECT_THAT(failure("name = 3\n"), HasSubstr("name must be a text"));
  EXPECT_THAT(failure("name = \"a\"\narchitecture = 3\n"), HasSubstr("must be a table"));
}

TEST(Recipe, RefusesWhatOnlyTheRunWouldFind) {
  EXPECT_THAT(failure("name = \"a\"\n[architecture]\nname = \"resnet\"\n"),
              HasSubstr("line 3: architecture.name must be one of: vgg_se, residual_se"));
  EXPECT_THAT(
      failure(std::string(kSmallest) + "[[augmentation]]\nkind = \"erase\"\nsmallest_area = 0.3\n"),
      HasSubstr("line 6: augmentation.smallest_area must be at most largest_area"));
  EXPECT_THAT(failure(std::string(kSmallest) + "[optimiser]\nname = \"adam\"\nmomentum = 0.5\n"),
              HasSubstr("unknown key 'optimiser.momentum'"));
  EXPECT_THAT(failure(std::string(kSmallest) + "[schedule]\nstep_epochs = 5\n"),
              HasSubstr("unknown key 'schedule.step_epochs'"));
  EXPECT_THAT(failure(std::string(kSmallest) +
                      "[training]\nvalidate_every = 5\nearly_stopping_patience = 3\n"),
              HasSubstr("early_stopping_patience must be 0, or at least validate_every"));
  EXPECT_THAT(failure("name = \"a\"\ntask = \"detection\"\n[architecture]\n"
                      "name = \"separable_pyramid\"\n[scene]\nlandmarks = 0.7\nempty = 0.4\n"),
              HasSubstr("scene.empty must be at most 1 less landmarks"));
}

TEST(Recipe, RefusesWhatIsNoRecipe) {
  EXPECT_THAT(failure("name = \n"), HasSubstr("line 1: not TOML"));
  EXPECT_THAT(failure(""), HasSubstr("it has no name"));
  EXPECT_THAT(failure("name = \"a\"\n"),
              HasSubstr("architecture.name must be one of: vgg_se, residual_se"));
  EXPECT_THROW(read_recipe("/does/not/exist.toml"), Error);
  EXPECT_THROW(read_recipe("/tmp"), Error);
}

TEST(Recipe, ShippedRecipesAreValid) {
  const auto source = test::path_from_environment("MIEN_SOURCE_DIR");
  int count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(source / "recipes")) {
    if (!entry.is_regular_file()) continue;
    EXPECT_THAT(read_recipe(entry.path()).name, testing::EndsWith(entry.path().stem().string()));
    ++count;
  }
  EXPECT_GE(count, 2);
}

}  // namespace
}  // namespace mien::train
