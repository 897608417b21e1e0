#include "server/server.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/multiple_exceptions.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <set>
#include <thread>
#include <utility>

#include "history/session_feed.h"
#include "mien/error.h"
#include "output/shown_name.h"
#include "server/analyze_routes.h"
#include "server/class_routes.h"
#include "server/classes.h"
#include "server/connection.h"
#include "server/history_writer.h"
#include "server/info_routes.h"
#include "server/job_routes.h"
#include "server/jobs.h"
#include "server/listener.h"
#include "server/model_catalogue.h"
#include "server/stopwatch.h"
#include "server/stream.h"
#include "server/stream_routes.h"
#include "server/tls.h"

namespace mien::server {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
/// How often it is looked for clients that are too slow.
constexpr auto kWatch = std::chrono::milliseconds(100);
/// For what is nearly done when the server stops; afterwards it is cut off.
constexpr auto kGrace = std::chrono::milliseconds(1000);
constexpr auto kLastGrace = std::chrono::milliseconds(1500);
/// Until other programs have closed files, when none can be opened.
constexpr auto kPause = std::chrono::milliseconds(100);
constexpr std::size_t kShortestToken = 16;

/// What still waits in it can be destroyed before what it refers to.
class Context : public asio::io_context {
 public:
  explicit Context(int threads) : asio::io_context(threads) {}
  using asio::execution_context::shutdown;
};

std::vector<std::string> own_names(const ServerOptions& options, const Listeners& listeners) {
  std::vector<std::string> names = {"localhost", "127.0.0.1", "::1"};
  names.push_back(options.listen);
  names.insert(names.end(), listeners.addresses.begin(), listeners.addresses.end());
  names.insert(names.end(), options.hosts.begin(), options.hosts.end());
  return names;
}

std::string token_of(const ServerOptions& options, const Listeners& listeners) {
  if (!options.token.empty()) {
    const auto is_plain = [](char c) { return c > ' ' && c < 0x7F && c != ';' && c != '"'; };
    if (options.token.size() < kShortestToken ||
        !std::all_of(options.token.begin(), options.token.end(), is_plain)) {
      throw Error(ErrorCode::usage,
                  "--token (or MIEN_TOKEN): too easy to guess, or with characters that are none "
                  "of a token's; give 16 or more letters and digits");
    }
    return options.token;
  }
  return listeners.local || options.no_token ? std::string() : make_token();
}

Identity identity_of(const ServerOptions& options, std::vector<std::string> names) {
  if (options.certificate.has_value() != options.key.has_value()) {
    throw Error(ErrorCode::usage, "--tls-cert and --tls-key go together; give both");
  }
  if (options.certificate) return identity_from_files(*options.certificate, *options.key);
  if (!options.self_signed) return {};
  for (auto& address : machine_addresses()) names.push_back(std::move(address));
  std::erase(names, "0.0.0.0");
  std::erase(names, "::");
  return self_signed_identity(names);
}

AnalysisPoolOptions pool_options(const ServerOptions& options, const ModelCatalogue& models) {
  auto pool = options.analysis;
  pool.video.analyzer.model = models.default_name();
  if (!pool.make_model) {
    const auto network = pool.video.analyzer.network;
    pool.make_model = [&models, network](const std::string& name) {
      return make_expression_model(models.get(name).path, network);
    };
  }
  if (!pool.make_attributes) {
    pool.make_attributes = [analyzer = pool.video.analyzer] {
      return load_attribute_model(analyzer.attributes, analyzer.network);
    };
  }
  if (!pool.make_detector) {
    pool.make_detector = [detector = pool.video.analyzer.detector] {
      return make_face_detector(detector);
    };
  }
  return pool;
}

/// An analyzer beside those of the pool, for a source of its own.
VideoAnalyzer make_analyzer(const AnalysisPoolOptions& pool, const std::string& model) {
  return {pool.make_detector(), pool.make_model(model), pool.video, pool.make_attributes()};
}

JobsOptions jobs_options(const ServerOptions& options, const ModelCatalogue& models,
                         const AnalysisPoolOptions& pool, const std::shared_ptr<DiskSpace>& space) {
  JobsOptions jobs;
  jobs.make_analyzer = [pool](const std::string& model) { return make_analyzer(pool, model); };
  jobs.attributes = pool.video.analyzer.attributes.wanted;
  jobs.models = {models.default_name()};
  for (const auto& model : models.entries()) {
    if (model.name != models.default_name()) jobs.models.push_back(model.name);
  }
  jobs.most_upload = std::min(options.limits.job_bytes, options.limits.disk_bytes);
  jobs.space = space;
  jobs.most_waiting = options.limits.waiting_jobs;
  return jobs;
}

/// Records the source, as it comes.
class StreamRecording {
 public:
  StreamRecording(HistoryWriter& writer, const ServerOptions& options, const std::string& model)
      : session_(writer.begin({.name = "stream",
                               .kind = SessionKind::stream,
                               .started = now_utc(),
                               .source = shown_source_name(*options.source),
                               .model = model,
                               .indicators = options.recording.episodes.has_value()})),
        feed_({.recorder = options.recording, .key_frames = options.key_frames}) {}

