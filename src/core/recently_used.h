#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace mien {

/// Keeps what was made for a few keys; what was used longest ago goes first.
template <typename Key, typename Value>
class RecentlyUsed {
 public:
  /// Keeps values that weigh at most `most` together, and the one used last whatever it weighs.
  explicit RecentlyUsed(std::size_t most) : most_(most) {}

  /// The value of that key, valid until the next call; `make()` gives it where none is kept.
  template <typename Make>
  Value& get(const Key& key, std::size_t weight, const Make& make) {
    const auto found = std::find_if(kept_.begin(), kept_.end(),
                                    [&key](const Entry& entry) { return entry.key == key; });
    if (found != kept_.end()) {
      std::rotate(found, found + 1, kept_.end());
      return kept_.back().value;
    }
    make_room(weight);  // first, so that the old one's memory is free for the new one
    kept_.push_back({key, weight, make()});
    return kept_.back().value;
  }

  std::size_t size() const { return kept_.size(); }

 private:
  struct Entry {
    Key key;
    std::size_t weight;
    Value value;
  };

  void make_room(std::size_t weight) {
    std::size_t all = weight;
    for (const auto& entry : kept_) all += entry.weight;
    while (!kept_.empty() && all > most_) {
      all -= kept_.front().weight;
      kept_.erase(kept_.begin());
    }
  }

  std::size_t most_;
  std::vector<Entry> kept_;  // the one used last at the end
};

}  // namespace mien
