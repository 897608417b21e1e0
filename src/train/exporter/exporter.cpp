#include "train/exporter/exporter.h"

#include <onnx/checker.h>

#include "core/atomic_file.h"
#include "core/face_grid.h"
#include "dataset/fer_plus.h"
#include "dataset/labelled_faces.h"
#include "mien/error.h"
#include "mien/expression.h"
#include "train/architecture/face_architecture.h"
#include "train/checkpoint.h"
#include "train/exporter/attribute_export.h"
#include "train/exporter/onnx_layers.h"
#include "train/exporter/onnx_values.h"
#include "train/expression_network.h"
#include "train/run_folder.h"

namespace mien::train {
namespace {

constexpr int kOpset = 13;
constexpr int kIrVersion = 7;

onnx::ModelProto empty_model(const ModelCard& card) {
  onnx::ModelProto model;
  model.set_ir_version(kIrVersion);
  model.set_producer_name("mien");
  model.add_opset_import()->set_version(kOpset);
  model.mutable_graph()->set_name(card.name);
  auto& entry = *model.add_metadata_props();
  entry.set_key(std::string(kModelCardKey));
  entry.set_value(to_json(card));
  return model;
}

void write_output(onnx::GraphProto& graph, OnnxLayers& layers, const Value& value,
                  const std::string& name, std::size_t size) {
  layers.name_output(value, name);
  describe_value(*graph.add_output(), name, {{0, "N"}, {static_cast<std::int64_t>(size)}});
}

onnx::ModelProto write_expressions(ExpressionNetwork& network, const ModelCard& card) {
  auto model = empty_model(card);
  auto& graph = *model.mutable_graph();
  describe_value(*graph.add_input(), "input",
                 {{0, "N"}, {1}, {card.input.height}, {card.input.width}});
  OnnxLayers layers(graph);
  if (card.vote_labels.empty()) {
    write_output(graph, layers, network.logits(layers, {{}, "input"}), "logits", kExpressionCount);
    return model;
  }
  const auto heads = network.heads(layers, {{}, "input"});
  write_output(graph, layers, heads.logits, "logits", kExpressionCount);
  write_output(graph, layers, heads.votes, "votes", card.vote_labels.size());
  return model;
}

onnx::ModelProto write_detector(FaceArchitecture& network, const ModelCard& card) {
  auto model = empty_model(card);
  auto& graph = *model.mutable_graph();
  describe_value(*graph.add_input(), "input", {{0, "N"}, {3}, {0, "H"}, {0, "W"}});
  OnnxLayers layers(graph);
  const auto grids = network.grids(layers, {{}, "input"});
  for (std::size_t i = 0; i < grids.size(); ++i) {
    const auto stride = std::to_string(card.detector.strides[i]);
    layers.name_output(grids[i], "faces_" + stride);
    describe_value(*graph.add_output(), "faces_" + stride,
                   {{0, "N"}, {FaceGrid::kPlanes}, {0, "rows"}, {0, "columns"}});
    for (const int axis : {2, 3}) {  // each grid has its own
      auto& dimension = *graph.mutable_output(static_cast<int>(i))
                             ->mutable_type()
                             ->mutable_tensor_type()
                             ->mutable_shape()
                             ->mutable_dim(axis);
      dimension.set_dim_param(dimension.dim_param() + "_" + stride);
    }
  }
  return model;
}

ModelCard card_of(const RunFolder& folder, const Recipe& recipe) {
  const auto result = folder.read_result();
  ModelCard card;
  card.name = recipe.name;
  card.task = recipe.task;
  card.architecture = recipe.architecture.name;
  card.training_split = recipe.train_split;
  card.selection_split = recipe.validation_split;
  card.recipe = recipe.text;
  card.commit = folder.read_environment()["commit"];
  card.seed = recipe.seed;
  card.temperature = result.temperature;
  card.metrics = result.metrics;
  card.groups = result.groups;
  card.licence = "Apache-2.0 for the weights; the training data are for research only";
  return card;
}

/// Runs from before it was recorded are FER-2013's.
std::string data_format_of(const RunFolder& folder) {
  const auto format = folder.read_environment()["format"];
  return is_data_format(format) ? format : std::string(kFer2013Format);
}

ModelCard expression_card(const RunFolder& folder, const Recipe& recipe,
                          ExpressionNetwork& network) {
  auto card = card_of(folder, recipe);
  card.parameters = network.parameter_count();
  card.multiply_adds = network.multiply_adds(recipe.input.height, recipe.input.width);
  for (const auto expression : all_expressions()) card.labels.emplace_back(name(expression));
  card.input = recipe.input;
  const auto format = data_format_of(folder);
  card.training_data = title_of(format);
  if (recipe.loss.votes_weight > 0) {
    card.training_data += " with FER+ votes";
    for (std::size_t i = 0; i < kFerPlusClasses; ++i) {
      card.vote_labels.emplace_back(name(static_cast<FerPlusClass>(i)));
    }
  }
  if (recipe.distillation.weight > 0) card.training_data += ", taught by an ensemble";
  card.data_notice =
      format == kFer2013Format || format == kFerPlusFormat
          ? "FER-2013 holds pictures found on the web with noisy labels: people agree on about 65% "
            "of them, some rows are blank or stand in it twice, and disgust is rare."
          : "What the pictures show, who labelled them and what they may be used for stands with "
            "the "
            "data set.";
  card.intended_use =
      "To say which of seven expressions a face in a picture shows, as part of an application on "
      "the user's own machine, for teaching, research and design.";
  card.misuse =
      "It does not know what a person feels. Not for diagnosis, for hiring, for policing, for "
      "grading people, or for any decision about a person.";
  return card;
}

ModelCard detector_card(const RunFolder& folder, const Recipe& recipe, FaceArchitecture& network,
                        const DetectorUse& use) {
  auto card = card_of(folder, recipe);
  card.parameters = network.parameter_count();
  card.multiply_adds = network.multiply_adds();
  card.detector.strides = network.strides();
  card.detector.framing = use.framing;
  const auto threshold = card.metrics.find("best_f1_score");
  if (threshold != card.metrics.end()) card.detector.min_score = threshold->second;
  if (use.min_score) card.detector.min_score = *use.min_score;
  card.training_data = recipe.scene.landmarks > 0
                           ? "a part of WIDER FACE, and faces with five landmarks"
                           : "a part of WIDER FACE";
  card.data_notice =
      "WIDER FACE's pictures are from the web, of public events; most of their faces are small. "
      "The boxes of the faces with landmarks were fitted to WIDER FACE's framing by means of "
      "YuNet's boxes (MIT licence); nothing else was learnt from it.";
  card.intended_use =
      "To find faces, their eyes, nose and mouth corners in pictures and video, as part of an "
      "application on the user's own machine.";
  card.misuse =
      "It does not tell who somebody is. Not for surveillance or for any decision about a person; "
      "how well it finds faces of each age, gender and origin has not been measured.";
  return card;
}

struct Written {
  ModelCard card;
  onnx::ModelProto model;
};

Written written(const RunFolder& folder, const Recipe& recipe, const DetectorUse& use) {
  const torch::NoGradGuard no_gradient;
  const auto ready = [&folder](torch::nn::Module& network) {
    load_weights(folder.best_weights(), network, torch::kCPU);
    network.eval();
  };
  if (recipe.task == "detection") {
    const auto network = make_face_architecture(recipe.architecture);
    const auto card = detector_card(folder, recipe, *network, use);
    ready(*network);
    return {card, write_detector(*network, card)};
  }
  if (recipe.task == "attributes") {
    AttributeNetwork network(recipe.architecture, recipe.dropout, recipe.ages);
    auto card = card_of(folder, recipe);
    describe_attributes(recipe, network, folder.read_environment()["data"], card);
    ready(network);
    auto model = empty_model(card);
    write_attributes(network, card, *model.mutable_graph());
    return {std::move(card), std::move(model)};
  }
  ExpressionNetwork network(recipe.architecture, recipe.dropout);
  const auto card = expression_card(folder, recipe, network);
  ready(network);
  return {card, write_expressions(network, card)};
}

}  // namespace

ModelCard export_run(const std::filesystem::path& run, const std::filesystem::path& out,
                     const DetectorUse& use) {
  const RunFolder folder(run);
  const auto [card, model] = written(folder, folder.read_recipe(), use);
  try {
    onnx::checker::check_model(model);
  } catch (const std::exception& error) {
    throw Error(ErrorCode::internal,
                run.string() + ": its export does not pass ONNX's checker: " + error.what());
  }
  write_file_atomically(out, model.SerializeAsString());
  return card;
}

}  // namespace mien::train
