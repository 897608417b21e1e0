#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "history/history.h"

namespace mien::server {

/// Writes all sessions that the server records, in a thread of its own, in the order in which they
/// were given. A session that cannot be written (a full disk, a locked file) is told of once, and
/// nothing more is written of it. Functions may be called from any thread; what is awaited goes on
/// in its own executor.
class HistoryWriter {
 public:
  /// Throws Error as History does.
  HistoryWriter(const std::filesystem::path& path, std::function<void(const std::string&)> notice);
  HistoryWriter(const HistoryWriter&) = delete;
  HistoryWriter& operator=(const HistoryWriter&) = delete;
  /// Waits until all is written.
  ~HistoryWriter();

  /// The same; nothing may be given afterwards.
  void finish();

  class Session {
   public:
    Session(HistoryWriter& writer, SessionInfo info);

    void write(SessionBatch batch);
    /// At `seconds` from its start.
    void end(double seconds);

    /// Wipes what was replaced.
    void clean();

    boost::asio::awaitable<long long> id();
    /// Throws Error as History does.
    boost::asio::awaitable<void> remove_participant(int number);
    boost::asio::awaitable<void> remove();

   private:
    struct Written;
    HistoryWriter& writer_;
    std::shared_ptr<Written> written_;  ///< of the writer's thread
  };

  std::shared_ptr<Session> begin(SessionInfo info);

 private:
  History history_;
  std::function<void(const std::string&)> notice_;
  boost::asio::thread_pool thread_{1};
};

}  // namespace mien::server
