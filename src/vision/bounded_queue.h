#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace mien {

/// Hands what one thread makes to the next, in order, and holds no more than it was made for. It
/// ends in one of two ways: close() lets what waits be taken first, discard() drops it.
template <typename T>
class BoundedQueue {
 public:
  /// `capacity` is 1 or more.
  explicit BoundedQueue(std::size_t capacity) : capacity_(capacity) {}

  /// Waits while the queue is full. False when it is closed; then the item is lost.
  bool push(T item) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [this] { return closed_ || items_.size() < capacity_; });
    if (closed_) return false;
    items_.push_back(std::move(item));
    lock.unlock();
    filled_.notify_one();
    return true;
  }

  /// Never waits: when the queue is full, its oldest item leaves it and is put into `dropped`.
  bool push_over_oldest(T item, std::optional<T>& dropped) {
    std::unique_lock lock(mutex_);
    dropped.reset();
    if (closed_) return false;
    if (items_.size() == capacity_) {
      dropped = std::move(items_.front());
      items_.pop_front();
    }
    items_.push_back(std::move(item));
    lock.unlock();
    filled_.notify_one();
    return true;
  }

  /// Waits for the next item; nothing when the queue is closed and empty.
  std::optional<T> pop() {
    std::unique_lock lock(mutex_);
    filled_.wait(lock, [this] { return closed_ || !items_.empty(); });
    if (items_.empty()) return std::nullopt;
    std::optional<T> item(std::move(items_.front()));
    items_.pop_front();
    lock.unlock();
    room_.notify_one();
    return item;
  }

  /// Nothing more is taken in; what waits is still given out.
  void close() { end(false); }

  /// Nothing more is taken in or given out.
  void discard() { end(true); }

 private:
  void end(bool drop) {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
      if (drop) items_.clear();
    }
    room_.notify_all();
    filled_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable room_;
  std::condition_variable filled_;
  std::deque<T> items_;
  std::size_t capacity_;
  bool closed_ = false;
};

}  // namespace mien
