#include "inference/onednn/onednn_executor.h"

#include <omp.h>

#include <algorithm>
#include <array>
#include <utility>

#include "inference/graph/cost.h"
#include "inference/graph/unsupported.h"
#include "inference/onednn/context.h"
#include "inference/onednn/fusion.h"

namespace mien {
namespace {

using namespace onednn;  // NOLINT(google-build-using-namespace): this file is its only door

/// oneDNN takes 32 operations behind a primitive; a node can be two.
constexpr std::size_t kMostFused = 8;

/// While it lives, OpenMP starts this many threads from this one.
class ThreadCount {
 public:
  explicit ThreadCount(int threads) : before_(omp_get_max_threads()) {
    if (threads != before_) omp_set_num_threads(threads);
  }
  ThreadCount(const ThreadCount&) = delete;
  ThreadCount& operator=(const ThreadCount&) = delete;
  ~ThreadCount() {
    if (omp_get_max_threads() != before_) omp_set_num_threads(before_);
  }

 private:
  int before_;
};

const Lowerer& lowerer_of(const Node& node) {
  for (const auto lowerers :
       {convolution_lowerers(), arithmetic_lowerers(), window_lowerers(), rearranging_lowerers()}) {
    for (const auto& lowerer : lowerers) {
      if (lowerer.operation == node.operation) return lowerer;
    }
  }
  onednn::unsupported(node, "oneDNN has nothing for it");
}

/// A node with as many of those behind it as may become part of it: each is the only reader of the
/// one before.
Group group_from(const Context& context, const Node& base, const std::vector<bool>& taken) {
  Group group{&base, {}};
  if (!lowerer_of(base).takes_fused) return group;
  const auto& graph = context.graph();
  while (group.fused.size() < kMostFused) {
    const int value = group.output();
    const auto& readers = context.readers(value);
    if (readers.size() != 1 || readers.front() < 0) return group;
    const auto next = static_cast<std::size_t>(readers.front());
    if (taken[next] || !is_fusable(context, graph.nodes[next], value)) return group;
    group.fused.push_back(&graph.nodes[next]);
  }
  return group;
}

/// All groups, each where its last node stands, so that all it needs comes before it.
std::vector<Group> groups_of(const Context& context) {
  const auto& nodes = context.graph().nodes;
  std::vector<bool> taken(nodes.size());
  std::vector<Group> groups;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (taken[i]) continue;
    groups.push_back(group_from(context, nodes[i], taken));
    for (const Node* node : groups.back().fused) {
      taken[static_cast<std::size_t>(node - nodes.data())] = true;
    }
  }
  std::stable_sort(groups.begin(), groups.end(),
                   [](const Group& a, const Group& b) { return &a.last() < &b.last(); });
  return groups;
}

/// The group as one primitive, or as few as oneDNN can do it with.
void lower(Context& context, const Group& group) {
  for (std::size_t count = group.fused.size() + 1; count-- > 0;) {
    const auto middle = group.fused.begin() + static_cast<std::ptrdiff_t>(count);
    const Group part{group.base, {group.fused.begin(), middle}};
    if (!lowerer_of(*group.base).lower(context, part)) continue;
    if (middle != group.fused.end()) lower(context, {*middle, {middle + 1, group.fused.end()}});
    return;
  }
  onednn::unsupported(*group.base, "oneDNN cannot do it with these shapes");
}

/// Whether Winograd's algorithm serves most of the work, and the processor has it.
bool gains_by_winograd(const Graph& graph, const dnnl::engine& engine) {
  const dnnl::memory::desc picture({1, 64, 24, 24}, DataType::f32, Tag::any);
  const dnnl::memory::desc weights({64, 64, 3, 3}, DataType::f32, Tag::any);
  try {
    const dnnl::convolution_forward::desc desc(dnnl::prop_kind::forward_inference,
                                               dnnl::algorithm::convolution_winograd, picture,
                                               weights, picture, {1, 1}, {1, 1}, {1, 1});
    const dnnl::convolution_forward::primitive_desc found(desc, engine);
    if (std::string_view(found.impl_info_str()).starts_with("ref")) return false;
  } catch (const dnnl::error&) {
    return false;
  }
  std::int64_t all = 0;
  std::int64_t suited = 0;
  for (const auto& node : graph.nodes) {
    if (node.operation != "Conv") continue;
    const auto& shape = graph.value(node.inputs[1]).shape;
    const auto products = products_of(graph, node);
    all += products;
    const std::vector<std::int64_t> ones{1, 1};
    if (shape[2] == 3 && shape[3] == 3 && shape[1] >= 16 &&
        node.integers("strides", ones) == ones) {
      suited += products;
    }
  }
  return 2 * suited > all;
}

/// The layout that oneDNN chooses for an ordinary convolution on this processor.
Layout usual_layout(const dnnl::engine& engine, DataType type) {
  const Shape shape{1, 64, 24, 24};
  const dnnl::memory::desc picture(shape, type, Tag::any);
  const dnnl::memory::desc weights({64, 64, 3, 3}, type, Tag::any);
  const dnnl::convolution_forward::desc desc(dnnl::prop_kind::forward_inference,
                                             dnnl::algorithm::convolution_direct, picture, weights,
                                             picture, {1, 1}, {1, 1}, {1, 1});
  const auto chosen = dnnl::convolution_forward::primitive_desc(desc, engine).dst_desc();
  if (chosen == Desc(shape, type, Tag::nChw16c)) return Layout::blocked_16;
  if (chosen == Desc(shape, type, Tag::nChw8c)) return Layout::blocked_8;
  return Layout::channels_last;
}

Settings settings_for(const Graph& graph, const dnnl::engine& engine,
                      const OnednnOptions& options) {
  Settings settings{options.precision, Layout::channels_last, false, options.ranges};
  const bool floats = options.precision == Precision::float32;
  settings.winograd = floats && options.thorough && gains_by_winograd(graph, engine);
  if (settings.winograd) {
    settings.layout = Layout::blocked_16;
  } else if (options.precision != Precision::int8) {
    settings.layout = usual_layout(engine, floats ? DataType::f32 : DataType::bf16);
  }
  return settings;
}

/// What the caller gives.
enum class Given {
  floats,  ///< row-major
  bytes,   ///< of a picture, the channels of each pixel together
};

/// Whether it is enough for all readers of the picture to find its bytes: a convolution asks for
/// the layout and the type that it wants.
bool is_read_by_convolutions(const Context& context, int value) {
  const auto& readers = context.readers(value);
  return std::all_of(readers.begin(), readers.end(), [&](int reader) {
    if (reader < 0) return false;
    const auto& node = context.graph().nodes[static_cast<std::size_t>(reader)];
    return node.operation == "Conv" && node.inputs[0] == value &&
           std::count(node.inputs.begin(), node.inputs.end(), value) == 1;
  });
}

/// A graph's plan, with the places of what goes in and comes out.
class PreparedGraph {
 public:
  PreparedGraph(const Graph& graph, const OnednnOptions& options, Constants& constants, Given given)
      : threads_(options.threads), engine_(dnnl::engine::kind::cpu, 0), plan_(engine_) {
    const ThreadCount count(threads_);
    Context context(graph, engine_, settings_for(graph, engine_, options), constants);
    for (const int input : graph.inputs) add_input(context, input, given);
    const auto groups = groups_of(context);
    context.schedule(groups);
    for (const auto& group : groups) lower(context, group);
    for (const int output : graph.outputs) add_output(context, output);
    plan_ = std::move(context.plan());
    plan_.finish();
  }

