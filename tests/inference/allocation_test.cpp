// A run takes no memory: no code of Mien's calls operator new, and what malloc() has handed out
// altogether stays the same. oneDNN's library makes a small map of each step's arguments and frees
// it again; that it takes nothing larger is checked too.
#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>

#include "graph_maker.h"
#include "inference/graph/simplify.h"

// What the linker says of this program's code.
extern const char __executable_start;
extern const char etext;

namespace {

std::atomic<bool> counting = false;
std::atomic<std::size_t> allocations = 0;
std::atomic<std::size_t> own_allocations = 0;
std::atomic<std::size_t> largest = 0;

/// Whether code of this program, which holds Mien's, asks for memory, and not that of a library.
bool is_own(const void* caller) {
  const auto* at = static_cast<const char*>(caller);
  return at >= &__executable_start && at < &etext;
}

void* allocate(std::size_t size, std::size_t alignment, const void* caller) {
  if (counting) {
    ++allocations;
    own_allocations += is_own(caller) ? 1 : 0;
    largest = std::max<std::size_t>(largest, size);
  }
  const std::size_t rounded =
      (std::max<std::size_t>(size, 1) + alignment - 1) / alignment * alignment;
  if (void* bytes = std::aligned_alloc(alignment, rounded)) return bytes;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) {
  return allocate(size, alignof(std::max_align_t), __builtin_return_address(0));
}
void* operator new[](std::size_t size) {
  return allocate(size, alignof(std::max_align_t), __builtin_return_address(0));
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return allocate(size, static_cast<std::size_t>(alignment), __builtin_return_address(0));
}
void operator delete(void* bytes) noexcept { std::free(bytes); }
void operator delete[](void* bytes) noexcept { std::free(bytes); }
void operator delete(void* bytes, std::size_t /*size*/) noexcept { std::free(bytes); }
void operator delete[](void* bytes, std::size_t /*size*/) noexcept { std::free(bytes); }
void operator delete(void* bytes, std::align_val_t /*alignment*/) noexcept { std::free(bytes); }

namespace mien {
namespace {

using test::GraphMaker;
using test::Integers;

int convolve(GraphMaker& maker, std::mt19937& random, int value, std::int64_t in,
             std::int64_t out) {
  return maker.node("Conv",
                    {value, maker.random_constant({out, in, 3, 3}, random, 0.1F),
                     maker.random_constant({out}, random)},
                    {{"pads", Integers{1, 1, 1, 1}}});
}

/// Steps of every kind: primitives with and without fused operations, fills, copies, conversions.
Graph graph_with(int blocks) {
  std::mt19937 random(1);
  GraphMaker maker;
  int value = convolve(maker, random, maker.input({2, 1, 12, 12}), 1, 32);
  for (int i = 0; i < blocks; ++i) {
    const int inner = maker.node("Relu", {convolve(maker, random, value, 32, 32)});
    const int sum = maker.node("Add", {convolve(maker, random, inner, 32, 32), value});
    value = maker.node("Relu", {sum});
  }
  value =
      maker.node("Pad", {value, maker.integers({0, 0, 1, 1, 0, 0, 1, 1}), maker.constant({}, {1})});
  value = maker.node("MaxPool", {value}, {{"kernel_shape", Integers{2, 2}}});
  const int mean =
      maker.node("ReduceMean", {value}, {{"axes", Integers{2, 3}}, {"keepdims", std::int64_t{0}}});
  maker.output(
      maker.node("Softmax", {maker.node("Gemm", {mean, maker.random_constant({32, 7}, random)})}));
  return maker.graph();
}

struct Counted {
  std::size_t allocations;
  std::size_t own;
  std::size_t largest;
  std::size_t growth;  ///< of what malloc() has handed out
};

Counted count_run(const Graph& graph, int runs) {
  std::mt19937 random(2);
  const auto inputs = test::random_inputs(graph, random);
  const auto executor = make_onednn_executor(simplify(graph), {}, make_onednn_constants());
  std::vector<float> output(14);
  const std::vector<std::span<const float>> from(inputs.begin(), inputs.end());
  const std::vector<std::span<float>> to{output};
  for (int warming = 0; warming < 3; ++warming) executor->run(from, to);
  allocations = 0;
  own_allocations = 0;
  largest = 0;
  const auto before = mallinfo2().uordblks;
  counting = true;
  for (int i = 0; i < runs; ++i) executor->run(from, to);
  counting = false;
  return {allocations, own_allocations, largest, mallinfo2().uordblks - before};
}

TEST(Allocation, ARunTakesNothing) {
  const auto counted = count_run(graph_with(4), 20);
  EXPECT_EQ(counted.own, 0U);
  EXPECT_EQ(counted.growth, 0U);
  // The largest tensor has 36 KiB, a node of oneDNN's maps less than 100 bytes.
  EXPECT_LT(counted.largest, 1024U);
}

TEST(Allocation, WhatThisProgramTakesIsSeen) {
  own_allocations = 0;
  counting = true;
  const auto seen = std::make_unique<std::vector<float>>(1000);
  counting = false;
  EXPECT_EQ(own_allocations, 2U) << seen->size();
}

TEST(Allocation, IsTheSameForEachRun) {
  const auto few = count_run(graph_with(2), 10);
  const auto more = count_run(graph_with(2), 20);
  EXPECT_EQ(more.allocations, 2 * few.allocations);
  RecordProperty("of_onednn_per_run", std::to_string(few.allocations / 10));
}

}  // namespace
}  // namespace mien
