#include "inference/range_meter.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/atomic_file.h"
#include "inference/executor.h"
#include "inference/graph/graph_reader.h"
#include "inference/graph/simplify.h"
#include "inference/graph_network.h"
#include "inference/onednn/onednn_executor.h"
#include "inference/onnx_model.h"
#include "mien/error.h"

namespace mien {
namespace {

/// Of the faces' extremes, the share that a range covers.
constexpr double kCovered = 0.99;

float quantile(std::vector<float> values, double share) {
  const auto place = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + place, values.end());
  return values[static_cast<std::size_t>(place)];
}

class MeteringNetwork final : public Network {
 public:
  MeteringNetwork(OnnxModel model, RangeMeter& meter)
      : card_(std::move(model.card)), meter_(meter) {
    const auto& input = card_.input;
    graph_ = simplify(
        with_shapes(read_graph(model.proto, model.where), {{1, 1, input.height, input.width}}));
    said_ = graph_.outputs.size();
    for (const auto& node : graph_.nodes) {
      if (node.operation == "Conv") add_output(node.inputs[0]);
    }
    for (const int output : graph_.outputs) {
      const auto count = static_cast<std::size_t>(element_count(graph_.value(output).shape));
      values_.emplace_back(count);
    }
    for (auto& value : values_) outputs_.emplace_back(value);
    executor_ =
        make_onednn_executor(graph_, {.thorough = false, .ranges = {}}, make_onednn_constants());
  }

  const ModelCard& card() const override { return card_; }

  std::vector<float> run(std::span<const float> faces) override {
    const auto size =
        static_cast<std::size_t>(card_.input.width) * static_cast<std::size_t>(card_.input.height);
    std::vector<float> logits;
    for (; faces.size() >= size; faces = faces.subspan(size)) {
      const auto face = faces.first(size);
      executor_->run({&face, 1}, outputs_);
      for (std::size_t i = 0; i < said_; ++i) {
        logits.insert(logits.end(), values_[i].begin(), values_[i].end());
      }
      for (std::size_t i = said_; i < values_.size(); ++i) {
        const auto [lowest, highest] = std::minmax_element(values_[i].begin(), values_[i].end());
        meter_.note(graph_.value(graph_.outputs[i]).name, *lowest, *highest);
      }
    }
    return logits;
  }

 private:
  void add_output(int value) {
    auto& outputs = graph_.outputs;
    const auto first = outputs.begin() + static_cast<std::ptrdiff_t>(said_);
    if (std::find(first, outputs.end(), value) == outputs.end()) {
      outputs.push_back(value);
    }
  }

  ModelCard card_;
  RangeMeter& meter_;
  Graph graph_;
  std::size_t said_ = 0;  // outputs of the model itself, before those that are metered
  std::vector<std::vector<float>> values_;  // of each output of the graph
  std::vector<std::span<float>> outputs_;
  std::unique_ptr<Executor> executor_;
};

void set_metadata(onnx::ModelProto& proto, std::string_view key, const std::string& value) {
  for (auto& entry : *proto.mutable_metadata_props()) {
    if (entry.key() == key) {
      entry.set_value(value);
      return;
    }
  }
  auto* entry = proto.add_metadata_props();
  entry->set_key(std::string(key));
  entry->set_value(value);
}

}  // namespace

void RangeMeter::note(const std::string& tensor, float lowest, float highest) {
  auto& extremes = extremes_[tensor];
  extremes.lowest.push_back(lowest);
  extremes.highest.push_back(highest);
}

Ranges RangeMeter::ranges() const {
  Ranges ranges;
  for (const auto& [tensor, extremes] : extremes_) {
    ranges[tensor] = {quantile(extremes.lowest, 1 - kCovered),
                      quantile(extremes.highest, kCovered)};
  }
  return ranges;
}

std::unique_ptr<Network> make_metering_network(const std::filesystem::path& path,
                                               const NetworkOptions& options, RangeMeter& meter) {
  return std::make_unique<MeteringNetwork>(load_model(path, options), meter);
}

std::unique_ptr<Network> make_ranged_network(const std::filesystem::path& path,
                                             const Ranges& ranges, const NetworkOptions& options) {
  auto model = load_model(path, options);
  model.ranges = ranges;
  return make_onednn_network(model, options);
}

void write_calibrated(const std::filesystem::path& model, const Ranges& ranges,
                      const ModelCard& card, const std::filesystem::path& copy) {
  auto proto = read_onnx(model);
  nlohmann::json json = nlohmann::json::object();
  for (const auto& [tensor, range] : ranges) json[tensor] = {range.lowest, range.highest};
  set_metadata(proto, kRangesKey, json.dump());
  set_metadata(proto, kModelCardKey, to_json(card));
  write_file_atomically(copy, proto.SerializeAsString());
}

}  // namespace mien
