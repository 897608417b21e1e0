#pragma once

#include <cstddef>
#include <cstdint>
#include <dnnl.hpp>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace mien::onednn {

using Desc = dnnl::memory::desc;

/// A run in order: primitives of oneDNN with their arguments, all memory laid out beforehand. Built
/// once, then run any number of times without taking memory.
class Plan {
 public:
  /// A place for a tensor; what the numbers of slots are.
  using Slot = int;
  struct Argument {
    int name;  ///< DNNL_ARG_...
    Slot slot;
  };

  explicit Plan(dnnl::engine engine);

  const dnnl::engine& engine() const { return engine_; }
  const Desc& desc(Slot slot) const { return slots_[index(slot)].desc; }

  /// Memory that lives from the step that first uses it to the one that last does.
  Slot add(const Desc& desc);
  /// The same bytes, or those `offset` bytes further on, as another value; from now on no step may
  /// write over them.
  Slot add_view(Slot slot, const Desc& desc, std::size_t offset = 0);
  /// The same bytes, or a part of them `offset` bytes further on, as the same value, described in
  /// another way.
  Slot add_description(Slot slot, const Desc& desc, std::size_t offset = 0);
  /// Memory of the caller's, to be set before each run.
  Slot add_external(const Desc& desc);
  /// Fixed values, given as floats laid out as `given` says, kept as `wanted`.
  Slot add_constant(const Desc& wanted, const Desc& given, std::span<const float> values);
  /// Fixed values that another plan may hold too.
  Slot add_constant(const dnnl::memory& constant);
  dnnl::memory constant(Slot slot) const { return storages_[slots_[index(slot)].storage].constant; }

  void add_step(const dnnl::primitive& primitive, std::vector<Argument> arguments,
                const Desc& scratchpad);
  /// Makes all of a slot's floats this value.
  void add_fill(Slot slot, float value);

  /// Whether both slots hold, at least in part, the same bytes.
  bool share_memory(Slot a, Slot b) const;
  /// Whether the slot's bytes may be overwritten by a step that reads them last.
  bool is_reusable(Slot slot) const;

  /// Gives every slot its memory; nothing is added any more.
  void finish();

  void set_external(Slot slot, void* bytes);
  void run();

 private:
  enum class Kind { shared, external, constant };
  struct Storage {
    Kind kind;
    std::size_t size;
    int first_step = -1;  // -1: not used yet
    int last_step = -1;
    std::size_t offset = 0;
    bool viewed = false;
    dnnl::memory constant = {};
  };
  struct Place {
    Desc desc;
    std::size_t storage;
    std::size_t offset;
    dnnl::memory memory;
  };
  struct Step {
    dnnl::primitive primitive;  // empty: a fill
    std::vector<Argument> arguments;
    std::vector<dnnl_exec_arg_t> prepared;
    float value;
  };

  static std::size_t index(Slot slot) { return static_cast<std::size_t>(slot); }
  Slot add_place(const Desc& desc, std::size_t storage, std::size_t offset);
  void use(Slot slot);
  void lay_out();
  void fill(const Step& step);

  dnnl::engine engine_;
  dnnl::stream stream_;
  std::vector<Storage> storages_;
  std::vector<Place> slots_;
  std::vector<Step> steps_;
  std::size_t arena_size_ = 0;
  struct FreeAligned {
    void operator()(std::byte* bytes) const;
  };
  std::unique_ptr<std::byte, FreeAligned> arena_;
};

}  // namespace mien::onednn
