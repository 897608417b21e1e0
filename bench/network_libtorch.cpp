// LibTorch's eager mode on the default network's architecture, channels-last, on one core. With one
// thread and one small picture LibTorch 1.13 does without oneDNN; two pictures show what it can do.
#include <torch/torch.h>

#include <benchmark/benchmark.h>

#include "train/expression_network.h"

namespace {

void libtorch(benchmark::State& state) {
  at::set_num_threads(1);
  const torch::InferenceMode inference;
  mien::train::ArchitectureOptions options;
  options.name = "residual_se";
  options.width = 40;
  options.depth = 2;
  mien::train::ExpressionNetwork network(options, 0.3);
  network.eval();
  mien::train::use_channels_last(network);
  mien::train::RunningLayers layers;
  const auto input =
      torch::randn({state.range(0), 1, 48, 48}).contiguous(torch::MemoryFormat::ChannelsLast);
  for (auto _ : state) {
    benchmark::DoNotOptimize(network.logits(layers, {input, {}}).tensor.data_ptr());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(libtorch)->Name("run_network/libtorch_eager")->Arg(1)->Arg(2)->Arg(16);

}  // namespace
