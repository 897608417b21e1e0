#pragma once

#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "server/classes.h"
#include "server/disk_space.h"
#include "server/gate.h"
#include "server/history_writer.h"
#include "server/limits.h"
#include "server/live_clients.h"
#include "server/metrics.h"
#include "server/private_folder.h"
#include "server/router.h"
#include "server/static_pages.h"

namespace mien::server {

/// What all connections share. Used in the server's thread.
struct Site {
  Limits limits;
  Gate gate;
  Router router;
  StaticPages pages;
  Metrics metrics;
  LiveClients live;
  Classes* classes = nullptr;        ///< none unless the server holds them
  HistoryWriter* history = nullptr;  ///< none when nothing may be recorded
  RecorderOptions recording;         ///< of live clients
  PrivateFolder folder;              ///< of uploads
  std::shared_ptr<DiskSpace> space;
  std::uint64_t uploads = 0;
  std::uint64_t bodies_bytes = 0;  ///< that bodies in memory may take at the moment
  /// Told in one line what went wrong within the server.
  std::function<void(const std::string&)> notice;
  boost::asio::thread_pool disk{1};  ///< waits for files in place of the server's thread

  /// The name of a file that is not there yet.
  std::filesystem::path new_upload() { return folder.path() / std::to_string(uploads++); }
};

}  // namespace mien::server
