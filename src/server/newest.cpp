#include "server/newest.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <mutex>
#include <utility>
#include <vector>

namespace mien::server {

namespace asio = boost::asio;

/// How a viewer is woken: its timer is cancelled, in its own executor.
class Newest::Viewer::Waiting {
 public:
  explicit Waiting(asio::any_io_executor executor)
      : executor(std::move(executor)), timer(this->executor) {}

  asio::any_io_executor executor;
  asio::steady_timer timer;  ///< of the viewer's executor alone
  bool asleep = false;       ///< with the state's mutex locked
};

class Newest::State {
 public:
  void publish(Value value) {
    const std::lock_guard lock(mutex_);
    value_ = std::move(value);
    ++number_;
    wake();
  }

  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    wake();
  }

  bool is_closed() const {
    const std::lock_guard lock(mutex_);
    return closed_;
  }

  std::size_t viewers() const {
    const std::lock_guard lock(mutex_);
    return viewers_.size();
  }

  /// The number of what was published last.
  unsigned long long add(std::shared_ptr<Viewer::Waiting> viewer) {
    const std::lock_guard lock(mutex_);
    viewers_.push_back(std::move(viewer));
    return number_;
  }

  void remove(const std::shared_ptr<Viewer::Waiting>& viewer) {
    const std::lock_guard lock(mutex_);
    std::erase(viewers_, viewer);
  }

  /// What is newer than `seen`, which it becomes; null, and the viewer is woken later, when
  /// `sleeps`.
  Value take(unsigned long long& seen, Viewer::Waiting& viewer, bool sleeps) {
    const std::lock_guard lock(mutex_);
    viewer.asleep = false;
    if (number_ != seen) {
      seen = number_;
      return value_;
    }
    viewer.asleep = sleeps && !closed_;
    return nullptr;
  }

 private:
  /// While the mutex is locked no viewer goes, and so its executor stays.
  void wake() {
    for (const auto& viewer : viewers_) {
      if (!std::exchange(viewer->asleep, false)) continue;
      asio::post(viewer->executor, [weak = std::weak_ptr(viewer)] {
        if (const auto there = weak.lock()) there->timer.cancel();
      });
    }
  }

  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<Viewer::Waiting>> viewers_;
  Value value_;
  unsigned long long number_ = 0;
  bool closed_ = false;
};

Newest::Newest() : state_(std::make_shared<State>()) {}

void Newest::publish(Value value) { state_->publish(std::move(value)); }

void Newest::close() { state_->close(); }

bool Newest::is_closed() const { return state_->is_closed(); }

std::size_t Newest::viewers() const { return state_->viewers(); }

std::unique_ptr<Newest::Viewer> Newest::subscribe(asio::any_io_executor executor) const {
  return std::make_unique<Viewer>(state_, std::move(executor));
}

Newest::Viewer::Viewer(std::shared_ptr<State> state, asio::any_io_executor executor)
    : state_(std::move(state)),
      waiting_(std::make_shared<Waiting>(std::move(executor))),
      seen_(state_->add(waiting_)) {}

Newest::Viewer::~Viewer() { state_->remove(waiting_); }

bool Newest::Viewer::is_closed() const { return state_->is_closed(); }

asio::awaitable<Newest::Value> Newest::Viewer::next(std::chrono::milliseconds patience) {
  waiting_->timer.expires_after(patience);  // before anybody may cancel it
  auto value = state_->take(seen_, *waiting_, true);
  if (value || state_->is_closed()) co_return value;
  co_await waiting_->timer.async_wait(asio::as_tuple(asio::use_awaitable));
  co_return state_->take(seen_, *waiting_, false);
}

}  // namespace mien::server
