#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

namespace mien::server {

/// The newest of what one thread makes, for any number of viewers. Who is slow misses what came in
/// between; nothing is queued, and nothing is copied for a viewer before it asks.
class Newest {
 public:
  using Value = std::shared_ptr<const std::string>;

  class Viewer;

  Newest();

  /// Any thread may call these.
  void publish(Value value);
  /// No more will come.
  void close();
  bool is_closed() const;
  std::size_t viewers() const;

  /// A viewer whose coroutine runs in `executor`; it sees what is published from now on.
  std::unique_ptr<Viewer> subscribe(boost::asio::any_io_executor executor) const;

 private:
  class State;
  std::shared_ptr<State> state_;
};

/// Used by one coroutine; counts as a viewer while it lives.
class Newest::Viewer {
 public:
  class Waiting;

  Viewer(std::shared_ptr<State> state, boost::asio::any_io_executor executor);
  Viewer(const Viewer&) = delete;
  Viewer& operator=(const Viewer&) = delete;
  ~Viewer();

  /// The newest that this viewer has not seen; waits for it as long as that. Null when nothing came
  /// or nothing will come.
  boost::asio::awaitable<Value> next(std::chrono::milliseconds patience);

  bool is_closed() const;

 private:
  std::shared_ptr<State> state_;
  std::shared_ptr<Waiting> waiting_;
  unsigned long long seen_;
};

}  // namespace mien::server
