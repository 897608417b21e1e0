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
#include "inference/onednn/onednn_executor.h"
#include "mien/error.h"

namespace mien {
namespace {

using MakeExecutor = std::function<std::unique_ptr<Executor>(Graph graph)>;

class GraphNetwork final : public Network {
 public:
  GraphNetwork(const OnnxModel& model, MakeExecutor make)
      : card_(model.card),
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
    std::vector<float> logits(faces.size() / face_size() * card_.labels.size());
    std::span<float> rest = logits;
    while (!faces.empty()) {
      const auto batch = batch_for(faces.size() / face_size());
      const auto input = faces.first(batch * face_size());
      const auto output = rest.first(batch * card_.labels.size());
      executor_for(batch).run({&input, 1}, {&output, 1});
      faces = faces.subspan(input.size());
      rest = rest.subspan(output.size());
    }
    const auto is_finite = [](float value) { return std::isfinite(value); };
    if (!std::all_of(logits.begin(), logits.end(), is_finite)) {
      throw Error(ErrorCode::model,
                  where_ + ": its output is not a finite number; export the model again");
    }
    return logits;
  }

 private:
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
    const Shape logits{faces[0], static_cast<std::int64_t>(card_.labels.size())};
    const auto& output = graph.value(graph.outputs.front());
    if (output.shape != logits || output.type != ElementType::real) {
      throw Error(ErrorCode::model, "for " + std::to_string(batch) + " faces its output is " +
                                        to_string(output.shape) + ", not " + to_string(logits));
    }
    return graph;
  }

  ModelCard card_;
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
