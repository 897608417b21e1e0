#include "inference/onednn/context.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "inference/graph/unsupported.h"

namespace mien::onednn {
namespace {

bool is_quantised_type(DataType type) { return type == DataType::u8 || type == DataType::s8; }

/// Whether both describe the same bytes in the same order: strides along sizes of 1 do not matter.
bool same_bytes(const Desc& a, const Desc& b) {
  if (a == b) return true;
  if (!is_plain(a) || !is_plain(b) || a.dims() != b.dims() || a.data_type() != b.data_type()) {
    return false;
  }
  for (std::size_t axis = 0; axis < a.dims().size(); ++axis) {
    if (a.dims()[axis] != 1 &&
        a.data.format_desc.blocking.strides[axis] != b.data.format_desc.blocking.strides[axis]) {
      return false;
    }
  }
  return true;
}

}  // namespace

bool is_plain(const Desc& desc) {
  return desc.data.format_kind == dnnl_blocked && desc.data.format_desc.blocking.inner_nblks == 0;
}

void unsupported(const Node& node, const char* what) {
  throw Unsupported(node.operation + " '" + node.name + "': " + what);
}

Context::Context(const Graph& graph, const dnnl::engine& engine, const Settings& settings,
                 Constants& constants)
    : graph_(graph),
      settings_(settings),
      constants_(constants),
      plan_(engine),
      readers_(graph.readers()),
      slots_(graph.values.size()) {}

std::vector<Operand> Context::operands(const Node& node) const { return operands_of(graph_, node); }

Desc Context::plain(const Shape& shape, DataType type) {
  if (shape.empty()) return {{1}, type, Tag::a};
  for (const auto size : shape) {
    if (size == 0) throw Unsupported("it holds an empty tensor");
  }
  if (shape.size() > DNNL_MAX_NDIMS) throw Unsupported("it holds a tensor with too many axes");
  return {shape, type, strides_of(shape)};
}

Desc Context::preferred(const Shape& shape) const {
  const bool picture = shape.size() == 4;
  const bool halved = settings_.precision == Precision::bfloat16 && picture;
  return preferred(shape, halved ? DataType::bf16 : DataType::f32);
}

Desc Context::preferred(const Shape& shape, DataType type) const {
  const auto row_by_row = plain(shape, type);
  if (shape.size() != 4) return row_by_row;
  switch (is_quantised_type(type) ? Layout::channels_last : settings_.layout) {
    case Layout::blocked_16:
      return {shape, type, Tag::nChw16c};
    case Layout::blocked_8:
      return {shape, type, Tag::nChw8c};
    case Layout::channels_last:
      break;
  }
  return {shape, type, Tag::nhwc};
}

Plan::Slot Context::slot(int value) {
  auto& slots = slots_[static_cast<std::size_t>(value)];
  if (!slots.empty()) return slots.front();
  if (constant(value) == nullptr) throw Unsupported("a value is read before it is computed");
  define(value, constant_slot(value, shape(value), plain(shape(value))));
  return slots.front();
}

Plan::Slot Context::slot(int value, const Desc& desc) {
  const auto computed = slot(value);
  auto& slots = slots_[static_cast<std::size_t>(value)];
  for (const auto kept : slots) {
    if (plan_.desc(kept) == desc) return kept;
    if (same_bytes(plan_.desc(kept), desc)) {
      slots.push_back(plan_.add_description(kept, desc));
      return slots.back();
    }
  }
  const auto converted = plan_.add(desc);
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  const bool from_integer = is_quantised_type(plan_.desc(computed).data_type());
  const bool to_integer = is_quantised_type(desc.data_type());
  const auto quantised = quantisation(value);
  if (from_integer != to_integer && quantised) {  // a picture's bytes are not
    const float scale = quantised->scale;
    attributes.set_output_scales(0, {from_integer ? scale : 1 / scale});
  }
  const dnnl::reorder::primitive_desc reorder(plan_.engine(), plan_.desc(computed), plan_.engine(),
                                              desc, attributes);
  plan_.add_step(dnnl::reorder(reorder), {{DNNL_ARG_FROM, computed}, {DNNL_ARG_TO, converted}},
                 reorder.scratchpad_desc());
  slots.push_back(converted);
  return converted;
}

Plan::Slot Context::constant_slot(int value, const Shape& shape, const Desc& wanted) {
  const auto* tensor = constant(value);
  if (tensor->type != ElementType::real) throw Unsupported("it computes with integers at run time");
  return plan_.add_constant(wanted, plain(shape), tensor->reals);
}

void Context::define(int value, Plan::Slot slot) {
  slots_[static_cast<std::size_t>(value)].push_back(slot);
}

void Context::copy(Plan::Slot from, Plan::Slot to) {
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  const dnnl::reorder::primitive_desc reorder(plan_.engine(), plan_.desc(from), plan_.engine(),
                                              plan_.desc(to), attributes);
  plan_.add_step(dnnl::reorder(reorder), {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}},
                 reorder.scratchpad_desc());
}

void Context::schedule(const std::vector<Group>& groups) {
  turns_.assign(graph_.nodes.size(), groups.size());
  const auto turn_of = [this](const Node* node) -> std::size_t& {
    return turns_[static_cast<std::size_t>(node - graph_.nodes.data())];
  };
  for (std::size_t turn = 0; turn < groups.size(); ++turn) {
    turn_of(groups[turn].base) = turn;
    for (const Node* node : groups[turn].fused) turn_of(node) = turn;
  }
}

bool Context::is_last_read(int value, const Group& group) const {
  const auto turn = turns_[static_cast<std::size_t>(group.base - graph_.nodes.data())];
  const auto& read_by = readers(value);
  return std::all_of(read_by.begin(), read_by.end(), [&](int reader) {
    if (reader < 0) return false;
    const auto index = static_cast<std::size_t>(reader);
    return turns_[index] < turn || group.contains(graph_.nodes[index]);
  });
}

std::optional<Context::Quantisation> Context::quantisation(int value) const {
  const auto found = settings_.ranges.find(graph_.value(value).name);
  if (found == settings_.ranges.end()) return std::nullopt;
  const auto [lowest, highest] = found->second;
  const float largest = std::max(std::abs(lowest), std::abs(highest));
  if (!(largest > 0) || !std::isfinite(largest)) return std::nullopt;
  if (lowest >= 0) return Quantisation{DataType::u8, largest / 255};
  return Quantisation{DataType::s8, largest / 127};
}

bool Context::is_read_quantised(int value) const {
  const auto& read_by = readers(value);
  return !read_by.empty() && std::all_of(read_by.begin(), read_by.end(), [&](int reader) {
    if (reader < 0) return false;
    const auto& node = graph_.nodes[static_cast<std::size_t>(reader)];
    return node.operation == "Conv" && node.inputs[0] == value && is_quantised(*this, node);
  });
}

Desc Context::output_desc(int value) const {
  if (settings_.precision == Precision::int8 && shape(value).size() == 4 && quantisation(value) &&
      is_read_quantised(value)) {
    return preferred(shape(value), quantisation(value)->type);
  }
  return preferred(shape(value));
}

}  // namespace mien::onednn
