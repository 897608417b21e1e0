#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "history/key_frames.h"
#include "history/session_recorder.h"
#include "mien/frame_source.h"
#include "server/analysis_pool.h"
#include "server/class_room.h"
#include "server/gallery.h"
#include "server/limits.h"
#include "server/static_pages.h"

namespace mien::server {

struct ServerOptions {
  std::string version;
  /// An address of this machine or its name. Default: this machine alone can connect.
  std::string listen = "localhost";
  std::uint16_t port = 5000;  ///< 0: a free one
  /// Who asks must know it. By default one is made where others than this machine can connect.
  std::string token = {};
  bool no_token = false;  ///< anybody who can connect may ask
  /// Names of this server beside those it listens on.
  std::vector<std::string> hosts = {};
  bool allow_embedding = false;  ///< pages of other sites may show the stream's pictures
  std::optional<std::filesystem::path> certificate = {};  ///< PEM; with `key`
  std::optional<std::filesystem::path> key = {};
  bool self_signed = false;
  AnalysisPoolOptions analysis = {};
  std::optional<std::string> source = {};  ///< of the server's own stream
  FrameSourceOptions frames = {};          ///< how it is read
  Gallery gallery = {};
  /// With it classes may be opened.
  std::optional<ClassStatement> classes = {};
  /// The history into which the source is recorded, and clients and classes who ask for it.
  std::optional<std::filesystem::path> record = {};
  RecorderOptions recording = {};                  ///< of the source and of live clients
  std::optional<KeyFrameOptions> key_frames = {};  ///< of the source; else no picture is kept
  Limits limits = {};
  std::span<const PageFile> pages = embedded_pages();
  /// Told in one line what the server's user should know. Called in the server's threads.
  std::function<void(const std::string&)> notice = [](const std::string&) {};
};

/// The web app: pages, REST, WebSockets, in a thread of its own beside those that analyze.
class Server {
 public:
  /// Listens and answers from now on. Throws Error: usage for options that make no sense, model for
  /// models that cannot be loaded, internal when the port is taken.
  explicit Server(const ServerOptions& options);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();

  std::uint16_t port() const;
  /// Where a browser opens it, with the token.
  std::string url() const;
  /// Empty when none is asked for.
  const std::string& token() const;
  /// Whether only this machine can connect.
  bool is_local() const;
  bool is_secure() const;  ///< by TLS
  /// SHA-256 of the certificate; empty without TLS.
  const std::string& fingerprint() const;

  /// What it can be asked for: "get /api/v1/health".
  std::vector<std::string> routes() const;

  /// Ends within two seconds: what is nearly done is finished, the rest is cut off, and nothing is
  /// left on the disk. What an analyzer has begun, such as decoding a large picture, goes on; the
  /// destructor waits for it.
  void stop();

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace mien::server
