#include <array>
#include <cmath>
#include <optional>
#include <string_view>

#include "inference/onednn/context.h"
#include "inference/onednn/fusion.h"
#include "inference/operators/window.h"

namespace mien::onednn {
namespace {

using dnnl::algorithm;
using dnnl::convolution_forward;

constexpr std::int64_t kFewestForInt8 = 8;       // input channels
constexpr std::int64_t kFewestForWinograd = 16;  // input and output channels

bool has_constant_weights(const Context& context, const Node& node) {
  return context.constant(node.inputs[1]) != nullptr &&
         (!node.has_input(2) || context.constant(node.inputs[2]) != nullptr);
}

/// A convolution's numbers as oneDNN wants them.
struct Geometry {
  Dims stride, dilation, pad_begin, pad_end;
  Shape weights;  ///< [groups, outputs, inputs, height, width], without groups when there is one
};

Geometry geometry_of(const Context& context, const Node& node) {
  const auto& weights = context.shape(node.inputs[1]);
  const auto window = window_of(node, context.shape(node.inputs[0]), {weights[2], weights[3]});
  const auto groups = node.integer("group", 1);
  Geometry geometry;
  geometry.stride.assign(window.stride.begin(), window.stride.end());
  geometry.dilation = {window.dilation[0] - 1, window.dilation[1] - 1};
  geometry.pad_begin.assign(window.pad_begin.begin(), window.pad_begin.end());
  geometry.pad_end.assign(window.pad_end.begin(), window.pad_end.end());
  geometry.weights = weights;
  if (groups > 1) {
    geometry.weights[0] /= groups;
    geometry.weights.insert(geometry.weights.begin(), groups);
  }
  return geometry;
}

bool suits_winograd(const Context& context, const Node& node) {
  const auto& weights = context.shape(node.inputs[1]);
  const auto ones = std::vector<std::int64_t>{1, 1};
  return context.settings().winograd && node.integer("group", 1) == 1 && weights[2] == 3 &&
         weights[3] == 3 && weights[0] >= kFewestForWinograd && weights[1] >= kFewestForWinograd &&
         node.integers("strides", ones) == ones && node.integers("dilations", ones) == ones;
}

/// How a convolution is tried.
struct Attempt {
  algorithm kind;
  Desc source;
  Desc output;
  DataType weights;
  bool slow_allowed;
};

std::optional<convolution_forward::primitive_desc> try_convolution(
    const Context& context, const dnnl::engine& engine, const Node& node, const Attempt& attempt,
    const dnnl::primitive_attr& attributes) {
  const auto geometry = geometry_of(context, node);
  const Desc weights(geometry.weights, attempt.weights, Tag::any);
  const Desc bias =
      node.has_input(2) ? Desc(context.shape(node.inputs[2]), DataType::f32, Tag::a) : Desc();
  try {
    const convolution_forward::desc desc(
        dnnl::prop_kind::forward_inference, attempt.kind, attempt.source, weights, bias,
        attempt.output, geometry.stride, geometry.dilation, geometry.pad_begin, geometry.pad_end);
    convolution_forward::primitive_desc found(desc, attributes, engine);
    const std::string_view kernel = found.impl_info_str();
    const bool slow = kernel.starts_with("ref") || kernel.starts_with("gemm");
    if (slow && !attempt.slow_allowed) return std::nullopt;
    return found;
  } catch (const dnnl::error&) {
    return std::nullopt;
  }
}

/// Largest magnitude of the weights of each output channel, over 127.
std::vector<float> weight_scales(const Tensor& weights) {
  const auto channels = static_cast<std::size_t>(weights.shape[0]);
  const std::size_t size = weights.reals.size() / channels;
  std::vector<float> scales(channels);
  for (std::size_t i = 0; i < weights.reals.size(); ++i) {
    scales[i / size] = std::max(scales[i / size], std::abs(weights.reals[i]) / 127);
  }
  for (auto& scale : scales) {
    if (scale == 0) scale = 1;
  }
  return scales;
}

Plan::Slot add_weights(Context& context, const Node& node, const Desc& wanted,
                       const std::vector<float>& scales) {
  const auto& shared = context.graph().value(node.inputs[1]).constant;
  if (const auto kept = context.constants().find(shared, wanted)) {
    return context.plan().add_constant(kept);
  }
  std::vector<float> scaled;
  if (!scales.empty()) {
    scaled = shared->reals;
    const std::size_t size = scaled.size() / scales.size();
    for (std::size_t i = 0; i < scaled.size(); ++i) scaled[i] /= scales[i / size];
  }
  const auto slot =
      context.plan().add_constant(wanted, Context::plain(geometry_of(context, node).weights),
                                  scales.empty() ? shared->reals : scaled);
  context.constants().put(shared, context.plan().constant(slot));
  return slot;
}

Plan::Slot add_bias(Context& context, const Node& node, const std::vector<float>& output_scales) {
  auto bias = context.constant(node.inputs[2])->reals;
  for (std::size_t c = 0; c < output_scales.size(); ++c) bias[c] /= output_scales[c];
  const Desc desc(context.shape(node.inputs[2]), DataType::f32, Tag::a);
  return context.plan().add_constant(desc, desc, bias);
}

void add_convolution(Context& context, const Group& group,
                     const convolution_forward::primitive_desc& chosen, FusedOperations fused,
                     const std::vector<float>& scales, const std::vector<float>& output_scales) {
  const auto& node = *group.base;
  auto& plan = context.plan();
  auto arguments = std::move(fused.arguments);
  arguments.push_back({DNNL_ARG_SRC, context.slot(node.inputs[0], chosen.src_desc())});
  arguments.push_back(
      {DNNL_ARG_WEIGHTS, add_weights(context, node, chosen.weights_desc(), scales)});
  if (node.has_input(2)) {
    arguments.push_back({DNNL_ARG_BIAS, add_bias(context, node, output_scales)});
  }
  const auto output = fused.output ? *fused.output : plan.add(chosen.dst_desc());
  arguments.push_back({DNNL_ARG_DST, output});
  plan.add_step(convolution_forward(chosen), std::move(arguments), chosen.scratchpad_desc());
  context.define(group.output(), output);
}

/// Where the picture `image` of a batch lies within its slot.
Plan::Slot picture_of(Plan& plan, Plan::Slot batch, const Desc& one, std::int64_t image) {
  return plan.add_description(batch, one, static_cast<std::size_t>(image) * one.get_size());
}

/// Winograd's algorithm on tiles of 4x4 needs four times the weights. For small pictures these do
/// not pay: the 2x2 tiles that oneDNN takes for a single picture are faster, one after the other.
bool lower_picture_by_picture(Context& context, const Group& group, const Desc& source,
                              const Desc& output) {
  constexpr std::int64_t kSmallPicture = 8 * 8;
  const auto& node = *group.base;
  const auto& shape = context.shape(node.inputs[0]);
  if (shape[0] == 1 || shape[2] * shape[3] > kSmallPicture) return false;
  const auto fused = fuse(context, group, output, false);
  if (!fused.arguments.empty()) return false;
  const auto one_of = [](const Desc& batch) {
    auto dims = batch.dims();
    dims[0] = 1;
    return batch.submemory_desc(dims, Dims(dims.size(), 0));
  };
  auto& plan = context.plan();
  const Attempt attempt{algorithm::convolution_winograd, one_of(source), one_of(output),
                        source.data_type(), false};
  const auto chosen = try_convolution(context, plan.engine(), node, attempt, fused.attributes);
  if (!chosen) return false;
  const convolution_forward primitive(*chosen);
  const auto from = context.slot(node.inputs[0], source);
  const auto to = plan.add(output);
  const auto weights = add_weights(context, node, chosen->weights_desc(), {});
  const auto bias = node.has_input(2) ? add_bias(context, node, {}) : -1;
  for (std::int64_t image = 0; image < shape[0]; ++image) {
    std::vector<Plan::Argument> arguments{
        {DNNL_ARG_SRC, picture_of(plan, from, chosen->src_desc(), image)},
        {DNNL_ARG_WEIGHTS, weights},
        {DNNL_ARG_DST, picture_of(plan, to, chosen->dst_desc(), image)}};
    if (bias >= 0) arguments.push_back({DNNL_ARG_BIAS, bias});
    plan.add_step(primitive, std::move(arguments), chosen->scratchpad_desc());
  }
  context.define(group.output(), to);
  return true;
}

bool lower_in_int8(Context& context, const Group& group) {
  const auto& node = *group.base;
  const auto source = *context.quantisation(node.inputs[0]);
  const auto scales = weight_scales(*context.constant(node.inputs[1]));
  auto output_scales = scales;
  for (auto& scale : output_scales) scale *= source.scale;
  const auto output = context.output_desc(group.output());
  auto fused = fuse(context, group, output, false);
  constexpr int kPerChannel = 1 << 1;
  fused.attributes.set_output_scales(kPerChannel, output_scales);
  const Attempt attempt{algorithm::convolution_direct,
                        context.preferred(context.shape(node.inputs[0]), source.type), output,
                        DataType::s8, false};
  const auto chosen =
      try_convolution(context, context.plan().engine(), node, attempt, fused.attributes);
  if (chosen) add_convolution(context, group, *chosen, std::move(fused), scales, output_scales);
  return chosen.has_value();
}

bool lower_in_floats(Context& context, const Group& group) {
  const auto& node = *group.base;
  const auto& engine = context.plan().engine();
  const auto& shape = context.shape(node.inputs[0]);
  const auto source = context.preferred(shape);
  const auto output = context.preferred(context.shape(group.output()));
  const auto type = source.data_type();
  if (suits_winograd(context, node) && lower_picture_by_picture(context, group, source, output)) {
    return true;
  }
  auto fused = fuse(context, group, output, true);
  const Desc any_source(shape, type, Tag::any);
  const Desc any_output(context.shape(group.output()), output.data_type(), Tag::any);
  const bool few_channels = shape[1] < 4;
  const auto few = few_channels ? Context::plain(shape, type) : source;
  std::vector<Attempt> attempts;
  if (suits_winograd(context, node)) {
    attempts.push_back({algorithm::convolution_winograd, source, output, type, false});
  }
  // A picture's few channels are not kept in blocks.
  if (few_channels) attempts.push_back({algorithm::convolution_direct, few, output, type, false});
  attempts.push_back({algorithm::convolution_direct, source, output, type, false});
  attempts.push_back({algorithm::convolution_direct, any_source, output, type, false});
  if (!fused.output) {
    attempts.push_back({algorithm::convolution_direct, any_source, any_output, type, false});
  }
  if (group.fused.empty()) {
    attempts.push_back({algorithm::convolution_direct, source, output, type, true});
  }
  for (const auto& attempt : attempts) {
    const auto chosen = try_convolution(context, engine, node, attempt, fused.attributes);
    if (!chosen) continue;
    add_convolution(context, group, *chosen, std::move(fused), {}, {});
    return true;
  }
  return false;
}

bool lower_convolution(Context& context, const Group& group) {
  if (!has_constant_weights(context, *group.base)) {
    unsupported(*group.base, "its weights are computed at run time");
  }
  if (!is_quantised(context, *group.base)) return lower_in_floats(context, group);
  // Fewer fused nodes are tried in int8 before floats are.
  return lower_in_int8(context, group) || (group.fused.empty() && lower_in_floats(context, group));
}

constexpr std::array<Lowerer, 1> kLowerers = {{{"Conv", lower_convolution, true}}};

}  // namespace

bool is_quantised(const Context& context, const Node& convolution) {
  const auto& shape = context.shape(convolution.inputs[0]);
  const bool is_picture = shape[2] * shape[3] > 1;  // a single pixel is too little work to convert
  return context.settings().precision == Precision::int8 && is_picture &&
         has_constant_weights(context, convolution) && convolution.integer("group", 1) == 1 &&
         shape[1] >= kFewestForInt8 && context.quantisation(convolution.inputs[0]).has_value();
}

std::span<const Lowerer> convolution_lowerers() { return kLowerers; }

}  // namespace mien::onednn
