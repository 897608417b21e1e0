#include <algorithm>
#include <array>
#include <utility>

#include "inference/onednn/context.h"
#include "inference/operators/normalisation.h"
#include "inference/operators/resizing.h"
#include "inference/operators/window.h"

namespace mien::onednn {
namespace {

using dnnl::algorithm;
using dnnl::prop_kind;

dnnl::primitive_attr attributes() {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  return attributes;
}

/// Adds the step of a primitive with one input and one output; returns where the output is.
template <typename Primitive, typename Description>
Plan::Slot add_step(Context& context, const Description& chosen, Plan::Slot source,
                    const Desc& output_desc) {
  const auto output = context.plan().add(output_desc);
  context.plan().add_step(Primitive(chosen), {{DNNL_ARG_SRC, source}, {DNNL_ARG_DST, output}},
                          chosen.scratchpad_desc());
  return output;
}

void lower_window(Context& context, const Group& group, const Window& window, algorithm kind) {
  const auto& node = *group.base;
  const int value = node.inputs[0];
  const auto source = context.slot(value, context.preferred(context.shape(value)));
  const auto& desc = context.plan().desc(source);
  const auto output = context.preferred(context.shape(node.outputs[0]), desc.data_type());
  Dims pad_end;
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const auto reach = window.dilation[axis] * (window.kernel[axis] - 1) + 1;
    pad_end.push_back((window.output[axis] - 1) * window.stride[axis] + reach -
                      context.shape(value)[axis + 2] - window.pad_begin[axis]);
  }
  const auto pair = [](const Window::Pair& p) { return Dims(p.begin(), p.end()); };
  const dnnl::pooling_v2_forward::desc pooling(
      prop_kind::forward_inference, kind, desc, output, pair(window.stride), pair(window.kernel),
      {window.dilation[0] - 1, window.dilation[1] - 1}, pair(window.pad_begin), pad_end);
  const dnnl::pooling_v2_forward::primitive_desc chosen(pooling, attributes(),
                                                        context.plan().engine());
  context.define(group.output(),
                 add_step<dnnl::pooling_v2_forward>(context, chosen, source, output));
}

bool lower_pooling(Context& context, const Group& group) {
  const auto& node = *group.base;
  const auto window = window_of(node, context.shape(node.inputs[0]));
  const bool counts_padding = node.integer("count_include_pad", 0) != 0;
  if (counts_padding && node.integer("ceil_mode", 0) != 0) {
    unsupported(node, "it counts padding behind the input's end");
  }
  if (node.outputs.size() > 1) unsupported(node, "its second output");
  const auto average = counts_padding ? algorithm::pooling_avg_include_padding
                                      : algorithm::pooling_avg_exclude_padding;
  lower_window(context, group, window,
               node.operation == "MaxPool" ? algorithm::pooling_max : average);
  return true;
}

bool lower_global_pooling(Context& context, const Group& group) {
  const bool largest = group.base->operation == "GlobalMaxPool";
  lower_window(context, group, whole_window(context.shape(group.base->inputs[0])),
               largest ? algorithm::pooling_max : algorithm::pooling_avg_exclude_padding);
  return true;
}

bool lower_mean(Context& context, const Group& group) {
  const auto& node = *group.base;
  const auto kept = kept_shape(node, context.operands(node));
  const auto source = context.slot(node.inputs[0], Context::plain(context.shape(node.inputs[0])));
  if (kept == context.shape(node.inputs[0])) {  // nothing to take a mean over
    context.define(group.output(),
                   context.plan().add_view(source, Context::plain(context.shape(group.output()))));
    return true;
  }
  const auto desc = Context::plain(kept);
  const dnnl::reduction::desc mean(algorithm::reduction_mean, context.plan().desc(source), desc, 0,
                                   0);
  const dnnl::reduction::primitive_desc chosen(mean, attributes(), context.plan().engine());
  const auto output = add_step<dnnl::reduction>(context, chosen, source, desc);
  context.define(group.output(),
                 context.plan().add_view(output, Context::plain(context.shape(group.output()))));
  return true;
}

bool lower_softmax(Context& context, const Group& group) {
  const auto& node = *group.base;
  const auto& shape = context.shape(node.inputs[0]);
  const auto axis = axis_of(node, node.integer("axis", -1), shape.size());
  const auto source = context.slot(node.inputs[0], Context::plain(shape));
  const auto& desc = context.plan().desc(source);
  const dnnl::softmax_forward::desc softmax(prop_kind::forward_inference, desc,
                                            static_cast<int>(axis));
  const dnnl::softmax_forward::primitive_desc chosen(softmax, attributes(),
                                                     context.plan().engine());
  context.define(group.output(), add_step<dnnl::softmax_forward>(context, chosen, source, desc));
  return true;
}

/// oneDNN takes an output pixel's centre for its place, the ratio of the sizes for the scale, and
/// of two equally near inputs the later.
bool is_known(const Resizing& resizing, const Shape& input) {
  const bool by_sizes =
      resizing.scale_y * static_cast<double>(input[2]) == static_cast<double>(resizing.height) &&
      resizing.scale_x * static_cast<double>(input[3]) == static_cast<double>(resizing.width);
  if (!by_sizes) return false;
  if (resizing.linear) return resizing.place == Resizing::Place::half_pixel;
  const bool doubles = resizing.height % input[2] == 0 && resizing.width % input[3] == 0;
  const bool nearest = resizing.rounding == Resizing::Rounding::prefer_floor ||
                       resizing.rounding == Resizing::Rounding::prefer_ceil;
  const bool centred = resizing.place == Resizing::Place::half_pixel && nearest;
  const bool floored = resizing.place == Resizing::Place::asymmetric &&
                       resizing.rounding == Resizing::Rounding::floor;
  return doubles && (centred || floored);
}

bool lower_resize(Context& context, const Group& group) {
  const auto& node = *group.base;
  const auto& shape = context.shape(node.inputs[0]);
  const auto operands = context.operands(node);
  const auto resizing = resizing_of(node, operands);
  if (!is_known(resizing, shape)) unsupported(node, "the places that it takes its pixels from");
  const auto source = context.slot(node.inputs[0], context.preferred(shape));
  const auto output = context.preferred(context.shape(node.outputs[0]));
  const dnnl::resampling_forward::desc desc(
      prop_kind::forward_inference,
      resizing.linear ? algorithm::resampling_linear : algorithm::resampling_nearest,
      context.plan().desc(source), output);
  const dnnl::resampling_forward::primitive_desc chosen(desc, attributes(),
                                                        context.plan().engine());
  context.define(group.output(),
                 add_step<dnnl::resampling_forward>(context, chosen, source, output));
  return true;
}

constexpr std::array<Lowerer, 7> kLowerers = {{
    {"MaxPool", lower_pooling, false},
    {"AveragePool", lower_pooling, false},
    {"GlobalMaxPool", lower_global_pooling, false},
    {"GlobalAveragePool", lower_global_pooling, false},
    {"ReduceMean", lower_mean, false},
    {"Softmax", lower_softmax, false},
    {"Resize", lower_resize, false},
}};

}  // namespace

std::span<const Lowerer> window_lowerers() { return kLowerers; }

}  // namespace mien::onednn
