#include "inference/onednn/plan.h"

#include <algorithm>
#include <cstdlib>
#include <new>

#include "mien/error.h"

namespace mien::onednn {
namespace {

constexpr std::size_t kAlignment = 64;  // a cache line, and the widest vector
/// Pictures with few channels can take sixteen times their size in blocks of channels.
constexpr std::size_t kLargestArena = std::size_t{1} << 30;

std::size_t aligned(std::size_t size) { return (size + kAlignment - 1) / kAlignment * kAlignment; }

}  // namespace

void Plan::FreeAligned::operator()(std::byte* bytes) const {
  ::operator delete(bytes, std::align_val_t(kAlignment));
}

Plan::Plan(dnnl::engine engine) : engine_(std::move(engine)), stream_(engine_) {}

Plan::Slot Plan::add_place(const Desc& desc, std::size_t storage, std::size_t offset) {
  slots_.push_back({desc, storage, offset, {}});
  return static_cast<Slot>(slots_.size()) - 1;
}

Plan::Slot Plan::add(const Desc& desc) {
  storages_.push_back({Kind::shared, desc.get_size()});
  return add_place(desc, storages_.size() - 1, 0);
}

Plan::Slot Plan::add_view(Slot slot, const Desc& desc, std::size_t offset) {
  const auto viewed = slots_[index(slot)];
  storages_[viewed.storage].viewed = true;
  return add_place(desc, viewed.storage, viewed.offset + offset);
}

Plan::Slot Plan::add_description(Slot slot, const Desc& desc, std::size_t offset) {
  const auto described = slots_[index(slot)];
  return add_place(desc, described.storage, described.offset + offset);
}

Plan::Slot Plan::add_external(const Desc& desc) {
  storages_.push_back({Kind::external, desc.get_size()});
  return add_place(desc, storages_.size() - 1, 0);
}

Plan::Slot Plan::add_constant(const Desc& wanted, const Desc& given,
                              std::span<const float> values) {
  // oneDNN has no memory of constant values; these are only read.
  dnnl::memory from(given, engine_, const_cast<float*>(values.data()));
  dnnl::memory to(wanted, engine_);
  const dnnl::reorder::primitive_desc reorder(engine_, given, engine_, wanted);
  dnnl::reorder(reorder).execute(stream_, from, to);
  stream_.wait();
  return add_constant(to);
}

Plan::Slot Plan::add_constant(const dnnl::memory& constant) {
  storages_.push_back({Kind::constant, constant.get_desc().get_size()});
  storages_.back().constant = constant;
  return add_place(constant.get_desc(), storages_.size() - 1, 0);
}

void Plan::use(Slot slot) {
  auto& storage = storages_[slots_[index(slot)].storage];
  const int step = static_cast<int>(steps_.size());
  if (storage.first_step < 0) storage.first_step = step;
  storage.last_step = step;
}

void Plan::add_step(const dnnl::primitive& primitive, std::vector<Argument> arguments,
                    const Desc& scratchpad) {
  if (scratchpad.get_size() > 0) arguments.push_back({DNNL_ARG_SCRATCHPAD, add(scratchpad)});
  for (const auto& argument : arguments) use(argument.slot);
  steps_.push_back({primitive, std::move(arguments), {}, 0});
}

void Plan::add_fill(Slot slot, float value) {
  use(slot);
  steps_.push_back({{}, {{DNNL_ARG_DST, slot}}, {}, value});
}

bool Plan::share_memory(Slot a, Slot b) const {
  return slots_[index(a)].storage == slots_[index(b)].storage;
}

bool Plan::is_reusable(Slot slot) const {
  const auto& place = slots_[index(slot)];
  const auto& storage = storages_[place.storage];
  return storage.kind == Kind::shared && !storage.viewed && place.offset == 0 &&
         place.desc.get_size() == storage.size;
}

/// The largest first, each at the lowest place where nothing that lives at the same time lies.
void Plan::lay_out() {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < storages_.size(); ++i) {
    if (storages_[i].kind == Kind::shared && storages_[i].first_step >= 0) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [this](std::size_t a, std::size_t b) {
    return storages_[a].size > storages_[b].size;
  });
  std::vector<std::size_t> placed;  // by offset
  for (const auto current : order) {
    auto& storage = storages_[current];
    std::size_t offset = 0;
    for (const auto other_index : placed) {
      const auto& other = storages_[other_index];
      const bool together =
          other.first_step <= storage.last_step && storage.first_step <= other.last_step;
      if (!together) continue;
      if (offset + storage.size <= other.offset) break;
      offset = std::max(offset, other.offset + aligned(other.size));
    }
    storage.offset = offset;
    arena_size_ = std::max(arena_size_, offset + aligned(storage.size));
    const auto behind = std::find_if(placed.begin(), placed.end(), [&](std::size_t other) {
      return storages_[other].offset > offset;
    });
    placed.insert(behind, current);
  }
}

void Plan::finish() {
  lay_out();
  if (arena_size_ > kLargestArena) {
    throw Error(ErrorCode::model, "it needs more than a gigabyte for one run");
  }
  arena_.reset(static_cast<std::byte*>(
      ::operator new(std::max(arena_size_, kAlignment), std::align_val_t(kAlignment))));
  // Blocked layouts pad channels, and oneDNN expects zeros there.
  std::fill_n(arena_.get(), arena_size_, std::byte{0});
  for (auto& place : slots_) {
    const auto& storage = storages_[place.storage];
    void* bytes = DNNL_MEMORY_NONE;
    if (storage.kind == Kind::constant) {
      bytes = static_cast<std::byte*>(storage.constant.get_data_handle()) + place.offset;
    } else if (storage.kind == Kind::shared && storage.first_step >= 0) {
      bytes = arena_.get() + storage.offset + place.offset;
    }
    place.memory = dnnl::memory(place.desc, engine_, bytes);
  }
  for (auto& step : steps_) {
    for (const auto& argument : step.arguments) {
      step.prepared.push_back({argument.name, slots_[index(argument.slot)].memory.get()});
    }
  }
}

void Plan::set_external(Slot slot, void* bytes) {
  for (auto& place : slots_) {
    if (place.storage != slots_[index(slot)].storage) continue;
    place.memory.set_data_handle(static_cast<std::byte*>(bytes) + place.offset);
  }
}

void Plan::fill(const Step& step) {
  const auto& place = slots_[index(step.arguments.front().slot)];
  auto* values = static_cast<float*>(place.memory.get_data_handle());
  std::fill_n(values, place.desc.get_size() / sizeof(float), step.value);
}

void Plan::run() {
  for (const auto& step : steps_) {
    if (!step.primitive) {
      fill(step);
      continue;
    }
    const auto status =
        dnnl_primitive_execute(step.primitive.get(), stream_.get(),
                               static_cast<int>(step.prepared.size()), step.prepared.data());
    if (status != dnnl_success) {
      throw Error(ErrorCode::internal, "oneDNN could not run a step (" +
                                           std::to_string(static_cast<int>(status)) +
                                           "); use --engine opencv");
    }
  }
  stream_.wait();
}

}  // namespace mien::onednn