  void add(const Frame& frame, const FrameResult& result) {
    const double now = clock_.seconds();
    feed_.add(now, result, frame.picture.view());
    if (auto batch = feed_.take_if_due(now)) session_->write(std::move(*batch));
  }

  void end() {
    const double now = clock_.seconds();
    session_->write(feed_.finish(now));
    session_->end(now);
  }

 private:
  std::shared_ptr<HistoryWriter::Session> session_;
  SessionFeed feed_;
  Stopwatch clock_;
};

std::unique_ptr<Stream> make_stream(const ServerOptions& options, const AnalysisPoolOptions& pool,
                                    StreamRecording* recording) {
  if (!options.source) return nullptr;
  StreamOptions stream;
  if (recording != nullptr) {
    stream.follow = [recording](const Frame& frame, const FrameResult& result) {
      recording->add(frame, result);
    };
  }
  stream.input = *options.source;
  stream.source = options.frames;
  stream.make_analyzer = [pool] { return make_analyzer(pool, pool.video.analyzer.model); };
  return std::make_unique<Stream>(std::move(stream));
}

std::unique_ptr<HistoryWriter> make_history(const ServerOptions& options) {
  if (!options.record) return nullptr;
  return std::make_unique<HistoryWriter>(*options.record, options.notice);
}

std::unique_ptr<StreamRecording> make_recording(const ServerOptions& options, HistoryWriter* writer,
                                                const ModelCatalogue& models) {
  if (writer == nullptr || !options.source) return nullptr;
  return std::make_unique<StreamRecording>(*writer, options, models.default_name());
}

}  // namespace

