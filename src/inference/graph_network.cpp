#include "inference/graph_network.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <thread>
#include <utility>

#include "inference/executor.h"
#include "inference/graph/graph_reader.h"
#include "inference/graph/simplify.h"
#include "inference/graph/unsupported.h"
#include "inference/joined_outputs.h"
#include "inference/onednn/onednn_executor.h"
#include "mien/error.h"

namespace mien {
namespace {

using MakeExecutor = std::function<std::unique_ptr<Executor>(Graph graph)>;

class GraphNetwork final : public Network {
 public:
  GraphNetwork(const OnnxModel& model, MakeExecutor make)
      : card_(model.card),
        sizes_(output_sizes(model.card)),
        where_(model.where),
        graph_(read_graph(model.proto, model.where)),
        make_(std::move(make)) {
    // What only shows when it runs is better told now than at the first face.
    run(std::vector<float>(face_size()));
  }

  const ModelCard& card() const override { return card_; }

  std::vector<float> run(std::span<const float> faces) override {
    if (faces.size() % face_size() != 0) {
      throw Error(ErrorCode::internal, "Network::run: not a whole number of faces");
    }
    std::vector<float> values(faces.size() / face_size() * values_per_face(sizes_));
    std::span<float> rest = values;
    while (!faces.empty()) {
      const auto batch = batch_for(faces.size() / face_size());
      const auto input = faces.first(batch * face_size());
      const auto output = rest.first(batch * values_per_face(sizes_));
      run_batch(batch, input, output);
      faces = faces.subspan(input.size());
      rest = rest.subspan(output.size());
    }
    const auto is_finite = [](float value) { return std::isfinite(value); };
    if (!std::all_of(values.begin(), values.end(), is_finite)) {
      throw Error(ErrorCode::model,
                  where_ + ": its output is not a finite number; export the model again");
    }
    return values;
  }

 private:
  void run_batch(std::size_t batch, std::span<const float> input, std::span<float> output) {
    auto& executor = executor_for(batch);
    if (sizes_.size() == 1) {
      executor.run({&input, 1}, {&output, 1});
      return;
    }
    separate_.resize(sizes_.size());
    std::vector<std::span<float>> separate;
    for (std::size_t i = 0; i < sizes_.size(); ++i) {
      separate_[i].resize(batch * sizes_[i]);
      separate.emplace_back(separate_[i]);
    }
    executor.run({&input, 1}, separate);
    join_outputs(separate_, sizes_, output);
  }

  /// Batches for which executors are made: few, because each takes time and memory to get ready.
  static constexpr std::array<std::size_t, 4> kBatches = {8, 4, 2, 1};

  std::size_t batch_for(std::size_t faces) {
    if (faces > 1 && largest_batch_ == 0) largest_batch_ = largest_batch();
    const auto most = faces > 1 ? std::min(faces, largest_batch_) : 1;
    return *std::find_if(kBatches.begin(), kBatches.end(),
                         [most](std::size_t batch) { return batch <= most; });
  }

  /// Some models fix the size of their batch, and others need too much memory for many faces.
  std::size_t largest_batch() const {
    const auto fits = [this](std::size_t batch) {
      try {
        shaped(batch);
        return true;
      } catch (const Error&) {
        return false;
      }
    };
    const auto* largest = std::find_if(kBatches.begin(), kBatches.end(), fits);
    return largest == kBatches.end() ? 1 : *largest;
  }

  std::size_t face_size() const {
    return static_cast<std::size_t>(card_.input.width) *
           static_cast<std::size_t>(card_.input.height);
  }

  Executor& executor_for(std::size_t batch) {
    auto& executor = executors_[batch];
    if (!executor) executor = make_executor(batch);
    return *executor;
  }

  std::unique_ptr<Executor> make_executor(std::size_t batch) const {
    try {
      return make_(simplify(shaped(batch)));
    } catch (const Unsupported& error) {
      throw Unsupported(where_ + ": " + error.what());
    } catch (const Error& error) {
      throw Error(error.code(), where_ + ": " + error.what() + "; export the model again");
    }
  }

  Graph shaped(std::size_t batch) const {
    const Shape faces{static_cast<std::int64_t>(batch), 1, card_.input.height, card_.input.width};
    Graph graph = with_shapes(graph_, {faces});
    for (std::size_t i = 0; i < sizes_.size(); ++i) {
      const Shape expected{faces[0], static_cast<std::int64_t>(sizes_[i])};
      const auto& output = graph.value(graph.outputs[i]);
      if (output.shape == expected && output.type == ElementType::real) continue;
      throw Error(ErrorCode::model, "for " + std::to_string(batch) + " faces its output is " +
                                        to_string(output.shape) + ", not " + to_string(expected));
    }
    return graph;
  }

  ModelCard card_;
  std::vector<std::size_t> sizes_;  // of each output, for a face
  std::vector<std::vector<float>> separate_;
  std::string where_;
  Graph graph_;
  MakeExecutor make_;
  std::size_t largest_batch_ = 0;  // 0: not known yet
  std::map<std::size_t, std::unique_ptr<Executor>> executors_;
};

int thread_count(int wanted) {
  return wanted > 0 ? wanted : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace

std::unique_ptr<Network> make_onednn_network(const OnnxModel& model,
                                             const NetworkOptions& options) {
  OnednnOptions onednn{options.precision, thread_count(options.threads),
                       options.workload == Workload::many, model.ranges};
  return std::make_unique<GraphNetwork>(
      model, [onednn, constants = make_onednn_constants()](const Graph& graph) {
        return make_onednn_executor(graph, onednn, constants);
      });
}

std::unique_ptr<Network> make_reference_network(const OnnxModel& model,
                                                const NetworkOptions& options) {
  if (options.precision != Precision::float32) {
    throw Error(ErrorCode::usage,
                "the reference computes in float32 alone; use --engine onednn for " +
                    std::string(name(options.precision)));
  }
  return std::make_unique<GraphNetwork>(model, make_reference_executor);
}

}  // namespace mien
