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

/// The shape with axes of size 1 before it, as many as make `rank`.
Shape widened(const Shape& shape, std::size_t rank) {
  Shape wide(rank - shape.size(), 1);
  wide.insert(wide.end(), shape.begin(), shape.end());
  return wide;
}

bool reads(const Context& context, const Node& node, int value) {
  return std::find(node.inputs.begin(), node.inputs.end(), value) != node.inputs.end() &&
         context.constant(value) == nullptr;
}

/// Whether the group may write over `value` while it computes.
bool may_overwrite(Context& context, const Group& group, int value, const Desc& output) {
  if (context.constant(value) != nullptr || !context.is_last_read(value, group)) return false;
  const auto slot = context.slot(value);
  if (context.plan().desc(slot) != output || !context.plan().is_reusable(slot)) return false;
  for (const int input : group.base->inputs) {
    if (input == Node::kAbsent || context.constant(input) != nullptr) continue;
    if (context.plan().share_memory(context.slot(input), slot)) return false;
  }
  return !reads(context, *group.base, value);
}

}  // namespace

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
  return context.shape(node.outputs[0]) == shape && context.shape(other).size() <= shape.size();
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
        const auto& shape = context.shape(through);
        const auto wide = widened(context.shape(other), shape.size());
        const auto desc = context.preferred(wide);
        const auto slot = context.constant(other) != nullptr
                              ? context.constant_slot(other, wide, desc)
                              : context.slot(other, context.preferred(context.shape(other)));
        const auto seen =
            context.plan().desc(slot) == desc ? slot : context.plan().add_view(slot, desc);
        fused.arguments.push_back(
            {DNNL_ARG_ATTR_MULTIPLE_POST_OP(operations.len()) | DNNL_ARG_SRC_1, seen});
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
