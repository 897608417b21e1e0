#include "core/recently_used.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace mien {
namespace {

TEST(RecentlyUsed, MakesEachValueOnce) {
  RecentlyUsed<int, std::string> kept(3);
  int made = 0;
  const auto get = [&](int key) {
    return kept.get(key, 1, [&] {
      ++made;
      return std::to_string(key);
    });
  };
  for (const int key : {1, 2, 3, 1, 2, 3}) EXPECT_EQ(get(key), std::to_string(key));
  EXPECT_EQ(made, 3);
}

TEST(RecentlyUsed, ForgetsWhatWasUsedLongestAgo) {
  RecentlyUsed<int, int> kept(2);
  int made = 0;
  const auto get = [&](int key) { return kept.get(key, 1, [&] { return ++made; }); };
  get(1);
  get(2);
  get(1);
  get(3);  // in place of 2
  EXPECT_EQ(made, 3);
  EXPECT_EQ(get(1), 1);
  EXPECT_EQ(get(3), 3);
  EXPECT_EQ(get(2), 4);
  EXPECT_EQ(kept.size(), 2U);
}

TEST(RecentlyUsed, KeepsOneThatWeighsTooMuchAlone) {
  RecentlyUsed<int, std::unique_ptr<int>> kept(10);
  const auto make = [] { return std::make_unique<int>(7); };
  kept.get(1, 4, make);
  kept.get(2, 4, make);
  EXPECT_EQ(kept.size(), 2U);
  EXPECT_EQ(*kept.get(3, 100, make), 7);
  EXPECT_EQ(kept.size(), 1U);
  kept.get(4, 1, make);
  EXPECT_EQ(kept.size(), 1U);
}

TEST(RecentlyUsed, OneThatCannotBeMadeIsNotKept) {
  RecentlyUsed<int, int> kept(2);
  EXPECT_THROW(kept.get(1, 1, []() -> int { throw 1; }), int);
  EXPECT_EQ(kept.size(), 0U);
  EXPECT_EQ(kept.get(1, 1, [] { return 5; }), 5);
}

}  // namespace
}  // namespace mien
