#include "train/exporter/exporter.h"

#include <onnx/checker.h>

#include "core/atomic_file.h"
#include "mien/error.h"
#include "mien/expression.h"
#include "train/checkpoint.h"
#include "train/exporter/onnx_layers.h"
#include "train/run_folder.h"

namespace mien::train {
namespace {

constexpr int kOpset = 13;
constexpr int kIrVersion = 7;

void describe_value(onnx::ValueInfoProto& value, const char* name,
                    const std::vector<std::int64_t>& sizes) {
  value.set_name(name);
  auto& type = *value.mutable_type()->mutable_tensor_type();
  type.set_elem_type(onnx::TensorProto::FLOAT);
  type.mutable_shape()->add_dim()->set_dim_param("N");
  for (const auto size : sizes) type.mutable_shape()->add_dim()->set_dim_value(size);
}

onnx::ModelProto write_model(ExpressionNetwork& network, const ModelCard& card) {
  const torch::NoGradGuard no_gradient;
  network.eval();
  onnx::ModelProto model;
  model.set_ir_version(kIrVersion);
  model.set_producer_name("mien");
  model.add_opset_import()->set_version(kOpset);
  auto& graph = *model.mutable_graph();
  graph.set_name(card.name);
  describe_value(*graph.add_input(), "input", {1, card.input.height, card.input.width});
  OnnxLayers layers(graph);
  network.logits(layers, {{}, "input"});
  graph.mutable_node(graph.node_size() - 1)->set_output(0, "logits");
  describe_value(*graph.add_output(), "logits", {static_cast<std::int64_t>(kExpressionCount)});
  auto& entry = *model.add_metadata_props();
  entry.set_key(std::string(kModelCardKey));
  entry.set_value(to_json(card));
  return model;
}

ModelCard make_card(const RunFolder& folder, const Recipe& recipe,
                    const ExpressionNetwork& network) {
  const auto result = folder.read_result();
  ModelCard card;
  card.name = recipe.name;
  card.architecture = recipe.architecture.name;
  card.parameters = network.parameter_count();
  for (const auto expression : all_expressions()) card.labels.emplace_back(name(expression));
  card.input = recipe.input;
  card.temperature = result.temperature;
  card.training_data = recipe.loss.votes_weight > 0 ? "FER-2013 with FER+ votes" : "FER-2013";
  card.training_split = recipe.train_split;
  card.selection_split = recipe.validation_split;
  card.recipe = recipe.text;
  card.commit = folder.read_environment()["commit"];
  card.seed = recipe.seed;
  card.metrics = result.metrics;
  card.licence = "Apache-2.0 for the weights; the training data are for research only";
  card.data_notice =
      "FER-2013 holds pictures found on the web with noisy labels: people agree on about 65% of "
      "them, some rows are blank or stand in it twice, and disgust is rare.";
  card.intended_use =
      "To say which of seven expressions a face in a picture shows, as part of an application on "
      "the user's own machine, for teaching, research and design.";
  card.misuse =
      "It does not know what a person feels. Not for diagnosis, for hiring, for policing, for "
      "grading people, or for any decision about a person.";
  return card;
}

}  // namespace

ModelCard export_run(const std::filesystem::path& run, const std::filesystem::path& out) {
  const RunFolder folder(run);
  const auto recipe = folder.read_recipe();
  ExpressionNetwork network(recipe.architecture, recipe.dropout);
  const auto card = make_card(folder, recipe, network);
  load_weights(folder.best_weights(), network, torch::kCPU);
  const auto model = write_model(network, card);
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
