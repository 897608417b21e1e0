#pragma once

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "inference/graph/graph.h"
#include "inference/onednn/constants.h"
#include "inference/onednn/plan.h"
#include "inference/operators/operator.h"
#include "inference/ranges.h"
#include "mien/network.h"

namespace mien::onednn {

using DataType = dnnl::memory::data_type;
using Tag = dnnl::memory::format_tag;
using Dims = dnnl::memory::dims;

/// How pictures are kept between layers, the same throughout a network.
enum class Layout {
  channels_last,  ///< what oneDNN's newer kernels want
  blocked_16,     ///< 16 channels together: Winograd's and older kernels of AVX-512
  blocked_8,      ///< 8 channels together: AVX2
};

struct Settings {
  Precision precision = Precision::float32;
  Layout layout = Layout::channels_last;
  bool winograd = false;  ///< convolutions of 3x3 by Winograd's algorithm where oneDNN has it
  Ranges ranges;          ///< for int8
};

/// A node that becomes a primitive, and those behind it that become part of it.
struct Group {
  const Node* base = nullptr;
  std::vector<const Node*> fused;

  bool contains(const Node& node) const {
    return base == &node || std::find(fused.begin(), fused.end(), &node) != fused.end();
  }
  const Node& last() const { return fused.empty() ? *base : *fused.back(); }
  int output() const { return last().outputs[0]; }
};

/// A graph on its way to a plan: where each value is kept, and in which layouts.
class Context {
 public:
  Context(const Graph& graph, const dnnl::engine& engine, const Settings& settings,
          Constants& constants);

  const Graph& graph() const { return graph_; }
  const Settings& settings() const { return settings_; }
  Plan& plan() { return plan_; }
  Constants& constants() { return constants_; }

  const Shape& shape(int value) const { return graph_.value(value).shape; }
  const Tensor* constant(int value) const { return graph_.value(value).constant.get(); }
  const std::vector<int>& readers(int value) const {
    return readers_[static_cast<std::size_t>(value)];
  }
  std::vector<Operand> operands(const Node& node) const;

  /// How a computed value of this shape is kept unless something else asks for another way.
  Desc preferred(const Shape& shape) const;
  Desc preferred(const Shape& shape, DataType type) const;
  /// Row by row.
  static Desc plain(const Shape& shape, DataType type = DataType::f32);

  /// The value as it was computed; of a constant, row by row.
  Plan::Slot slot(int value);
  /// The value as `desc` says, converted where it is not kept so yet.
  Plan::Slot slot(int value, const Desc& desc);
  /// A constant, seen in a shape with as many elements.
  Plan::Slot constant_slot(int value, const Shape& shape, const Desc& wanted);
  /// Says where a value is kept.
  void define(int value, Plan::Slot slot);
  /// Adds a step that copies between any two layouts and types of the same shape.
  void copy(Plan::Slot from, Plan::Slot to);

  /// Says in which order the groups run.
  void schedule(const std::vector<Group>& groups);
  /// Whether nothing that runs behind the group, or is another part of it, reads the value.
  bool is_last_read(int value, const Group& group) const;

  /// For int8: the type (u8 or s8) and scale in which a value is kept when it is quantised.
  struct Quantisation {
    DataType type;
    float scale;  ///< the value is the integer times this
  };
  std::optional<Quantisation> quantisation(int value) const;
  /// Whether everything that reads the value reads it quantised.
  bool is_read_quantised(int value) const;
  /// How an int8 convolution's output is kept: quantised when it is read so.
  Desc output_desc(int value) const;

 private:
  const Graph& graph_;
  Settings settings_;
  Constants& constants_;
  Plan plan_;
  std::vector<std::vector<int>> readers_;
  std::vector<std::size_t> turns_;              // of each node, the place of its group in the order
  std::vector<std::vector<Plan::Slot>> slots_;  // of each value, the first as it was computed
};

/// Whether a convolution is computed in int8.
bool is_quantised(const Context& context, const Node& convolution);

bool is_plain(const Desc& desc);

/// What becomes of a node: one function for each kind of primitive, false when oneDNN cannot do the
/// group with all its fused nodes.
struct Lowerer {
  std::string_view operation;
  bool (*lower)(Context& context, const Group& group);
  bool takes_fused;  ///< nodes behind it may become part of it
};

std::span<const Lowerer> arithmetic_lowerers();
std::span<const Lowerer> convolution_lowerers();
std::span<const Lowerer> rearranging_lowerers();
std::span<const Lowerer> window_lowerers();

/// Throws Unsupported that names the node.
[[noreturn]] void unsupported(const Node& node, const char* what);

}  // namespace mien::onednn
