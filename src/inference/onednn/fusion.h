#pragma once

#include <optional>
#include <vector>

#include "inference/onednn/context.h"

namespace mien::onednn {

/// Whether oneDNN may do the node as part of the primitive that gives `through`, one of its inputs.
bool is_fusable(const Context& context, const Node& node, int through);

/// The shape with axes of size 1 before it, as many as make `rank`.
Shape widened(const Shape& shape, std::size_t rank);

/// A value seen with `rank` axes, kept as values of that shape usually are.
Plan::Slot widened_slot(Context& context, int value, std::size_t rank);

/// An activation function as oneDNN states it.
struct Activation {
  dnnl::algorithm algorithm;
  float alpha = 0;
  float beta = 0;
};

/// The activations one after the other that a node is; none when it is no activation.
std::vector<Activation> activations_of(const Context& context, const Node& node);

/// What a primitive needs to do its group's fused nodes.
struct FusedOperations {
  dnnl::primitive_attr attributes;
  std::vector<Plan::Argument> arguments;
  std::optional<Plan::Slot>
      output;  ///< of an addition in place: the memory that becomes the output
};

/// The fused nodes of a group, for an output kept as `output` says. With `in_place`, an addition of
/// a value that nobody reads afterwards is done in its memory. Values are converted where needed.
FusedOperations fuse(Context& context, const Group& group, const Desc& output, bool in_place);

}  // namespace mien::onednn
