#include "train/exporter/attribute_export.h"

#include <cstdio>

#include "core/attribute_evaluation.h"
#include "train/attributes/attribute_data.h"
#include "train/exporter/onnx_layers.h"
#include "train/exporter/onnx_values.h"

namespace mien::train {
namespace {

constexpr const char* kUtkFaceNotice =
    "UTKFace holds faces found on the web. Ages were estimated by an algorithm and checked by "
    "people, genders are two classes as faces look to them, and races five classes, of which "
    "white is the most frequent.";
constexpr const char* kImdbNotice =
    "IMDB-WIKI holds faces of celebrities found on the web. Ages follow from dates of birth and of "
    "pictures, genders from profiles, in two classes; a face may be another person's. Nothing is "
    "told of origins.";

std::string fixed(double value, int digits) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

AttributeGroups groups_of(const GroupMetrics& metrics) {
  AttributeGroups groups;
  for (const auto& [kind, measured] : metrics) {
    for (const auto& [name, measures] : measured) {
      groups[kind].push_back(
          {name,
           {static_cast<std::size_t>(measures.at("faces")), measures.at("gender_accuracy"),
            measures.at("age_error"), measures.at("age_bias")}});
    }
  }
  return groups;
}

std::string gap_notice(const ModelCard& card) {
  const auto gaps = largest_gaps(groups_of(card.groups));
  const auto between = [](const AttributeGap& gap, int digits) {
    return "between " + gap.kind + " " + gap.best + " (" + fixed(gap.best_value, digits) +
           ") and " + gap.worst + " (" + fixed(gap.worst_value, digits) + ")";
  };
  std::string text;
  if (gaps.gender_accuracy) {
    text += " The largest gap of gender accuracy is " + between(*gaps.gender_accuracy, 3) + ".";
  }
  if (gaps.age_error) {
    text +=
        " That of the age's mean absolute error, in years, is " + between(*gaps.age_error, 1) + ".";
  }
  return text;
}

}  // namespace

void describe_attributes(const Recipe& recipe, AttributeNetwork& network,
                         const std::filesystem::path& data, ModelCard& card) {
  card.parameters = network.parameter_count();
  card.multiply_adds = network.multiply_adds(recipe.input.height, recipe.input.width);
  card.labels = {std::string(name(Gender::male)), std::string(name(Gender::female))};
  card.ages = network.ages();
  card.input = recipe.input;
  card.training_data = is_imdb(data) ? "IMDB-WIKI" : "UTKFace";
  card.data_notice = std::string(is_imdb(data) ? kImdbNotice : kUtkFaceNotice) + gap_notice(card);
  card.intended_use =
      "To say which gender a face would be labelled as and how old it looks, when a user asks for "
      "it, as part of an application on the user's own machine, for teaching, research and design.";
  card.misuse =
      "It knows neither a person's gender nor age, only what faces in pictures were labelled as; "
      "people outside of two classes are always misnamed. Not for checking ages, for access, "
      "advertising, hiring, policing, or any decision about a person. It is less often right for "
      "some groups than for others.";
}

void write_attributes(AttributeNetwork& network, const ModelCard& card, onnx::GraphProto& graph) {
  describe_value(*graph.add_input(), "input",
                 {{0, "N"}, {1}, {card.input.height}, {card.input.width}});
  OnnxLayers layers(graph);
  const auto heads = network.heads(layers, {{}, "input"});
  layers.name_output(heads.gender, "gender");
  layers.name_output(heads.age, "age");
  describe_value(*graph.add_output(), "gender", {{0, "N"}, {AttributeNetwork::kGenders}});
  describe_value(*graph.add_output(), "age", {{0, "N"}, {card.ages.count()}});
}

}  // namespace mien::train
