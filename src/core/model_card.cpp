#include "mien/model_card.h"

#include <nlohmann/json.hpp>

#include "mien/error.h"
#include "mien/expression.h"

namespace mien {
namespace {

using nlohmann::json;

constexpr int kLargestSide = 1024;

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

Preprocessing input_from_json(const json& object) {
  Preprocessing input;
  object.at("width").get_to(input.width);
  object.at("height").get_to(input.height);
  object.at("crop_margin").get_to(input.margin);
  object.at("crop_shift_down").get_to(input.shift_down);
  require(input.width >= 8 && input.width <= kLargestSide && input.height >= 8 &&
              input.height <= kLargestSide,
          "input size is not within 8..1024");
  require(input.margin >= 0.2 && input.margin <= 5, "crop_margin is not within 0.2..5");
  require(input.shift_down >= -1 && input.shift_down <= 1, "crop_shift_down is not within -1..1");
  const auto contrast = contrast_from_name(object.at("contrast").get<std::string>());
  const auto normalisation = normalisation_from_name(object.at("normalisation").get<std::string>());
  require(contrast.has_value(), "contrast is not none, equalise or binarise");
  require(normalisation.has_value(), "normalisation is not unit, symmetric or standardise");
  input.contrast = *contrast;
  input.normalisation = *normalisation;
  return input;
}

void check(const ModelCard& card) {
  if (card.task == "expression") {
    require(card.labels.size() == kExpressionCount, "an expression model has seven labels");
    for (std::size_t i = 0; i < kExpressionCount; ++i) {
      require(card.labels[i] == name(all_expressions()[i]),
              "label " + std::to_string(i) + " is not " + std::string(name(all_expressions()[i])));
    }
  }
  require(card.temperature > 0 && card.temperature < 100, "temperature is not within 0..100");
  require(card.uncertain_below >= 0 && card.uncertain_below <= 1,
          "uncertain_below is not within 0..1");
}

ModelCard card_from(const json& object) {
  ModelCard card;
  object.at("name").get_to(card.name);
  object.at("task").get_to(card.task);
  object.at("architecture").get_to(card.architecture);
  object.at("parameters").get_to(card.parameters);
  object.at("labels").get_to(card.labels);
  card.input = input_from_json(object.at("input"));
  object.at("temperature").get_to(card.temperature);
  object.at("uncertain_below").get_to(card.uncertain_below);
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
  check(card);
  return card;
}

}  // namespace

std::string to_json(const ModelCard& card) {
  const json object = {{"name", card.name},
                       {"task", card.task},
                       {"architecture", card.architecture},
                       {"parameters", card.parameters},
                       {"labels", card.labels},
                       {"input", input_to_json(card.input)},
                       {"temperature", card.temperature},
                       {"uncertain_below", card.uncertain_below},
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
