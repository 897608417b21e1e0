#include "inference/operators/rearranging.h"

#include <array>
#include <utility>
#include <vector>

#include "inference/onednn/context.h"

namespace mien::onednn {
namespace {

/// The value row by row.
Plan::Slot plain_slot(Context& context, int value) {
  return context.slot(value, Context::plain(context.shape(value)));
}

bool lower_reshape(Context& context, const Group& group) {
  const auto source = plain_slot(context, group.base->inputs[0]);
  context.define(group.output(),
                 context.plan().add_view(source, Context::plain(context.shape(group.output()))));
  return true;
}

/// A copy of a part of a tensor that is kept row by row: `strides` and `first` in elements.
void copy_part(Context& context, int value, Plan::Slot source, const Dims& strides,
               std::int64_t first) {
  const auto& shape = context.shape(value);
  const auto plain = Context::plain(shape);
  const auto view = context.plan().add_view(source, Desc(shape, DataType::f32, strides),
                                            static_cast<std::size_t>(first) * sizeof(float));
  const auto output = context.plan().add(plain);
  context.copy(view, output);
  context.define(value, output);
}

bool lower_transpose(Context& context, const Group& group) {
  const auto& node = *group.base;
  const auto& input = context.shape(node.inputs[0]);
  const auto from = strides_of(input);
  Dims strides;
  for (const auto axis : transposition(node, input)) strides.push_back(from[axis]);
  copy_part(context, group.output(), plain_slot(context, node.inputs[0]), strides, 0);
  return true;
}

/// What is copied at once: elements `shape` of the source from `from` on, to those of the output
/// from `to` on.
struct Part {
  Shape shape;
  std::int64_t from = 0;
  std::int64_t to = 0;
};

/// The part without the last element along the axis, and that element.
std::pair<Part, Part> without_last(const Part& part, std::size_t axis, std::int64_t from_stride,
                                   std::int64_t to_stride) {
  std::pair<Part, Part> parts{part, part};
  const auto last = --parts.first.shape[axis];
  parts.second.shape[axis] = 1;
  parts.second.from += last * from_stride;
  parts.second.to += last * to_stride;
  return parts;
}

/// oneDNN knows no strides by which the step behind an axis's last element would end behind the
/// axis: such a last element is copied by itself.
std::vector<Part> parts_of(const Shape& input, const std::vector<SliceAxis>& axes, const Dims& from,
                           const Dims& to) {
  Part whole;
  const auto strides = strides_of(input);
  for (std::size_t axis = 0; axis < axes.size(); ++axis) {
    whole.shape.push_back(axes[axis].count);
    whole.from += axes[axis].start * strides[axis];
  }
  std::vector<Part> parts{whole};
  for (std::size_t axis = 0; axis < axes.size(); ++axis) {
    const auto count = axes[axis].count;
    if (count < 2 || count * axes[axis].step <= input[axis]) continue;
    for (auto i = parts.size(); i-- > 0;) {
      auto [most, last] = without_last(parts[i], axis, from[axis], to[axis]);
      parts[i] = std::move(most);
      parts.push_back(std::move(last));
    }
  }
  return parts;
}

/// The strides, with those along sizes of 1, which do not matter, large enough for oneDNN.
Dims strides_for(const Part& part, Dims strides, std::int64_t elements) {
  for (std::size_t axis = 0; axis < strides.size(); ++axis) {
    if (part.shape[axis] == 1) strides[axis] = elements;
  }
  return strides;
}

bool lower_slice(Context& context, const Group& group) {
  const auto& node = *group.base;
  const auto& input = context.shape(node.inputs[0]);
  const auto axes = slice_axes(node, context.operands(node));
  auto from = strides_of(input);
  for (std::size_t axis = 0; axis < axes.size(); ++axis) {
    if (axes[axis].step < 0) unsupported(node, "its steps go back");
    from[axis] *= axes[axis].step;
  }
  const auto& shape = context.shape(group.output());
  const auto to = strides_of(shape);
  auto& plan = context.plan();
  const auto source = plain_slot(context, node.inputs[0]);
  const auto output = plan.add(Context::plain(shape));
  const auto bytes = [](std::int64_t elements) {
    return static_cast<std::size_t>(elements) * sizeof(float);
  };
  for (const auto& part : parts_of(input, axes, from, to)) {
    const Desc read(part.shape, DataType::f32, strides_for(part, from, element_count(input)));
    const Desc written(part.shape, DataType::f32, strides_for(part, to, element_count(shape)));
    context.copy(plan.add_view(source, read, bytes(part.from)),
                 plan.add_description(output, written, bytes(part.to)));
  }
  context.define(group.output(), output);
  return true;
}

bool lower_split(Context& context, const Group& group) {
  const auto& node = *group.base;
  const auto& input = context.shape(node.inputs[0]);
  const auto strides = strides_of(input);
  const auto axis = axis_of(node, node.integer("axis", 0), input.size());
  const auto source = plain_slot(context, node.inputs[0]);
  std::int64_t first = 0;
  for (const int output : node.outputs) {
    copy_part(context, output, source, strides, first * strides[axis]);
    first += context.shape(output)[axis];
  }
  return true;
}

bool lower_pad(Context& context, const Group& group) {
  const auto& node = *group.base;
  const auto operands = context.operands(node);
  const auto padding = padding_of(node, operands);
  const auto& shape = context.shape(node.outputs[0]);
  const auto strides = strides_of(shape);
  std::int64_t first = 0;
  for (std::size_t axis = 0; axis < strides.size(); ++axis) {
    first += padding.before[axis] * strides[axis];
  }
  const auto source = plain_slot(context, node.inputs[0]);
  const auto output = context.plan().add(Context::plain(shape));
  context.plan().add_fill(output, padding.value);
  const auto inner =
      context.plan().add_view(output, Desc(context.shape(node.inputs[0]), DataType::f32, strides),
                              static_cast<std::size_t>(first) * sizeof(float));
  context.copy(source, inner);
  context.define(group.output(), output);
  return true;
}

bool lower_concat(Context& context, const Group& group) {
  const auto& node = *group.base;
  const auto& shape = context.shape(node.outputs[0]);
  const auto axis = axis_of(node, node.integer("axis", 0), shape.size());
  // Blocks of channels can be laid beside each other only when they are full.
  bool whole_blocks = true;
  constexpr std::int64_t kBlock = 16;
  for (const int input : node.inputs) {
    const auto& part = context.shape(input);
    whole_blocks = whole_blocks && (part.size() != 4 || part[1] % kBlock == 0);
  }
  const bool blocked = context.settings().layout != Layout::channels_last;
  const auto type = context.preferred(shape).data_type();
  const auto desc_of = [&](const Shape& s) {
    return blocked && !whole_blocks ? Context::plain(s, type) : context.preferred(s);
  };
  std::vector<Desc> descs;
  std::vector<Plan::Argument> arguments;
  for (const int input : node.inputs) {
    const auto source = context.slot(input, desc_of(context.shape(input)));
    arguments.push_back({DNNL_ARG_MULTIPLE_SRC + static_cast<int>(descs.size()), source});
    descs.push_back(context.plan().desc(source));
  }
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  const dnnl::concat::primitive_desc chosen(desc_of(shape), static_cast<int>(axis), descs,
                                            context.plan().engine(), attributes);
  const auto output = context.plan().add(chosen.dst_desc());
  arguments.push_back({DNNL_ARG_DST, output});
  context.plan().add_step(dnnl::concat(chosen), std::move(arguments), chosen.scratchpad_desc());
  context.define(group.output(), output);
  return true;
}

constexpr std::array<Lowerer, 9> kLowerers = {{
    {"Reshape", lower_reshape, false},
    {"Flatten", lower_reshape, false},
    {"Squeeze", lower_reshape, false},
    {"Unsqueeze", lower_reshape, false},
    {"Transpose", lower_transpose, false},
    {"Slice", lower_slice, false},
    {"Split", lower_split, false},
    {"Pad", lower_pad, false},
    {"Concat", lower_concat, false},
}};

}  // namespace

std::span<const Lowerer> rearranging_lowerers() { return kLowerers; }

}  // namespace mien::onednn
