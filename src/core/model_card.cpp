#include "mien/model_card.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "mien/attributes.h"
#include "mien/error.h"
#include "mien/expression.h"

namespace mien {
namespace {

using nlohmann::json;

constexpr int kLargestSide = 1024;
constexpr std::size_t kMostStrides = 4;
constexpr int kLargestStride = 64;
constexpr std::size_t kMostVoteLabels = 100;
constexpr double kLargestOffset = 20;

json detector_to_json(const DetectorCard& detector) {
  return {{"strides", detector.strides},
          {"smallest_face", detector.smallest_face},
          {"min_score", detector.min_score},
          {"max_overlap", detector.max_overlap},
          {"crop_margin", detector.framing.margin},
          {"crop_shift_down", detector.framing.shift_down}};
}

json input_to_json(const Preprocessing& input) {
  return {{"width", input.width},
          {"height", input.height},
          {"channels", 1},
          {"layout", "NCHW"},
          {"crop_margin", input.margin},
          {"crop_shift_down", input.shift_down},
          {"contrast", name(input.contrast)},
          {"normalisation", name(input.normalisation)}};
}

void require(bool valid, const std::string& what) {
  if (!valid) throw std::invalid_argument(what);
}

void check_crop(double margin, double shift_down) {
  require(margin >= 0.2 && margin <= 5, "crop_margin is not within 0.2..5");
  require(shift_down >= -1 && shift_down <= 1, "crop_shift_down is not within -1..1");
}

/// Wider than int, so that no number of a card is cut before it is checked.
std::int64_t integer_from_json(const json& value, const std::string& what) {
  require(value.is_number_integer(), what + " is not an integer");
  return value.get<std::int64_t>();
}

std::vector<int> strides_from_json(const json& list) {
  require(list.is_array() && !list.empty() && list.size() <= kMostStrides,
          "strides is not a list of one to four numbers");
  std::vector<int> strides;
  for (const auto& value : list) {
    const auto stride = integer_from_json(value, "a stride");
    const bool power_of_two = stride > 0 && (stride & (stride - 1)) == 0;
    require(
        power_of_two && stride <= kLargestStride && (strides.empty() || stride > strides.back()),
        "strides are not powers of two up to 64, each larger than the one before");
    strides.push_back(static_cast<int>(stride));
  }
  return strides;
}

DetectorCard detector_from_json(const json& object) {
  require(object.is_object(), "detector is not an object");
  DetectorCard detector;
  detector.strides = strides_from_json(object.at("strides"));
  const auto smallest = integer_from_json(object.at("smallest_face"), "smallest_face");
  require(smallest >= 4 && smallest <= 256, "smallest_face is not within 4..256");
  detector.smallest_face = static_cast<int>(smallest);
  object.at("min_score").get_to(detector.min_score);
  require(detector.min_score >= 0 && detector.min_score <= 1, "min_score is not within 0..1");
  object.at("max_overlap").get_to(detector.max_overlap);
  require(detector.max_overlap >= 0 && detector.max_overlap <= 1, "max_overlap is not within 0..1");
  object.at("crop_margin").get_to(detector.framing.margin);
  object.at("crop_shift_down").get_to(detector.framing.shift_down);
  check_crop(detector.framing.margin, detector.framing.shift_down);
  return detector;
}

Preprocessing input_from_json(const json& object) {
  Preprocessing input;
  object.at("width").get_to(input.width);
  object.at("height").get_to(input.height);
  object.at("crop_margin").get_to(input.margin);
  object.at("crop_shift_down").get_to(input.shift_down);
  require(input.width >= 8 && input.width <= kLargestSide && input.height >= 8 &&
              input.height <= kLargestSide,
          "input size is not within 8..1024");
  check_crop(input.margin, input.shift_down);
  const auto contrast = contrast_from_name(object.at("contrast").get<std::string>());
  const auto normalisation = normalisation_from_name(object.at("normalisation").get<std::string>());
  require(contrast.has_value(), "contrast is not none, equalise or binarise");
  require(normalisation.has_value(), "normalisation is not unit, symmetric or standardise");
  input.contrast = *contrast;
  input.normalisation = *normalisation;
  return input;
}

void check_genders(const std::vector<std::string>& labels) {
  require(
      labels.size() == 2 && labels[0] == name(Gender::male) && labels[1] == name(Gender::female),
      "the labels of a model for attributes are not male, female");
}

AgeScale ages_from_json(const json& object) {
  require(object.is_object(), "ages is not an object");
  const auto youngest = integer_from_json(object.at("youngest"), "the youngest age");
  const auto oldest = integer_from_json(object.at("oldest"), "the oldest age");
  require(youngest >= 0 && youngest < oldest && oldest <= 150, "ages are not within 0..150");
  return {static_cast<int>(youngest), static_cast<int>(oldest)};
}

void check_labels(const std::vector<std::string>& labels) {
  require(labels.size() == kExpressionCount, "an expression model has seven labels");
  for (std::size_t i = 0; i < kExpressionCount; ++i) {
    require(labels[i] == name(all_expressions()[i]),
            "label " + std::to_string(i) + " is not " + std::string(name(all_expressions()[i])));
  }
}

std::vector<std::string> members_from_json(const json& list) {
  require(list.is_array() && list.size() >= 2 && list.size() <= kMostMembers,
          "members is not a list of 2 to " + std::to_string(kMostMembers) + " files");
  return list.get<std::vector<std::string>>();
}

std::vector<std::vector<std::size_t>> confusion_from_json(const json& rows) {
  constexpr std::int64_t kMostFaces = 1'000'000'000;
  const std::string shape = "confusion is not seven rows of seven counts";
  require(rows.is_array() && rows.size() == kExpressionCount, shape);
  std::vector<std::vector<std::size_t>> counts;
  for (const auto& row : rows) {
    require(row.is_array() && row.size() == kExpressionCount, shape);
    auto& read = counts.emplace_back();
    for (const auto& value : row) {
      const auto count = integer_from_json(value, "a count of confusion");
      require(count >= 0 && count <= kMostFaces, "a count of confusion is not within 0..10^9");
      read.push_back(static_cast<std::size_t>(count));
    }
  }
  return counts;
}

/// What models of cut-out faces have in common.
void read_classifier(const json& object, ModelCard& card) {
  object.at("labels").get_to(card.labels);
  card.input = input_from_json(object.at("input"));
  object.at("temperature").get_to(card.temperature);
  require(card.temperature > 0 && card.temperature < 100, "temperature is not within 0..100");
}

/// What a model for expressions has alone.
void read_expression(const json& object, ModelCard& card) {
  read_classifier(object, card);
  check_labels(card.labels);
  if (object.contains("logit_offsets")) {
    object.at("logit_offsets").get_to(card.logit_offsets);
    const auto is_sane = [](double offset) { return std::abs(offset) <= kLargestOffset; };
    require(card.logit_offsets.size() == card.labels.size() &&
                std::ranges::all_of(card.logit_offsets, is_sane),
            "logit_offsets are not one within -20..20 for each label");
  }
  object.at("uncertain_below").get_to(card.uncertain_below);
  require(card.uncertain_below >= 0 && card.uncertain_below <= 1,
          "uncertain_below is not within 0..1");
  if (object.contains("vote_labels")) {
    object.at("vote_labels").get_to(card.vote_labels);
    require(card.vote_labels.size() >= 2 && card.vote_labels.size() <= kMostVoteLabels,
            "vote_labels is not a list of 2 to 100 names");
  }
  if (object.contains("members")) card.members = members_from_json(object.at("members"));
  if (object.contains("confusion")) card.confusion = confusion_from_json(object.at("confusion"));
}

ModelCard card_from(const json& object) {
  ModelCard card;
  object.at("name").get_to(card.name);
  object.at("task").get_to(card.task);
  object.at("architecture").get_to(card.architecture);
  object.at("parameters").get_to(card.parameters);
  card.multiply_adds = object.value("multiply_adds", std::int64_t{0});
  if (card.task == kExpressionTask) {
    read_expression(object, card);
  } else if (card.task == kAttributesTask) {
    read_classifier(object, card);
    check_genders(card.labels);
    card.ages = ages_from_json(object.at("ages"));
    object.at("groups").get_to(card.groups);
  } else {
    require(card.task == kDetectionTask, "its task is not expression, detection or attributes");
    card.detector = detector_from_json(object.at("detector"));
  }
  object.at("training_data").get_to(card.training_data);
  object.at("training_split").get_to(card.training_split);
  object.at("selection_split").get_to(card.selection_split);
  object.at("recipe").get_to(card.recipe);
  object.at("commit").get_to(card.commit);
  object.at("seed").get_to(card.seed);
  object.at("metrics").get_to(card.metrics);
  object.at("licence").get_to(card.licence);
  object.at("data_notice").get_to(card.data_notice);
  object.at("intended_use").get_to(card.intended_use);
  object.at("misuse").get_to(card.misuse);
  return card;
}

}  // namespace

std::vector<std::size_t> output_sizes(const ModelCard& card) {
  std::vector<std::size_t> sizes = {card.labels.size()};
  if (card.task == kAttributesTask) sizes.push_back(static_cast<std::size_t>(card.ages.count()));
  if (!card.vote_labels.empty()) sizes.push_back(card.vote_labels.size());
  return sizes;
}

std::string to_json(const ModelCard& card) {
  json object = {{"name", card.name},
                 {"task", card.task},
                 {"architecture", card.architecture},
                 {"parameters", card.parameters},
                 {"multiply_adds", card.multiply_adds},
                 {"training_data", card.training_data},
                 {"training_split", card.training_split},
                 {"selection_split", card.selection_split},
                 {"recipe", card.recipe},
                 {"commit", card.commit},
                 {"seed", card.seed},
                 {"metrics", card.metrics},
                 {"licence", card.licence},
                 {"data_notice", card.data_notice},
                 {"intended_use", card.intended_use},
                 {"misuse", card.misuse}};
  if (card.task == kDetectionTask) {
    object["detector"] = detector_to_json(card.detector);
  } else {
    object["labels"] = card.labels;
    object["input"] = input_to_json(card.input);
    object["temperature"] = card.temperature;
  }
  if (card.task == kExpressionTask) {
    object["uncertain_below"] = card.uncertain_below;
    if (!card.logit_offsets.empty()) object["logit_offsets"] = card.logit_offsets;
    if (!card.vote_labels.empty()) object["vote_labels"] = card.vote_labels;
    if (!card.members.empty()) object["members"] = card.members;
    if (!card.confusion.empty()) object["confusion"] = card.confusion;
  }
  if (card.task == kAttributesTask) {
    object["ages"] = {{"youngest", card.ages.youngest}, {"oldest", card.ages.oldest}};
    object["groups"] = card.groups;
  }
  return object.dump(2);
}

ModelCard model_card_from_json(std::string_view text, const std::string& where) {
  try {
    return card_from(json::parse(text));
  } catch (const std::exception& error) {
    throw Error(ErrorCode::model, where + ": its model card is invalid (" + error.what() +
                                      "); export the model again with `mien export`");
  }
}

}  // namespace mien