  template <typename Number>
  void run(std::span<const std::span<const Number>> inputs,
           std::span<const std::span<float>> outputs) {
    const ThreadCount count(threads_);
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      // oneDNN's memory takes no constant values; these are only read.
      plan_.set_external(inputs_[i], const_cast<Number*>(inputs[i].data()));
    }
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      plan_.set_external(outputs_[i], outputs[i].data());
    }
    plan_.run();
  }

 private:
  void add_input(Context& context, int input, Given given) {
    const auto& shape = context.shape(input);
    if (given == Given::floats) {
      inputs_.push_back(context.plan().add_external(Context::plain(shape)));
      return context.define(input, inputs_.back());
    }
    inputs_.push_back(context.plan().add_external({shape, DataType::u8, Tag::nhwc}));
    if (is_read_by_convolutions(context, input)) return context.define(input, inputs_.back());
    const auto converted = context.plan().add(context.preferred(shape));
    context.copy(inputs_.back(), converted);
    context.define(input, converted);
  }

  void add_output(Context& context, int output) {
    const auto plain = Context::plain(context.shape(output));
    outputs_.push_back(context.plan().add_external(plain));
    auto computed = context.slot(output);
    const auto type = context.plan().desc(computed).data_type();
    const bool floats = type == DataType::f32 || type == DataType::bf16;
    if (!floats || plain.dims() != context.plan().desc(computed).dims()) {
      computed = context.slot(output, plain);
    }
    context.copy(computed, outputs_.back());
  }

  int threads_;
  dnnl::engine engine_;
  Plan plan_;
  std::vector<Plan::Slot> inputs_;
  std::vector<Plan::Slot> outputs_;
};

