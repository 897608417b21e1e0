#include "inference/onednn/fusion.h"

#include <algorithm>
#include <limits>

namespace mien::onednn {
namespace {

using dnnl::algorithm;

float bound(const Context& context, const Node& node, std::size_t index, const char* attribute,
            float otherwise) {
  if (!node.has_input(index)) return node.real(attribute, otherwise);
  return context.constant(node.inputs[index])->reals.front();
}

int other_input(const Node& node, int through) {
  return node.inputs[0] == through ? node.inputs[1] : node.inputs[0];
}

bool reads(const Context& context, const Node& node, int value) {
  return std::find(node.inputs.begin(), node.inputs.end(), value) != node.inputs.end() &&
         context.constant(value) == nullptr;
}

/// Whether the group may write over `value` while it computes.
bool may_overwrite(Context& context, const Group& group, int value, const Desc& output) {
  const auto reads_value = [&](const Node* node) { return reads(context, *node, value); };
  if (std::count_if(group.fused.begin(), group.fused.end(), reads_value) != 1) return false;
  if (context.constant(value) != nullptr || !context.is_last_read(value, group)) return false;
  const auto slot = context.slot(value);
  if (context.plan().desc(slot) != output || !context.plan().is_reusable(slot)) return false;
  for (const int input : group.base->inputs) {
    if (input == Node::kAbsent || context.constant(input) != nullptr) continue;
    if (context.plan().share_memory(context.slot(input), slot)) return false;
  }
  return !reads(context, *group.base, value);
}

/// Whether a convolution or product repeats an operand as ONNX does: of all ways to repeat one,
/// oneDNN has a single number and one number for each channel; others it computes wrongly.
bool is_repeated_rightly(const Shape& operand, const Shape& shape) {
  const auto wide = widened(operand, shape.size());
  if (wide == shape) return true;
  Shape channels(shape.size(), 1);
  if (wide == channels) return true;
  if (shape.size() != 2 && shape.size() != 4) return false;
  channels[1] = shape[1];
  return wide == channels;
}

}  // namespace

Shape widened(const Shape& shape, std::size_t rank) {
  Shape wide(rank - shape.size(), 1);
  wide.insert(wide.end(), shape.begin(), shape.end());
  return wide;
}

Plan::Slot widened_slot(Context& context, int value, std::size_t rank) {
  const auto wide = widened(context.shape(value), rank);
  const auto desc = context.preferred(wide);
  if (context.constant(value) != nullptr) return context.constant_slot(value, wide, desc);
  if (wide == context.shape(value)) return context.slot(value, desc);
  const auto row_by_row = context.slot(value, Context::plain(context.shape(value)));
  const auto seen = context.plan().add_view(row_by_row, Context::plain(wide));
  if (context.plan().desc(seen) == desc) return seen;
  const auto converted = context.plan().add(desc);
  context.copy(seen, converted);
  return converted;
}

std::vector<Activation> activations_of(const Context& context, const Node& node) {
  const auto& operation = node.operation;
  if (operation == "Relu") return {{algorithm::eltwise_relu}};
  if (operation == "LeakyRelu") return {{algorithm::eltwise_relu, node.real("alpha", 0.01F)}};
  if (operation == "Sigmoid") return {{algorithm::eltwise_logistic}};
  if (operation == "Tanh") return {{algorithm::eltwise_tanh}};
  if (operation == "Elu") return {{algorithm::eltwise_elu, node.real("alpha", 1)}};
  if (operation == "HardSwish") return {{algorithm::eltwise_hardswish}};
  if (operation == "HardSigmoid") {
    return {{algorithm::eltwise_linear, node.real("alpha", 0.2F), node.real("beta", 0.5F)},
            {algorithm::eltwise_clip, 0, 1}};
  }
  if (operation == "Clip") {
    constexpr float kLargest = std::numeric_limits<float>::max();
    return {{algorithm::eltwise_clip, bound(context, node, 1, "min", -kLargest),
             bound(context, node, 2, "max", kLargest)}};
  }
  return {};
}

bool is_fusable(const Context& context, const Node& node, int through) {
  if (!activations_of(context, node).empty()) return node.inputs[0] == through;
  if (node.operation != "Add" && node.operation != "Mul") return false;
  const int other = other_input(node, through);
  if (other == through || context.graph().value(other).type != ElementType::real) return false;
  const auto& shape = context.shape(through);
  return context.shape(node.outputs[0]) == shape && context.shape(other).size() <= shape.size() &&
         is_repeated_rightly(context.shape(other), shape);
}

FusedOperations fuse(Context& context, const Group& group, const Desc& output, bool in_place) {
  FusedOperations fused;
  fused.attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  dnnl::post_ops operations;
  int through = group.base->outputs[0];
  for (const Node* node : group.fused) {
    for (const auto& [kind, alpha, beta] : activations_of(context, *node)) {
      operations.append_eltwise(1, kind, alpha, beta);
    }
    if (node->operation == "Add" || node->operation == "Mul") {
      const int other = other_input(*node, through);
      const bool adds = node->operation == "Add";
      if (adds && in_place && !fused.output && may_overwrite(context, group, other, output)) {
        operations.append_sum();
        fused.output = context.plan().add_description(context.slot(other), output);
      } else {
        const auto rank = context.shape(through).size();
        // With a size of 1 other strides describe the same bytes, but oneDNN goes by the strides.
        const auto desc = context.preferred(widened(context.shape(other), rank));
        const auto slot = context.plan().add_description(widened_slot(context, other, rank), desc);
        fused.arguments.push_back(
            {DNNL_ARG_ATTR_MULTIPLE_POST_OP(operations.len()) | DNNL_ARG_SRC_1, slot});
        operations.append_binary(adds ? algorithm::binary_add : algorithm::binary_mul, desc);
      }
    }
    through = node->outputs[0];
  }
  const auto type = output.data_type();
  if (type == DataType::u8 || type == DataType::s8) {
    const auto scale = context.quantisation(group.output())->scale;
    operations.append_eltwise(1, algorithm::eltwise_linear, 1 / scale, 0);
  }
  fused.attributes.set_post_ops(operations);
  return fused;
}

}  // namespace mien::onednn
