#include "mien/model_card.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include "mien/error.h"
#include "mien/expression.h"

namespace mien {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

ModelCard example() {
  ModelCard card;
  card.name = "example";
  card.architecture = "mini_xception";
  card.parameters = 57'000;
  for (const auto expression : all_expressions()) card.labels.emplace_back(name(expression));
  card.input = {.width = 48,
                .height = 40,
                .margin = 1.25,
                .shift_down = -0.05,
                .contrast = Contrast::equalise,
                .normalisation = Normalisation::symmetric};
  card.temperature = 1.375;
  card.uncertain_below = 0.35;
  card.training_data = "FER-2013";
  card.training_split = "Training";
  card.selection_split = "PublicTest";
  card.recipe = "[data]\nname = \"\u00fc\"\n";
  card.commit = "0123456789abcdef";
  card.seed = 18'446'744'073'709'551'615ULL;
  card.metrics = {{"accuracy", 0.625}, {"macro_f1", 0.5}};
  card.licence = "Apache-2.0";
  card.data_notice = "for research";
  card.intended_use = "expressions";
  card.misuse = "emotions";
  return card;
}

/// The example's JSON after a change.
std::string changed(const std::function<void(json&)>& change) {
  json object = json::parse(to_json(example()));
  change(object);
  return object.dump();
}

std::string error_of(const std::string& text) {
  try {
    model_card_from_json(text, "a.onnx");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::model);
    return error.what();
  }
  return "no error";
}

TEST(ModelCard, IsReadBackAsItWasWritten) {
  const auto card = example();
  const auto read = model_card_from_json(to_json(card), "a.onnx");
  EXPECT_EQ(read.name, card.name);
  EXPECT_EQ(read.task, "expression");
  EXPECT_EQ(read.architecture, card.architecture);
  EXPECT_EQ(read.parameters, card.parameters);
  EXPECT_EQ(read.labels, card.labels);
  EXPECT_EQ(read.input, card.input);
  EXPECT_EQ(read.temperature, card.temperature);
  EXPECT_EQ(read.uncertain_below, card.uncertain_below);
  EXPECT_EQ(read.training_data, card.training_data);
  EXPECT_EQ(read.training_split, card.training_split);
  EXPECT_EQ(read.selection_split, card.selection_split);
  EXPECT_EQ(read.recipe, card.recipe);
  EXPECT_EQ(read.commit, card.commit);
  EXPECT_EQ(read.seed, card.seed);
  EXPECT_EQ(read.metrics, card.metrics);
  EXPECT_EQ(read.licence, card.licence);
  EXPECT_EQ(read.data_notice, card.data_notice);
  EXPECT_EQ(read.intended_use, card.intended_use);
  EXPECT_EQ(read.misuse, card.misuse);
}

TEST(ModelCard, WritingWhatWasReadChangesNothing) {
  const auto text = to_json(example());
  EXPECT_EQ(to_json(model_card_from_json(text, "a.onnx")), text);
}

TEST(ModelCard, UnknownFieldsAreLeftToLaterVersions) {
  EXPECT_NO_THROW(
      model_card_from_json(changed([](json& card) { card["colour"] = "blue"; }), "a.onnx"));
}

TEST(ModelCard, AnErrorNamesTheFileAndWhatToDoInOneLine) {
  const auto error = error_of("{");
  EXPECT_THAT(error, StartsWith("a.onnx: "));
  EXPECT_THAT(error, HasSubstr("mien export"));
  EXPECT_THAT(error, Not(HasSubstr("\n")));
}

TEST(ModelCard, TextThatIsNoObjectIsInvalid) {
  for (const auto* text : {"", "{", "[]", "3", "null", "\"card\"", "\xff\xfe"}) {
    EXPECT_THAT(error_of(text), HasSubstr("card is invalid")) << text;
  }
}

TEST(ModelCard, EachFieldIsRequired) {
  const json whole = json::parse(to_json(example()));
  for (const auto& entry : whole.items()) {
    const auto& field = entry.key();
    EXPECT_THAT(error_of(changed([&](json& card) { card.erase(field); })), HasSubstr(field));
  }
  for (const auto* field :
       {"width", "height", "crop_margin", "crop_shift_down", "contrast", "normalisation"}) {
    EXPECT_THAT(error_of(changed([&](json& card) { card["input"].erase(field); })),
                HasSubstr(field));
  }
}

struct InvalidCard {
  const char* pointer;  // JSON pointer of the changed field
  json value;
  const char* message;

  friend std::ostream& operator<<(std::ostream& out, const InvalidCard& invalid) {
    return out << invalid.pointer << " = " << invalid.value;
  }
};

class InvalidModelCard : public testing::TestWithParam<InvalidCard> {};

TEST_P(InvalidModelCard, IsRefused) {
  const auto& invalid = GetParam();
  const auto text =
      changed([&](json& card) { card[json::json_pointer(invalid.pointer)] = invalid.value; });
  EXPECT_THAT(error_of(text), HasSubstr(invalid.message));
}

INSTANTIATE_TEST_SUITE_P(
    Fields, InvalidModelCard,
    testing::Values(InvalidCard{"/name", 7, "must be string"},
                    InvalidCard{"/parameters", "many", "must be number"},
                    InvalidCard{"/labels", {"angry", "happy"}, "seven labels"},
                    InvalidCard{"/labels/0", "furious", "label 0 is not angry"},
                    InvalidCard{"/labels",
                                {"disgust", "angry", "fear", "happy", "sad", "surprise", "neutral"},
                                "label 0 is not angry"},
                    InvalidCard{"/input/width", 7, "input size"},
                    InvalidCard{"/input/width", 100'000, "input size"},
                    InvalidCard{"/input/height", -48, "input size"},
                    InvalidCard{"/input/crop_margin", 0.1, "crop_margin"},
                    InvalidCard{"/input/crop_margin", 50, "crop_margin"},
                    InvalidCard{"/input/crop_shift_down", 1.5, "crop_shift_down"},
                    InvalidCard{"/input/contrast", "vivid", "contrast is not"},
                    InvalidCard{"/input/normalisation", "imagenet", "normalisation is not"},
                    InvalidCard{"/temperature", 0, "temperature"},
                    InvalidCard{"/temperature", -1, "temperature"},
                    InvalidCard{"/temperature", nullptr, "must be number"},
                    InvalidCard{"/uncertain_below", 1.5, "uncertain_below"},
                    InvalidCard{"/uncertain_below", -0.5, "uncertain_below"},
                    InvalidCard{"/metrics", {1, 2}, "must be object"},
                    InvalidCard{"/metrics/accuracy", "high", "must be number"}));

}  // namespace
}  // namespace mien
