#include "inference/onnx_model.h"

#include <google/protobuf/io/zero_copy_stream_impl.h>
#include <onnx/checker.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "inference/onnx_checks.h"
#include "inference/onnx_file.h"
#include "mien/error.h"

namespace mien {
namespace {

constexpr std::uintmax_t kLargestFile = 512ULL << 20;

[[noreturn]] void fail(const std::string& where, const std::string& what,
                       const std::string& advice) {
  throw Error(ErrorCode::model, where + ": " + what + "; " + advice);
}

/// Parses the file while it is read, so that it is never held twice.
onnx::ModelProto parse(const std::filesystem::path& path) {
  const std::string where = path.string();
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    fail(where, "a folder, such as an ensemble's, where one network is needed",
         "give a single model's file");
  }
  const auto size = std::filesystem::file_size(path, error);
  if (error) fail(where, "cannot read the model: " + error.message(), "check the path");
  if (size > kLargestFile) fail(where, "larger than 512 MiB", "give a smaller model");
  std::ifstream file(path, std::ios::binary);
  if (!file) fail(where, "cannot read the model", "check its permissions");
  google::protobuf::io::IstreamInputStream stream(&file);
  onnx::ModelProto proto;
  if (size == 0 || !proto.ParseFromZeroCopyStream(&stream) || !proto.has_graph()) {
    fail(where, "not an ONNX model, or cut off", "give a file that `mien export` wrote");
  }
  return proto;
}

std::vector<const onnx::ValueInfoProto*> true_inputs(const onnx::GraphProto& graph) {
  std::set<std::string> weights;
  for (const auto& initializer : graph.initializer()) weights.insert(initializer.name());
  std::vector<const onnx::ValueInfoProto*> inputs;
  for (const auto& input : graph.input()) {
    if (!weights.contains(input.name())) inputs.push_back(&input);
  }
  return inputs;
}

/// "[N,1,48,48]"; sizes that the file leaves open are N.
std::string shape_text(const onnx::ValueInfoProto& value) {
  std::string text = "[";
  for (const auto& size : value.type().tensor_type().shape().dim()) {
    if (text.size() > 1) text += ',';
    text += size.has_dim_value() ? std::to_string(size.dim_value()) : "N";
  }
  return text + "]";
}

/// Whether the sizes after the first are `expected`. The first is the number of faces.
bool has_shape(const onnx::ValueInfoProto& value, const std::vector<std::int64_t>& expected) {
  const auto& shape = value.type().tensor_type().shape();
  if (shape.dim_size() != static_cast<int>(expected.size()) + 1) return false;
  for (int i = 1; i < shape.dim_size(); ++i) {
    if (shape.dim(i).dim_value() != expected[static_cast<std::size_t>(i) - 1]) return false;
  }
  return true;
}

/// Of a card that a program made up; one inside a model was checked when it was read.
void check_input(const Preprocessing& input, const std::string& where) {
  constexpr int kSmallest = 8;
  constexpr int kLargest = 1024;
  if (std::min(input.width, input.height) < kSmallest ||
      std::max(input.width, input.height) > kLargest) {
    throw Error(ErrorCode::usage, where +
                                      ": the card given for it has an input that is not within "
                                      "8 to 1024 pixels; correct its width and height");
  }
}

void check_face_interface(const OnnxModel& model) {
  const auto& graph = model.proto.graph();
  const auto inputs = true_inputs(graph);
  const auto strides = model.card.detector.strides.size();
  if (inputs.size() != 1 || static_cast<std::size_t>(graph.output_size()) != strides) {
    fail(model.where,
         "expected one input and an output for each of the card's " + std::to_string(strides) +
             " strides, found " + std::to_string(inputs.size()) + " and " +
             std::to_string(graph.output_size()),
         "export it again with its own card");
  }
  const auto& found = *inputs.front();
  const auto& shape = found.type().tensor_type().shape();
  const bool fits = shape.dim_size() == 4 && shape.dim(1).dim_value() == 3 &&
                    (!shape.dim(0).has_dim_value() || shape.dim(0).dim_value() == 1);
  if (found.type().tensor_type().elem_type() != onnx::TensorProto::FLOAT || !fits) {
    fail(model.where, "its input " + shape_text(found) + " is not a float [1,3,height,width]",
         "export a detector");
  }
}

/// What models of a task are good for, in the words of an error.
struct Use {
  std::string_view task;
  const char* does;
  const char* does_not;
  const char* given_as;
  const char* kind;
};

constexpr std::array<Use, 3> kUses = {
    {{kExpressionTask, "names expressions", "names no expressions", "the expression model",
      "an expression model"},
     {kDetectionTask, "finds faces", "finds no faces", "the detector", "a detector"},
     {kAttributesTask, "estimates gender and age", "estimates no gender and age",
      "the model for attributes", "one for attributes"}}};

const Use& use_of(std::string_view task) {
  return *std::find_if(kUses.begin(), kUses.end(),
                       [task](const Use& use) { return use.task == task; });
}

/// Throws Error (model) that says where the model belongs.
void check_task(const OnnxModel& model, std::string_view task) {
  if (model.card.task == task) return;
  const auto& is = use_of(model.card.task);
  const auto& wanted = use_of(task);
  fail(model.where, std::string("it ") + is.does + " and " + wanted.does_not,
       std::string("give it as ") + is.given_as + ", and " + wanted.kind + " here");
}

}  // namespace

