#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "history/history.h"

namespace mien::server {

/// Writes all sessions that the server records, in a thread of its own, in the order in which they
/// were given. What cannot be written (a locked file, a full disk) is told of, kept, and tried
/// again every few seconds; a session for which too much is kept is given up. Functions may be
/// called from any thread; what is awaited goes on in its own executor.
class HistoryWriter {
 public:
  /// Throws Error as History does.
  HistoryWriter(const std::filesystem::path& path, std::function<void(const std::string&)> notice);
  HistoryWriter(const HistoryWriter&) = delete;
  HistoryWriter& operator=(const HistoryWriter&) = delete;
  /// As finish().
  ~HistoryWriter();

  /// Writes what was given, as far as that is possible soon; nothing may be given afterwards.
  void finish();

  class Session {
   public:
    Session(HistoryWriter& writer, SessionInfo info);

    void write(SessionBatch batch);
    /// At `seconds` from its start.
    void end(double seconds);
    /// Overwrites what was replaced, soon.
    void wipe();

    /// Throws Error when it could not be begun.
    boost::asio::awaitable<long long> id();
    /// Throws Error as History does; then it can be asked for again.
    boost::asio::awaitable<void> remove_participant(int number);
    boost::asio::awaitable<void> remove();

   private:
    friend class HistoryWriter;
    struct Written;
    HistoryWriter& writer_;
    std::shared_ptr<Written> written_;  ///< of the writer's thread
  };

  std::shared_ptr<Session> begin(SessionInfo info);

 private:
  using Clock = std::chrono::steady_clock;

  // In the writer's thread:
  bool attempt(Session::Written& written, const std::function<void()>& work);
  void flush(Session::Written& written);
  void wipe_if_due();
  void fail(Session::Written& written, const std::string& why);

  History history_;
  std::function<void(const std::string&)> notice_;
  Clock::time_point retry_at_;  ///< after a failure
  bool wipe_due_ = false;
  Clock::time_point wipe_at_;
  std::atomic<bool> finishing_ = false;
  boost::asio::thread_pool thread_{1};
};

}  // namespace mien::server
