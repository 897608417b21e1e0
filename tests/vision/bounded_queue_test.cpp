#include "vision/bounded_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

namespace mien {
namespace {

/// Waits until a thread has passed a point, or has had every chance to.
void let_others_run() { std::this_thread::sleep_for(std::chrono::milliseconds(20)); }

TEST(BoundedQueue, KeepsTheOrderAndLosesNothing) {
  BoundedQueue<int> queue(3);
  std::jthread producer([&queue] {
    for (int i = 0; i < 5000; ++i) EXPECT_TRUE(queue.push(i));
    queue.close();
  });
  int expected = 0;
  while (const auto item = queue.pop()) EXPECT_EQ(*item, expected++);
  EXPECT_EQ(expected, 5000);
}

TEST(BoundedQueue, AFullQueueMakesTheProducerWait) {
  BoundedQueue<int> queue(2);
  std::atomic<int> pushed = 0;
  std::jthread producer([&] {
    for (int i = 0; i < 5; ++i) {
      queue.push(i);
      ++pushed;
    }
  });
  let_others_run();
  EXPECT_LE(pushed, 2);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(queue.pop(), i);
}

TEST(BoundedQueue, GivesUpTheOldestForANewer) {
  BoundedQueue<int> queue(2);
  std::optional<int> dropped;
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(queue.push_over_oldest(i, dropped));
    EXPECT_FALSE(dropped);
  }
  for (int i = 2; i < 6; ++i) {
    EXPECT_TRUE(queue.push_over_oldest(i, dropped));
    EXPECT_EQ(dropped, i - 2);
  }
  EXPECT_EQ(queue.pop(), 4);
  EXPECT_EQ(queue.pop(), 5);
}

TEST(BoundedQueue, CloseLetsTheRestBeTaken) {
  BoundedQueue<int> queue(2);
  std::optional<int> dropped;
  queue.push(1);
  queue.push(2);
  queue.close();
  EXPECT_FALSE(queue.push(3));
  EXPECT_FALSE(queue.push_over_oldest(3, dropped));
  EXPECT_FALSE(dropped);
  EXPECT_EQ(queue.pop(), 1);
  EXPECT_EQ(queue.pop(), 2);
  EXPECT_EQ(queue.pop(), std::nullopt);
}

TEST(BoundedQueue, DiscardDropsTheRest) {
  BoundedQueue<std::shared_ptr<int>> queue(2);
  const auto item = std::make_shared<int>(1);
  queue.push(item);
  queue.discard();
  EXPECT_EQ(item.use_count(), 1);
  EXPECT_FALSE(queue.pop());
  EXPECT_FALSE(queue.push(item));
}

TEST(BoundedQueue, EndingWakesWhoWaits) {
  BoundedQueue<int> full(1);
  full.push(0);
  BoundedQueue<int> empty(1);
  std::jthread producer([&full] { EXPECT_FALSE(full.push(1)); });
  std::jthread consumer([&empty] { EXPECT_FALSE(empty.pop()); });
  let_others_run();
  full.discard();
  empty.close();
}

TEST(BoundedQueue, ManyThreadsShareIt) {
  BoundedQueue<int> queue(4);
  std::atomic<long> sum = 0;
  std::vector<std::jthread> consumers;
  for (int t = 0; t < 3; ++t) {
    consumers.emplace_back([&] {
      while (const auto item = queue.pop()) sum += *item;
    });
  }
  {
    std::vector<std::jthread> producers;
    for (int t = 0; t < 3; ++t) {
      producers.emplace_back([&queue] {
        for (int i = 1; i <= 1000; ++i) queue.push(i);
      });
    }
  }
  queue.close();
  consumers.clear();
  EXPECT_EQ(sum, 3 * 1000 * 1001 / 2);
}

}  // namespace
}  // namespace mien
