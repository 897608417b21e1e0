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
  card.multiply_adds = 3'000'000'000;
  for (const auto expression : all_expressions()) card.labels.emplace_back(name(expression));
  card.input = {.width = 48,
                .height = 40,
                .margin = 1.25,
                .shift_down = -0.05,
                .contrast = Contrast::equalise,
                .normalisation = Normalisation::symmetric};
  card.temperature = 1.375;
  card.logit_offsets = {0.5, 1.25, 0, 0, -0.5, 0, 0};
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

ModelCard detector_example() {
  ModelCard card = example();
  card.task = kDetectionTask;
  card.labels.clear();
  card.input = {};
  card.temperature = 1;
  card.detector = {.strides = {4, 16, 64},
                   .smallest_face = 12,
                   .min_score = 0.375,
                   .max_overlap = 0.5,
                   .framing = {.margin = 1.125, .shift_down = -0.0625}};
  return card;
}

ModelCard attributes_example() {
  ModelCard card = example();
  card.task = kAttributesTask;
  card.labels = {"male", "female"};
  card.ages = {1, 99};
  card.uncertain_below = ModelCard().uncertain_below;
  card.groups = {{"race", {{"black", {{"faces", 40}, {"age_error", 6.5}}}}}};
  return card;
}

/// An example's JSON after a change.
std::string changed(const std::function<void(json&)>& change, const ModelCard& card = example()) {
  json object = json::parse(to_json(card));
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

TEST(ModelCard, OlderOnesDoNotCountMultiplyAdds) {
  const auto text = changed([](json& object) { object.erase("multiply_adds"); });
  EXPECT_EQ(model_card_from_json(text, "a.onnx").multiply_adds, 0);
}

TEST(ModelCard, OfAttributesIsReadBackAsItWasWritten) {
  const auto card = attributes_example();
  const auto read = model_card_from_json(to_json(card), "a.onnx");
  EXPECT_EQ(to_json(read), to_json(card));
  EXPECT_EQ(read.ages, card.ages);
  EXPECT_EQ(read.groups, card.groups);
  EXPECT_EQ(output_sizes(read), (std::vector<std::size_t>{2, 99}));
  EXPECT_EQ(output_sizes(example()), (std::vector<std::size_t>{7}));
}

TEST(ModelCard, OfAttributesIsChecked) {
  const auto error_after = [](const std::function<void(json&)>& change) {
    return error_of(changed(change, attributes_example()));
  };
  EXPECT_THAT(error_after([](json& card) {
                card["labels"] = {"female", "male"};
              }),
              HasSubstr("not male, female"));
  EXPECT_THAT(error_after([](json& card) { card["ages"]["oldest"] = 1; }), HasSubstr("0..150"));
  EXPECT_THAT(error_after([](json& card) { card["ages"]["oldest"] = 4'294'967'297; }),
              HasSubstr("0..150"));
  EXPECT_THAT(error_after([](json& card) { card["ages"] = 100; }), HasSubstr("not an object"));
  EXPECT_THAT(error_after([](json& card) {
                card["groups"] = {{"race", 3}};
              }),
              StartsWith("a.onnx: its model card is invalid"));
  EXPECT_THAT(error_after([](json& card) { card["temperature"] = 0; }), HasSubstr("temperature"));
}

TEST(ModelCard, IsReadBackAsItWasWritten) {
  const auto card = example();
  const auto read = model_card_from_json(to_json(card), "a.onnx");
  EXPECT_EQ(read.name, card.name);
  EXPECT_EQ(read.task, "expression");
  EXPECT_EQ(read.architecture, card.architecture);
  EXPECT_EQ(read.parameters, card.parameters);
  EXPECT_EQ(read.multiply_adds, card.multiply_adds);
  EXPECT_EQ(read.labels, card.labels);
  EXPECT_EQ(read.input, card.input);
  EXPECT_EQ(read.temperature, card.temperature);
  EXPECT_EQ(read.logit_offsets, card.logit_offsets);
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

TEST(ModelCard, ASecondOutputOfVotesIsReadBackWhereThereIsOne) {
  auto card = example();
  EXPECT_FALSE(json::parse(to_json(card)).contains("vote_labels"));
  card.vote_labels = {"neutral", "contempt"};
  const auto read = model_card_from_json(to_json(card), "a.onnx");
  EXPECT_EQ(read.vote_labels, card.vote_labels);
  EXPECT_EQ(output_sizes(read), (std::vector<std::size_t>{7, 2}));
}

TEST(ModelCard, MembersAndConfusionAreReadBackWhereThereAreAny) {
  auto card = example();
  const auto without = json::parse(to_json(card));
  EXPECT_FALSE(without.contains("members"));
  EXPECT_FALSE(without.contains("confusion"));
  card.members = {"a.onnx", "b.onnx"};
  card.confusion.assign(kExpressionCount, std::vector<std::size_t>(kExpressionCount, 3));
  card.confusion[2][5] = 40;
  const auto read = model_card_from_json(to_json(card), "a.onnx");
  EXPECT_EQ(read.members, card.members);
  EXPECT_EQ(read.confusion, card.confusion);
}

TEST(ModelCard, MembersAndConfusionAreChecked) {
  const auto with = [](const char* field, const json& value) {
    return error_of(changed([&](json& object) { object[field] = value; }));
  };
  EXPECT_THAT(with("members", {"a.onnx"}), HasSubstr("members is not a list of 2 to"));
  EXPECT_THAT(with("members", "a.onnx"), HasSubstr("members is not a list of 2 to"));
  EXPECT_THAT(with("members", {1, 2}), HasSubstr("its model card is invalid"));
  json counts(std::vector<std::vector<int>>(7, std::vector<int>(7, 1)));
  counts[6].erase(0);
  EXPECT_THAT(with("confusion", counts), HasSubstr("seven rows of seven counts"));
  EXPECT_THAT(with("confusion", {1, 2}), HasSubstr("seven rows of seven counts"));
  counts[6].push_back(-1);
  EXPECT_THAT(with("confusion", counts), HasSubstr("not within 0..10^9"));
  counts[6][6] = 0.5;
  EXPECT_THAT(with("confusion", counts), HasSubstr("is not an integer"));
}

TEST(ModelCard, ADetectorsIsReadBackAsItWasWritten) {
  const auto card = detector_example();
  const auto text = to_json(card);
  const auto read = model_card_from_json(text, "a.onnx");
  EXPECT_EQ(read.task, "detection");
  EXPECT_EQ(read.detector, card.detector);
  EXPECT_EQ(read.architecture, card.architecture);
  EXPECT_EQ(read.metrics, card.metrics);
  EXPECT_TRUE(read.labels.empty());
  EXPECT_EQ(to_json(read), text);
}

TEST(ModelCard, EachTaskSaysWhatItNeedsAndNoMore) {
  const json expression = json::parse(to_json(example()));
  EXPECT_FALSE(expression.contains("detector"));
  const json detection = json::parse(to_json(detector_example()));
  for (const auto* field : {"labels", "input", "temperature", "uncertain_below"}) {
    EXPECT_FALSE(detection.contains(field)) << field;
  }
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
    // Older cards do not have the first, and most models nothing of the second.
    if (field == "multiply_adds" || field == "logit_offsets") continue;
    EXPECT_THAT(error_of(changed([&](json& card) { card.erase(field); })), HasSubstr(field));
  }
  for (const auto* field :
       {"width", "height", "crop_margin", "crop_shift_down", "contrast", "normalisation"}) {
    EXPECT_THAT(error_of(changed([&](json& card) { card["input"].erase(field); })),
                HasSubstr(field));
  }
}

TEST(ModelCard, EachFieldOfADetectorIsRequired) {
  for (const auto* field :
       {"strides", "smallest_face", "min_score", "max_overlap", "crop_margin", "crop_shift_down"}) {
    EXPECT_THAT(
        error_of(changed([&](json& card) { card["detector"].erase(field); }, detector_example())),
        HasSubstr(field));
  }
  EXPECT_THAT(error_of(changed([](json& card) { card.erase("detector"); }, detector_example())),
              HasSubstr("detector"));
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

class InvalidDetectorCard : public testing::TestWithParam<InvalidCard> {};

TEST_P(InvalidDetectorCard, IsRefused) {
  const auto& invalid = GetParam();
  const auto text =
      changed([&](json& card) { card[json::json_pointer(invalid.pointer)] = invalid.value; },
              detector_example());
  EXPECT_THAT(error_of(text), HasSubstr(invalid.message));
}

INSTANTIATE_TEST_SUITE_P(
    Fields, InvalidDetectorCard,
    testing::Values(InvalidCard{"/detector", 7, "not an object"},
                    InvalidCard{"/detector/strides", json::array(), "one to four"},
                    InvalidCard{"/detector/strides", {1, 2, 4, 8, 16}, "one to four"},
                    InvalidCard{"/detector/strides", 8, "one to four"},
                    InvalidCard{"/detector/strides", {8, 24}, "powers of two"},
                    InvalidCard{"/detector/strides", json::array({0}), "powers of two"},
                    InvalidCard{"/detector/strides", json::array({-8}), "powers of two"},
                    InvalidCard{"/detector/strides", {8, 128}, "powers of two"},
                    InvalidCard{"/detector/strides", {16, 8}, "larger than the one before"},
                    InvalidCard{"/detector/strides", {8, 8}, "larger than the one before"},
                    InvalidCard{"/detector/strides", json::array({8.5}), "not an integer"},
                    InvalidCard{"/detector/strides", json::array({4294967304}), "powers of two"},
                    InvalidCard{"/detector/smallest_face", 3, "smallest_face"},
                    InvalidCard{"/detector/smallest_face", 1e9, "smallest_face"},
                    InvalidCard{"/detector/smallest_face", 4294967312, "smallest_face"},
                    InvalidCard{"/detector/min_score", -0.1, "min_score"},
                    InvalidCard{"/detector/min_score", 1.5, "min_score"},
                    InvalidCard{"/detector/max_overlap", 1.5, "max_overlap"},
                    InvalidCard{"/detector/max_overlap", "some", "must be number"},
                    InvalidCard{"/detector/crop_margin", 0, "crop_margin"},
                    InvalidCard{"/detector/crop_shift_down", 2, "crop_shift_down"},
                    InvalidCard{"/task", "speech", "not expression, detection or attributes"},
                    InvalidCard{"/task", "expression", "labels"}));

INSTANTIATE_TEST_SUITE_P(
    Fields, InvalidModelCard,
    testing::Values(InvalidCard{"/name", 7, "must be string"},
                    InvalidCard{"/parameters", "many", "must be number"},
                    InvalidCard{"/multiply_adds", "many", "must be number"},
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
                    InvalidCard{"/logit_offsets", {1, 2, 3}, "logit_offsets are not one"},
                    InvalidCard{"/logit_offsets", {0, 0, 0, 21, 0, 0, 0}, "logit_offsets"},
                    InvalidCard{"/logit_offsets", "many", "must be array"},
                    InvalidCard{"/uncertain_below", 1.5, "uncertain_below"},
                    InvalidCard{"/uncertain_below", -0.5, "uncertain_below"},
                    InvalidCard{"/metrics", {1, 2}, "must be object"},
                    InvalidCard{"/metrics/accuracy", "high", "must be number"}));

}  // namespace
}  // namespace mien
