#include "train/recipe_change.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mien/error.h"

namespace mien::train {
namespace {

using testing::HasSubstr;

constexpr auto kRecipe =
    "# Mine.\nname = \"a\"\n  seed = 3 # three\n[architecture]\nname = \"vgg_se\"\n"
    "[data] # faces\nvalidation = \"PublicTest\"\n[training]\nepochs = 3\n";

Recipe changed(const std::string& text, const std::string& section, const std::string& key,
               const std::string& value) {
  return with_key(parse_recipe(text, "x.toml"), section, key, value);
}

TEST(RecipeChange, SetsAKeyWhereItStands) {
  const auto recipe = changed(kRecipe, "", "seed", "8");
  EXPECT_EQ(recipe.seed, 8U);
  EXPECT_EQ(recipe.text,
            "# Mine.\nname = \"a\"\nseed = 8\n[architecture]\nname = \"vgg_se\"\n"
            "[data] # faces\nvalidation = \"PublicTest\"\n[training]\nepochs = 3\n");
  EXPECT_EQ(with_key(recipe, "", "seed", "8").text, recipe.text);
  EXPECT_EQ(changed(kRecipe, "data", "validation", "\"fraction:0.2\"").validation_split,
            "Training:fraction:0.2");
}

TEST(RecipeChange, AddsAKeyThatIsNotThere) {
  const std::string small = "name = \"a\"\n[architecture]\nname = \"vgg_se\"";
  const auto seeded = changed(small, "", "seed", "8");
  EXPECT_EQ(seeded.seed, 8U);
  EXPECT_EQ(seeded.text, "seed = 8\n" + small + "\n");
  EXPECT_EQ(changed(small, "data", "train", "\"all\"").train_split, "all");
  const auto beside = changed(kRecipe, "data", "train", "\"all\"");
  EXPECT_EQ(beside.train_split, "all");
  EXPECT_EQ(beside.validation_split, "PublicTest");
}

TEST(RecipeChange, RefusesWhatItCannotFind) {
  for (const std::string odd :
       {"data = { train = \"all\" }\nname = \"a\"\n[architecture]\nname = \"vgg_se\"\n",
        "name = \"a\"\ndata.train = \"all\"\n[architecture]\nname = \"vgg_se\"\n"}) {
    try {
      changed(odd, "data", "train", "\"x\"");
      ADD_FAILURE() << odd;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::usage);
      EXPECT_THAT(error.what(), HasSubstr("on a line of its own"));
    }
  }
}

}  // namespace
}  // namespace mien::train