class OnednnExecutor final : public Executor {
 public:
  OnednnExecutor(const Graph& graph, const OnednnOptions& options, Constants& constants)
      : graph_(graph, options, constants, Given::floats) {}

  void run(std::span<const std::span<const float>> inputs,
           std::span<const std::span<float>> outputs) override {
    graph_.run(inputs, outputs);
  }

 private:
  PreparedGraph graph_;
};

class OnednnPictureExecutor final : public PictureExecutor {
 public:
  OnednnPictureExecutor(const Graph& graph, const OnednnOptions& options, Constants& constants)
      : graph_(graph, options, constants, Given::bytes) {}

  void run(std::span<const std::uint8_t> pixels,
           std::span<const std::span<float>> outputs) override {
    const std::span<const std::span<const std::uint8_t>> inputs(&pixels, 1);
    graph_.run(inputs, outputs);
  }

 private:
  PreparedGraph graph_;
};

template <typename Made>
std::unique_ptr<Made> make(const Graph& graph, const OnednnOptions& options,
                           const std::shared_ptr<Constants>& constants) {
  try {
    return std::make_unique<Made>(graph, options, *constants);
  } catch (const dnnl::error& error) {
    throw Unsupported(std::string("oneDNN cannot run it (") + error.what() + ")");
  }
}

}  // namespace

std::unique_ptr<Executor> make_onednn_executor(const Graph& graph, const OnednnOptions& options,
                                               const std::shared_ptr<Constants>& constants) {
  return make<OnednnExecutor>(graph, options, constants);
}

std::unique_ptr<PictureExecutor> make_onednn_picture_executor(
    const Graph& graph, const OnednnOptions& options, const std::shared_ptr<Constants>& constants) {
  return make<OnednnPictureExecutor>(graph, options, constants);
}

std::shared_ptr<Constants> make_onednn_constants() { return std::make_shared<Constants>(); }

bool has_instructions_for(Precision precision) {
  const auto isa = dnnl::get_effective_cpu_isa();
  switch (precision) {
    case Precision::float32:
      return true;
    case Precision::bfloat16:
      return isa == dnnl::cpu_isa::avx512_core_bf16 || isa == dnnl::cpu_isa::avx512_core_amx;
    case Precision::int8:
      break;
  }
  return isa == dnnl::cpu_isa::avx512_core_vnni || isa == dnnl::cpu_isa::avx512_core_bf16 ||
         isa == dnnl::cpu_isa::avx512_core_amx || isa == dnnl::cpu_isa::avx2_vnni;
}

}  // namespace mien
