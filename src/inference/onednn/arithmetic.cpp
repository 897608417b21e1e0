#include <algorithm>
#include <array>
#include <utility>

#include "inference/onednn/context.h"
#include "inference/onednn/fusion.h"

namespace mien::onednn {
namespace {

using dnnl::algorithm;
using dnnl::prop_kind;

/// Adds the step of a primitive that has one output.
template <typename Primitive, typename Description>
void add_step(Context& context, const Group& group, const Description& chosen,
              FusedOperations fused, std::vector<Plan::Argument> arguments) {
  auto& plan = context.plan();
  const auto output = fused.output ? *fused.output : plan.add(chosen.dst_desc());
  arguments.insert(arguments.end(), fused.arguments.begin(), fused.arguments.end());
  arguments.push_back({DNNL_ARG_DST, output});
  plan.add_step(Primitive(chosen), std::move(arguments), chosen.scratchpad_desc());
  context.define(group.output(), output);
}

algorithm pair_algorithm(const std::string& operation) {
  if (operation == "Add") return algorithm::binary_add;
  if (operation == "Sub") return algorithm::binary_sub;
  if (operation == "Mul") return algorithm::binary_mul;
  return algorithm::binary_div;
}

bool lower_pair(Context& context, const Group& group) {
  const auto& node = *group.base;
  const auto& shape = context.shape(node.outputs[0]);
  int first = node.inputs[0];
  int second = node.inputs[1];
  const bool commutes = node.operation == "Add" || node.operation == "Mul";
  // oneDNN repeats the second alone.
  if (context.shape(first) != shape && commutes) std::swap(first, second);
  if (context.shape(first) != shape) unsupported(node, "its first input is repeated");
  const auto output = context.preferred(shape);
  auto fused = fuse(context, group, output, false);
  const auto a = widened_slot(context, first, shape.size());
  const auto b = widened_slot(context, second, shape.size());
  try {
    const dnnl::binary::desc desc(pair_algorithm(node.operation), context.plan().desc(a),
                                  context.plan().desc(b), output);
    const dnnl::binary::primitive_desc chosen(desc, fused.attributes, context.plan().engine());
    add_step<dnnl::binary>(context, group, chosen, std::move(fused),
                           {{DNNL_ARG_SRC_0, a}, {DNNL_ARG_SRC_1, b}});
  } catch (const dnnl::error&) {
    return false;
  }
  return true;
}

bool lower_activation(Context& context, const Group& group) {
  const auto& node = *group.base;
  const auto& shape = context.shape(node.inputs[0]);
  auto source = context.slot(node.inputs[0], context.preferred(shape));
  for (const auto& [kind, alpha, beta] : activations_of(context, node)) {
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    const auto desc = context.plan().desc(source);
    const dnnl::eltwise_forward::desc activation(prop_kind::forward_inference, kind, desc, alpha,
                                                 beta);
    const dnnl::eltwise_forward::primitive_desc chosen(activation, attributes,
                                                       context.plan().engine());
    const auto output = context.plan().add(desc);
    context.plan().add_step(dnnl::eltwise_forward(chosen),
                            {{DNNL_ARG_SRC, source}, {DNNL_ARG_DST, output}},
                            chosen.scratchpad_desc());
    source = output;
  }
  context.define(group.output(), source);
  return true;
}

bool lower_prelu(Context& context, const Group& group) {
  const auto& node = *group.base;
  const auto& shape = context.shape(node.inputs[0]);
  if (context.constant(node.inputs[1]) == nullptr) unsupported(node, "its slopes are not fixed");
  const auto wide = widened(context.shape(node.inputs[1]), shape.size());
  const auto source = context.slot(node.inputs[0], context.preferred(shape));
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  const auto& desc = context.plan().desc(source);
  const dnnl::prelu_forward::desc prelu(prop_kind::forward_inference, desc,
                                        Desc(wide, desc.data_type(), Tag::any));
  const dnnl::prelu_forward::primitive_desc chosen(prelu, attributes, context.plan().engine());
  const auto slopes = context.constant_slot(node.inputs[1], wide, chosen.weights_desc());
  FusedOperations none;
  add_step<dnnl::prelu_forward>(context, group, chosen, std::move(none),
                                {{DNNL_ARG_SRC, source}, {DNNL_ARG_WEIGHTS, slopes}});
  return true;
}

/// A matrix for a product: a constant one in whatever layout oneDNN likes best.
struct Matrix {
  Desc desc;
  Plan::Slot slot = -1;  ///< of a computed one
};

Matrix matrix_of(Context& context, int value, bool turned, bool constant_any) {
  const auto& shape = context.shape(value);
  if (context.constant(value) != nullptr && constant_any) {
    Shape seen = shape;
    if (turned) std::swap(seen[seen.size() - 1], seen[seen.size() - 2]);
    return {Desc(seen, DataType::f32, Tag::any), -1};
  }
  auto desc = Context::plain(shape);
  const auto slot = context.slot(value, desc);
  if (!turned) return {desc, slot};
  std::vector<int> order(shape.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int>(i);
  std::swap(order[order.size() - 1], order[order.size() - 2]);
  desc = desc.permute_axes(order);
  return {desc, context.plan().add_view(slot, desc)};
}

/// A constant matrix in the layout that was chosen.
Plan::Slot constant_matrix(Context& context, int value, bool turned, const Desc& chosen,
                           float scale) {
  const auto& tensor = *context.constant(value);
  auto given = Context::plain(tensor.shape);
  if (turned) given = given.permute_axes({1, 0});
  std::vector<float> values = tensor.reals;
  for (auto& v : values) v *= scale;
  return context.plan().add_constant(chosen, given, values);
}

bool lower_gemm(Context& context, const Group& group) {
  const auto& node = *group.base;
  const bool turned_a = node.integer("transA", 0) != 0;
  const bool turned_b = node.integer("transB", 0) != 0;
  const float alpha = node.real("alpha", 1);
  if (context.constant(node.inputs[1]) == nullptr && alpha != 1) {
    unsupported(node, "alpha with matrices that are computed at run time");
  }
  const auto a = matrix_of(context, node.inputs[0], turned_a, false);
  const auto b = matrix_of(context, node.inputs[1], turned_b, true);
  const auto& shape = context.shape(node.outputs[0]);
  Desc bias_desc;
  Plan::Slot bias = -1;
  if (node.has_input(2)) {
    const Tensor* added = context.constant(node.inputs[2]);
    const bool is_row = added != nullptr && widened(added->shape, 2) == Shape{1, shape[1]};
    if (!is_row) unsupported(node, "its third input is no fixed row");
    auto values = added->reals;
    for (auto& value : values) value *= node.real("beta", 1);
    bias_desc = Context::plain({1, shape[1]});
    bias = context.plan().add_constant(bias_desc, bias_desc, values);
  }
  const auto output = Context::plain(shape);
  auto fused = fuse(context, group, output, false);
  try {
    const auto desc = bias >= 0 ? dnnl::matmul::desc(a.desc, b.desc, bias_desc, output)
                                : dnnl::matmul::desc(a.desc, b.desc, output);
    const dnnl::matmul::primitive_desc chosen(desc, fused.attributes, context.plan().engine());
    const auto weights = b.slot >= 0 ? b.slot
                                     : constant_matrix(context, node.inputs[1], turned_b,
                                                       chosen.weights_desc(), alpha);
    std::vector<Plan::Argument> arguments{{DNNL_ARG_SRC, a.slot}, {DNNL_ARG_WEIGHTS, weights}};
    if (bias >= 0) arguments.push_back({DNNL_ARG_BIAS, bias});
    add_step<dnnl::matmul>(context, group, chosen, std::move(fused), std::move(arguments));
  } catch (const dnnl::error&) {
    return false;
  }
  return true;
}

/// A matrix product's operand with as many axes as the output; leading axes of 1 are repeated.
Plan::Slot matmul_operand(Context& context, int value, std::size_t rank) {
  const auto plain = context.slot(value, Context::plain(context.shape(value)));
  return context.plan().add_view(plain, Context::plain(widened(context.shape(value), rank)));
}

bool lower_matmul(Context& context, const Group& group) {
  const auto& node = *group.base;
  const auto& shape = context.shape(node.outputs[0]);
  const auto a = matmul_operand(context, node.inputs[0], shape.size());
  const auto b = matmul_operand(context, node.inputs[1], shape.size());
  const auto output = Context::plain(shape);
  auto fused = fuse(context, group, output, false);
  try {
    const dnnl::matmul::desc desc(context.plan().desc(a), context.plan().desc(b), output);
    const dnnl::matmul::primitive_desc chosen(desc, fused.attributes, context.plan().engine());
    add_step<dnnl::matmul>(context, group, chosen, std::move(fused),
                           {{DNNL_ARG_SRC, a}, {DNNL_ARG_WEIGHTS, b}});
  } catch (const dnnl::error&) {
    return false;
  }
  return true;
}

constexpr std::array<Lowerer, 15> kLowerers = {{
    {"Gemm", lower_gemm, true},
    {"MatMul", lower_matmul, true},
    {"Add", lower_pair, true},
    {"Sub", lower_pair, true},
    {"Mul", lower_pair, true},
    {"Div", lower_pair, true},
    {"Relu", lower_activation, false},
    {"LeakyRelu", lower_activation, false},
    {"Sigmoid", lower_activation, false},
    {"Tanh", lower_activation, false},
    {"Elu", lower_activation, false},
    {"Clip", lower_activation, false},
    {"HardSwish", lower_activation, false},
    {"HardSigmoid", lower_activation, false},
    {"PRelu", lower_prelu, false},
}};

}  // namespace

std::span<const Lowerer> arithmetic_lowerers() { return kLowerers; }

}  // namespace mien::onednn