class Server::State {
 public:
  explicit State(const ServerOptions& options)
      : options_(options),
        context_(1),
        listeners_(listen(context_.get_executor(), options.listen, options.port)),
        token_(token_of(options, listeners_)),
        identity_(identity_of(options, own_names(options, listeners_))),
        models_(options.analysis.video.analyzer.model),
        analysis_(pool_options(options, models_)),
        pool_(std::make_unique<AnalysisPool>(analysis_)),
        space_(std::make_shared<DiskSpace>(options.limits.disk_bytes)),
        jobs_(jobs_options(options, models_, analysis_, space_)),
        history_(make_history(options)),
        recording_(make_recording(options, history_.get(), models_)),
        stream_(make_stream(options, analysis_, recording_.get())),
        classes_(make_classes()),
        site_{.limits = options.limits,
              .gate = Gate(AllowedHosts(own_names(options, listeners_), listeners_.any_address),
                           token_, identity_.context != nullptr,
                           classes_ ? is_open_to_members : Gate::IsOpen()),
              .router = {},
              .pages = StaticPages(options.pages),
              .metrics = {},
              .live = {*pool_, models_},
              .classes = classes_.get(),
              .history = history_.get(),
              .recording = options.recording,
              .folder = PrivateFolder(temporary_folder(), "mien-uploads"),
              .space = space_,
              .bodies_bytes = options.limits.bodies_bytes,
              .notice = options.notice} {
    add_routes();
    for (auto& acceptor : listeners_.acceptors) spawn(accept(acceptor));
    spawn(watch());
    if (classes_) spawn(classes_->run());
    network_ = std::jthread([this] { run(); });
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  ~State() {
    stop();
    pool_.reset();
    context_.shutdown();
  }

  void stop() {
    if (!network_.joinable()) return;
    asio::post(context_, [this] { begin_to_stop(); });
    if (stream_) stream_->stop();
    jobs_.stop();
    network_.join();
    if (recording_) recording_->end();
    if (history_) history_->finish();
    site_.disk.join();
    site_.folder.remove();
  }

  std::uint16_t port() const { return listeners_.port; }
  const std::string& token() const { return token_; }
  bool is_local() const { return listeners_.local; }
  bool is_secure() const { return identity_.context != nullptr; }
  const std::string& fingerprint() const { return identity_.fingerprint; }

  std::vector<std::string> routes() const {
    std::vector<std::string> routes;
    for (const auto& route : site_.router.routes()) {
      std::string method(to_string(route.method));
      for (auto& c : method) c = static_cast<char>(c - 'A' + 'a');
      routes.push_back(method + " " + route.path);
    }
    return routes;
  }

  std::string url() const {
    return fmt::format("{}/{}{}", address(), token_.empty() ? "" : "?token=", token_);
  }

 private:
  void add_routes() {
    ServerInfo info = {.version = options_.version,
                       .source = {},
                       .gallery = options_.gallery.is_available(),
                       .token = !token_.empty(),
                       .attributes = analysis_.video.analyzer.attributes.wanted,
                       .embedding = options_.allow_embedding};
    if (stream_) info.source = stream_->status().source;
    info.classes = options_.classes;
    info.recording = history_ != nullptr;
    add_info_routes(site_.router, info, models_, site_.limits, [this] { return metrics(); });
    add_analyze_routes(site_.router, *pool_, models_, site_.limits);
    add_job_routes(site_.router, jobs_);
    add_stream_routes(site_.router, stream_.get(), options_.allow_embedding);
    add_gallery_routes(site_.router, options_.gallery);
    add_class_routes(site_.router, classes_.get());
  }

  std::string metrics() const {
    auto frames = pool_->frames() + jobs_.frames();
    auto faces = pool_->faces() + jobs_.faces();
    if (stream_) {
      frames += static_cast<std::uint64_t>(stream_->analyzed());
      faces += static_cast<std::uint64_t>(stream_->faces());
    }
    return site_.metrics.text({.version = options_.version,
                               .frames = frames,
                               .faces = faces,
                               .waiting = pool_->waiting(),
                               .disk_bytes = space_->used(),
                               .live_clients = site_.live.count,
                               .class_members = classes_ ? classes_->connected() : 0,
                               .connections = connections_.size()});
  }

  std::string address() const {
    return fmt::format("{}://{}:{}", identity_.context ? "https" : "http", host(), port());
  }

  std::unique_ptr<Classes> make_classes() const {
    if (!options_.classes) return nullptr;
    return std::make_unique<Classes>(ClassesOptions{.statement = *options_.classes,
                                                    .link_base = address(),
                                                    .local = listeners_.local,
                                                    .model = models_.default_name(),
                                                    .writer = history_.get()});
  }

  /// By which a browser finds it.
  std::string host() const {
    std::string name = options_.listen;
    if (listeners_.any_address) {
      const auto addresses = machine_addresses();
      name = addresses.empty() ? "localhost" : addresses.front();
    }
    return name.find(':') == std::string::npos ? name : "[" + name + "]";
  }

  void spawn(asio::awaitable<void> work) {
    asio::co_spawn(context_, std::move(work), asio::detached);
  }

  void run() {
    for (;;) {
      try {
        context_.run();
        return;
      } catch (const std::exception& error) {
        options_.notice(fmt::format("unexpected error: {}", error.what()));
      }
    }
  }

  asio::awaitable<void> accept(tcp::acceptor& acceptor) {
    asio::steady_timer pause(context_);
    while (acceptor.is_open()) {
      tcp::socket socket(context_);
      const auto [error] = co_await acceptor.async_accept(socket, kTuple);
      if (!acceptor.is_open()) break;
      if (error) {
        pause.expires_after(kPause);
        co_await pause.async_wait(kTuple);
      } else if (connections_.size() >= options_.limits.connections) {
        turn_away(std::move(socket));
      } else {
        begin(std::move(socket));
      }
    }
  }

  void begin(tcp::socket socket) {
    const auto connection =
        std::make_shared<Connection>(std::move(socket), identity_.context.get(), site_);
    connections_.insert(connection);
    asio::co_spawn(context_, connection->run(),
                   asio::bind_cancellation_slot(
                       connection->slot(), [this, connection](const std::exception_ptr& error) {
                         connections_.erase(connection);  // whatever ended it
                         tell_of_unexpected(error);
                       }));
  }

  /// A client that has gone, or was cut off, is nothing unexpected.
  void tell_of_unexpected(const std::exception_ptr& error) const {
    try {
      if (error) std::rethrow_exception(error);
    } catch (const boost::system::system_error&) {
    } catch (const asio::multiple_exceptions& both) {  // of a live client's reading and writing
      tell_of_unexpected(both.first_exception());
    } catch (const std::exception& reason) {
      options_.notice(fmt::format("unexpected error: {}", reason.what()));
    }
  }

  /// Says why, as far as that takes no waiting.
  void turn_away(tcp::socket socket) const {
    if (identity_.context != nullptr) return;
    constexpr std::string_view kFull =
        "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\n"
        "Retry-After: 5\r\nConnection: close\r\n\r\n"
        R"({"error":{"status":503,"message":"the server has as many clients as it takes; try )"
        R"(again later"}})";
    boost::system::error_code ignored;
    socket.non_blocking(true, ignored);
    socket.write_some(asio::buffer(kFull), ignored);
  }

  /// Cuts off clients that are too slow, and, once the server stops, those that are not done.
  asio::awaitable<void> watch() {
    asio::steady_timer timer(context_);
    while (!stopping_ || !connections_.empty()) {
      timer.expires_after(kWatch);
      co_await timer.async_wait(kTuple);
      const auto now = Clock::now();
      const auto connections = connections_;  // one that is cut off may leave them
      for (const auto& connection : connections) {
        if (connection->is_late(now) || (stopping_ && now > *stopping_ + kGrace)) {
          connection->cut();
        }
      }
      if (stopping_ && now > *stopping_ + kLastGrace) context_.stop();
    }
  }

  void begin_to_stop() {
    if (stopping_) return;
    stopping_ = Clock::now();
    for (auto& acceptor : listeners_.acceptors) acceptor.close();
    if (classes_) classes_->stop();
    pool_->stop();
    const auto connections = connections_;
    for (const auto& connection : connections) connection->stop();
  }

  const ServerOptions options_;
  Context context_;
  Listeners listeners_;
  std::string token_;
  Identity identity_;
  ModelCatalogue models_;
  const AnalysisPoolOptions analysis_;
  std::unique_ptr<AnalysisPool> pool_;
  std::shared_ptr<DiskSpace> space_;
  Jobs jobs_;
  std::unique_ptr<HistoryWriter> history_;
  std::unique_ptr<StreamRecording> recording_;
  std::unique_ptr<Stream> stream_;
  std::unique_ptr<Classes> classes_;
  Site site_;
  std::set<std::shared_ptr<Connection>> connections_;
  std::optional<Clock::time_point> stopping_;
  std::jthread network_;
};

Server::Server(const ServerOptions& options) : state_(std::make_unique<State>(options)) {}
Server::~Server() = default;

std::uint16_t Server::port() const { return state_->port(); }
std::string Server::url() const { return state_->url(); }
const std::string& Server::token() const { return state_->token(); }
bool Server::is_local() const { return state_->is_local(); }
bool Server::is_secure() const { return state_->is_secure(); }
const std::string& Server::fingerprint() const { return state_->fingerprint(); }
std::vector<std::string> Server::routes() const { return state_->routes(); }
void Server::stop() { state_->stop(); }

}  // namespace mien::server
