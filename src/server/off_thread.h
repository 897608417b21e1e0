#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <type_traits>
#include <utility>

namespace mien::server {

/// Does work that takes long in a thread of the pool; the coroutine goes on in its own executor
/// with what the work returns or throws. The pool's threads are to be joined before that executor
/// ends.
template <typename Work>
boost::asio::awaitable<std::invoke_result_t<Work>> off_thread(boost::asio::thread_pool& pool,
                                                              Work work) {
  using Result = std::invoke_result_t<Work>;
  auto task = [](Work job) -> boost::asio::awaitable<Result> { co_return job(); };
  // By a strand a cancellation comes after the work, not beside it in another thread.
  co_return co_await boost::asio::co_spawn(boost::asio::make_strand(pool), task(std::move(work)),
                                           boost::asio::use_awaitable);
}

}  // namespace mien::server
