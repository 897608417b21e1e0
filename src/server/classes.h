#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <variant>

#include "server/class_room.h"
#include "server/history_writer.h"
#include "server/live_listener.h"
#include "server/message.h"

namespace mien::server {

struct ClassesOptions {
  ClassStatement statement;
  std::string link_base{};          ///< "https://192.168.1.5:5000", as members reach the server
  bool local = true;                ///< only this machine does
  std::string model{};              ///< that faces are read with
  HistoryWriter* writer = nullptr;  ///< none when nothing may be recorded
  std::size_t most_members = 100;   ///< of a class at once
  std::size_t most_joins = 2000;    ///< of a class, so that a link holder cannot fill the memory
  std::size_t most_open = 16;
};

/// The classes of this server. One that nobody is connected to for half an hour ends by itself;
/// members can take back what was recorded of them for as long as the server runs. Used in the
/// server's thread.
class Classes {
 public:
  explicit Classes(ClassesOptions options);
  ~Classes();
  Classes(const Classes&) = delete;
  Classes& operator=(const Classes&) = delete;

  const ClassesOptions& options() const { return options_; }

  /// Null when as many are open as may be.
  const ClassRoom* open(ClassPlan plan);
  ClassRoom* find(const std::string& code);
  std::string link_of(const ClassRoom& room) const;
  std::size_t open_count() const;
  std::size_t connected() const;

  /// Whether a path is one of a class's WebSockets.
  static bool is_socket(const std::string& path);
  /// Who connects to one, or the answer to who may not.
  std::variant<Response, std::unique_ptr<LiveListener>> connect(const Request& request);

  /// Until it is stopped.
  boost::asio::awaitable<void> run();
  /// Ends all classes.
  void stop();

 private:
  struct Entry;
  class HostListener;
  class MemberListener;
  class RoomListener;

  std::variant<Response, std::unique_ptr<LiveListener>> join(const std::shared_ptr<Entry>& entry,
                                                             const Request& request);

  ClassesOptions options_;
  std::map<std::string, std::shared_ptr<Entry>> rooms_;
  bool stopped_ = false;
};

}  // namespace mien::server
