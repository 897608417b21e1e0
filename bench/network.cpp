// The default network on one core: Mien's engine in each precision, beside OpenCV's dnn, LibTorch
// (where Mien was built with it) and the processor's peak. Run it with
// --benchmark_enable_random_interleaving=true, so that what else the machine does meets all alike.
#include <benchmark/benchmark.h>
#include <omp.h>

#include <cstdlib>
#include <dnnl.hpp>
#include <memory>
#include <numeric>
#include <opencv2/core.hpp>
#include <random>
#include <string>
#include <vector>

#include "inference/onednn/onednn_executor.h"
#include "mien/error.h"
#include "mien/models.h"
#include "mien/network.h"

namespace {

using mien::NetworkOptions;
using mien::Precision;

std::vector<float> faces(const mien::ModelCard& card, std::int64_t count) {
  std::mt19937 random(1);
  std::normal_distribution<float> pixel;
  std::vector<float> values(static_cast<std::size_t>(count * card.input.width * card.input.height));
  for (auto& value : values) value = pixel(random);
  return values;
}

std::string model_name() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
  const char* named = std::getenv("MIEN_BENCH_MODEL");
  return named == nullptr ? std::string(mien::kDefaultExpressionModel) : named;
}

/// Multiply-adds as the card has them, which counts a direct convolution's.
void count_faces(benchmark::State& state, const mien::ModelCard& card) {
  const auto total = state.iterations() * state.range(0);
  state.SetItemsProcessed(total);
  state.counters["flops"] =
      benchmark::Counter(2 * static_cast<double>(card.multiply_adds) * static_cast<double>(total),
                         benchmark::Counter::kIsRate);
}

void run_network(benchmark::State& state, const std::string& engine, Precision precision) {
  if (engine == "onednn" && !mien::has_instructions_for(precision)) {
    state.SkipWithError("this processor has no instructions for it");
    return;
  }
  cv::setNumThreads(1);
  const auto network = mien::make_network(mien::find_model(model_name()),
                                          {.engine = engine, .precision = precision});
  const auto input = faces(network->card(), state.range(0));
  network->run(input);
  for (auto _ : state) benchmark::DoNotOptimize(network->run(input));
  count_faces(state, network->card());
}

BENCHMARK_CAPTURE(run_network, mien_float32, "onednn", Precision::float32)->Arg(1)->Arg(16);
BENCHMARK_CAPTURE(run_network, mien_bfloat16, "onednn", Precision::bfloat16)->Arg(1)->Arg(16);
BENCHMARK_CAPTURE(run_network, mien_int8, "onednn", Precision::int8)->Arg(1)->Arg(16);
BENCHMARK_CAPTURE(run_network, opencv_dnn, "opencv", Precision::float32)->Arg(1)->Arg(16);

/// Mien's engine without Winograd's algorithm: what fewer bits are to be compared with.
void run_direct(benchmark::State& state) {
  const auto network = mien::make_network(mien::find_model(model_name()),
                                          {.engine = "onednn", .workload = mien::Workload::few});
  const auto input = faces(network->card(), state.range(0));
  network->run(input);
  for (auto _ : state) benchmark::DoNotOptimize(network->run(input));
  count_faces(state, network->card());
}
BENCHMARK(run_direct)->Name("run_network/mien_float32_direct")->Arg(1)->Arg(16);

/// A large matrix product by oneDNN: what the processor reaches at best.
void peak(benchmark::State& state) {
  using dnnl::memory;
  omp_set_num_threads(1);
  constexpr memory::dim kSide = 1024;
  const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  dnnl::stream stream(engine);
  const memory::desc square({kSide, kSide}, memory::data_type::f32, memory::format_tag::any);
  const dnnl::matmul::primitive_desc chosen({square, square, square}, engine);
  std::vector<memory> matrices;
  for (const auto& desc : {chosen.src_desc(), chosen.weights_desc(), chosen.dst_desc()}) {
    matrices.emplace_back(desc, engine);
    auto* values = static_cast<float*>(matrices.back().get_data_handle());
    std::fill_n(values, desc.get_size() / sizeof(float), 0.5F);
  }
  const dnnl::matmul product(chosen);
  for (auto _ : state) {
    product.execute(stream, {{DNNL_ARG_SRC, matrices[0]},
                             {DNNL_ARG_WEIGHTS, matrices[1]},
                             {DNNL_ARG_DST, matrices[2]}});
    stream.wait();
  }
  state.counters["flops"] =
      benchmark::Counter(2.0 * kSide * kSide * kSide * static_cast<double>(state.iterations()),
                         benchmark::Counter::kIsRate);
}
BENCHMARK(peak)->Name("peak_float32_matrix_product");

}  // namespace

BENCHMARK_MAIN();