onnx::ModelProto read_onnx(const std::filesystem::path& path) {
  const std::string where = path.string();
  auto proto = parse(path);
  try {
    check_contents(proto.graph());
  } catch (const Error& error) {
    fail(where, error.what(), "export it again, as one file");
  }
  return proto;
}

void check_well_formed(const onnx::ModelProto& proto, const std::string& where) {
  try {
    onnx::checker::check_model(proto);
  } catch (const std::exception& error) {
    const std::string reason = error.what();
    fail(where, "not a valid ONNX model (" + reason.substr(0, reason.find('\n')) + ")",
         "export it again");
  }
}

void check_onnx_file(const std::filesystem::path& path) {
  check_well_formed(read_onnx(path), path.string());
}

std::optional<ModelCard> card_of(const onnx::ModelProto& proto, const std::string& where) {
  for (const auto& entry : proto.metadata_props()) {
    if (entry.key() != kModelCardKey) continue;
    auto card = model_card_from_json(entry.value(), where);
    if (!card.members.empty()) {
      fail(where, "its card lists members, which only an ensemble's folder has",
           "export it again with its own card");
    }
    return card;
  }
  return std::nullopt;
}

Ranges ranges_of(const onnx::ModelProto& proto, const std::string& where) {
  Ranges ranges;
  for (const auto& entry : proto.metadata_props()) {
    if (entry.key() != kRangesKey) continue;
    const auto json = nlohmann::json::parse(entry.value(), nullptr, false);
    if (!json.is_object()) fail(where, "its ranges for int8 are damaged", "measure them again");
    for (const auto& [name, range] : json.items()) {
      const bool is_pair = range.is_array() && range.size() == 2 && range[0].is_number() &&
                           range[1].is_number() && range[0] <= range[1];
      if (!is_pair) fail(where, "its ranges for int8 are damaged", "measure them again");
      ranges[name] = {range[0].get<float>(), range[1].get<float>()};
    }
  }
  return ranges;
}

std::string input_name(const onnx::GraphProto& graph) { return true_inputs(graph).front()->name(); }

void check_interface(const OnnxModel& model) {
  const auto& graph = model.proto.graph();
  const auto inputs = true_inputs(graph);
  const auto sizes = output_sizes(model.card);
  if (inputs.size() != 1 || static_cast<std::size_t>(graph.output_size()) != sizes.size()) {
    fail(model.where,
         std::string("expected one input and ") +
             (sizes.size() == 1 ? "one output" : "two outputs") + ", found " +
             std::to_string(inputs.size()) + " and " + std::to_string(graph.output_size()),
         "export a classifier");
  }
  const auto& input = model.card.input;
  const auto& found = *inputs.front();
  if (found.type().tensor_type().elem_type() != onnx::TensorProto::FLOAT ||
      !has_shape(found, {1, input.height, input.width})) {
    fail(model.where,
         "its input " + shape_text(found) + " is not the card's float [N,1," +
             std::to_string(input.height) + "," + std::to_string(input.width) + "]",
         "export it again with its own card");
  }
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const auto& output = graph.output(static_cast<int>(i));
    if (has_shape(output, {static_cast<std::int64_t>(sizes[i])})) continue;
    fail(model.where,
         "its output " + shape_text(output) + " is not the card's [N," + std::to_string(sizes[i]) +
             "], one value per " + (i == 0 ? "label" : "age or vote"),
         "export it again with its own card");
  }
}

OnnxModel load_face_model(const std::filesystem::path& path) {
  OnnxModel model{read_onnx(path), {}, path.string(), {}};
  auto card = card_of(model.proto, model.where);
  if (!card) {
    fail(model.where, "the model has no card", "give a detector that `mien export` wrote");
  }
  model.card = *std::move(card);
  check_task(model, kDetectionTask);
  check_face_interface(model);
  return model;
}

OnnxModel load_model(const std::filesystem::path& path, const NetworkOptions& options,
                     std::string_view task) {
  OnnxModel model{read_onnx(path), {}, path.string(), {}};
  model.ranges = ranges_of(model.proto, model.where);
  auto card = card_of(model.proto, model.where);
  if (!card && options.card) {
    check_input(options.card->input, model.where);
    card = options.card;
  }
  if (!card) {
    throw Error(ErrorCode::model,
                model.where +
                    ": the model has no card; give a model that `mien export` wrote, or "
                    "its labels and input by --labels and --input-size");
  }
  model.card = *std::move(card);
  check_task(model, task);
  check_interface(model);
  return model;
}

}  // namespace mien
