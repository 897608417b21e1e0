// Live clients of a running `mien serve`, each sending a made video at its own pace as a browser
// does: three frames under way at most, and a frame that comes while three are is left out. On
// demand they are members of a class that is opened for them, and recorded where it can be. On
// demand hostile clients work beside them, and the server is stopped in the midst of it. Prints
// JSON: answers, frames that client and server left out, delays from sending to the result, the
// server's memory, and how long it took to end.
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio.hpp>
#include <boost/beast.hpp>
#include <chrono>
#include <csignal>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "hostile_clients.h"
#include "made_scene.h"
#include "mien/picture.h"

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using Clock = std::chrono::steady_clock;

struct Options {
  std::filesystem::path portrait = "build/assets/astronaut.png";
  std::string port = "5000";
  int clients = 8;
  double rate = 15;
  double seconds = 60;
  int server = 0;
  bool in_class = false;
  bool hostile = false;
  bool stop = false;
  double most_median = 0;
  double most_stop = 0;
  long most_growth = 0;
};

constexpr int kUnderWay = 3;
constexpr std::chrono::duration<double> kPatience{10};  // for the server's end

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::vector<std::vector<unsigned char>> made_frames(const Options& options) {
  const auto portrait = mien::read_picture(options.portrait);
  const cv::Mat view(portrait.height(), portrait.width(), CV_8UC3,
                     const_cast<std::uint8_t*>(portrait.pixels().data()));
  const mien::test::ScenePainter painter(mien::test::faces_apart(1, 1), view);
  constexpr int kFrames = 45;
  std::vector<std::vector<unsigned char>> frames(kFrames);
  for (int i = 0; i < kFrames; ++i) {
    cv::imencode(".jpg", painter.paint(i / options.rate), frames[static_cast<std::size_t>(i)],
                 {cv::IMWRITE_JPEG_QUALITY, 80});
  }
  return frames;
}

/// Opens a class, recorded if the server records; the path by which its members join.
std::string open_class(const std::string& port) {
  namespace http = beast::http;
  asio::io_context context;
  asio::ip::tcp::socket socket(context);
  asio::connect(socket, asio::ip::tcp::resolver(context).resolve("127.0.0.1", port));
  const auto ask = [&](http::verb method, const std::string& path, const std::string& body) {
    http::request<http::string_body> request(method, path, 11, body);
    request.set(http::field::host, "localhost:" + port);
    request.set(http::field::content_type, "application/json");
    request.prepare_payload();
    http::write(socket, request);
    beast::flat_buffer buffer;
    http::response<http::string_body> response;
    http::read(socket, buffer, response);
    auto answer = nlohmann::json::parse(response.body());
    if (answer.contains("error")) throw std::runtime_error(answer["error"].dump());
    return answer;
  };
  const auto offered = ask(http::verb::get, "/api/v1/info", "").at("class");
  if (offered.is_null())
    throw std::runtime_error("the server has no classes; start it with --class");
  const nlohmann::json wanted = {{"title", "bench"}, {"record", offered.at("recording")}};
  const auto made = ask(http::verb::post, "/api/v1/classes", wanted.dump());
  return "/api/v1/classes/" + made.at("code").get<std::string>() + "/join?shown=yes&name=member";
}

/// One browser.
class Client {
 public:
  Client(const Options& options, const std::vector<std::vector<unsigned char>>& frames,
         const std::string& path)
      : options_(options), frames_(frames), socket_(context_) {
    asio::connect(beast::get_lowest_layer(socket_),
                  asio::ip::tcp::resolver(context_).resolve("127.0.0.1", options_.port));
    socket_.handshake("localhost:" + options_.port, path);
    socket_.binary(true);
  }

  void run() {
    std::jthread reader([this] { read(); });
    const auto start = Clock::now();
    const double end = options_.seconds + (options_.stop ? kPatience.count() : 0);
    for (int tick = 0; seconds_since(start) < end && !failed_; ++tick) {
      std::this_thread::sleep_until(start +
                                    std::chrono::duration_cast<Clock::duration>(
                                        std::chrono::duration<double>(tick / options_.rate)));
      send(static_cast<std::size_t>(tick));
    }
    std::this_thread::sleep_for(std::chrono::seconds(1));  // the last answers
    beast::error_code ignored;
    expect_end();
    beast::get_lowest_layer(socket_).shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  }

  /// Counts no more, and takes the connection's end for no error.
  void expect_end() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }

  std::vector<double> delays;
  long sent = 0;
  long left_out = 0;
  long dropped = 0;
  long faces = 0;
  std::string error;

 private:
  /// Whether a browser would send a frame now; if so it is under way.
  bool may_send() {
    const std::lock_guard lock(mutex_);
    if (ended_) return true;
    if (under_way_.size() >= kUnderWay) {
      ++left_out;
      return false;
    }
    under_way_[sent++] = Clock::now();
    return true;
  }

  void send(std::size_t tick) {
    if (!may_send()) return;
    beast::error_code failure;
    socket_.write(asio::buffer(frames_[tick % frames_.size()]), failure);
    if (failure) fail(failure.message());
  }

  void fail(const std::string& why) {
    const std::lock_guard lock(mutex_);
    if (!ended_ && error.empty()) error = why;
    failed_ = true;
  }

  void read() {
    try {
      for (;;) {
        beast::flat_buffer buffer;
        socket_.read(buffer);
        take(nlohmann::json::parse(beast::buffers_to_string(buffer.data())));
      }
    } catch (const std::exception& failure) {
      fail(failure.what());
    }
  }

  void take(const nlohmann::json& result) {
    const std::lock_guard lock(mutex_);
    if (ended_ || result.contains("joined")) return;
    if (result.contains("error")) error = result.dump();
    const long frame = result.at("frame");
    dropped += result.value("dropped", 0L);
    if (result.contains("faces")) faces += static_cast<long>(result.at("faces").size());
    if (const auto at = under_way_.find(frame); at != under_way_.end()) {
      delays.push_back(1000 * seconds_since(at->second));
    }
    under_way_.erase(under_way_.begin(), under_way_.upper_bound(frame));
  }

  const Options& options_;
  const std::vector<std::vector<unsigned char>>& frames_;
  asio::io_context context_;
  beast::websocket::stream<asio::ip::tcp::socket> socket_;
  std::mutex mutex_;
  std::map<long, Clock::time_point> under_way_;
  bool ended_ = false;
  std::atomic<bool> failed_ = false;
};

/// Kilobytes of memory that a process holds (VmRSS) or held at most (VmHWM); 0 when it is not
/// named.
long memory(int process, const std::string& kind = "VmRSS") {
  if (process == 0) return 0;
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  for (std::string word; status >> word;) {
    long kilobytes = 0;
    if (word == kind + ":" && status >> kilobytes) return kilobytes;
  }
  return 0;
}

double quantile(const std::vector<double>& sorted, double share) {
  if (sorted.empty()) return 0;
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

/// Asks it to end; milliseconds until it has, or nothing when it has not within kPatience.
std::optional<double> stop_server(int process) {
  const int server = static_cast<int>(::syscall(SYS_pidfd_open, process, 0));
  const auto begun = Clock::now();
  if (server < 0 || ::kill(process, SIGTERM) != 0) {
    throw std::runtime_error("the server cannot be stopped; check --server");
  }
  pollfd ends{.fd = server, .events = POLLIN, .revents = 0};
  const bool ended = ::poll(&ends, 1, static_cast<int>(1000 * kPatience.count())) == 1;
  const double time = 1000 * seconds_since(begun);
  ::close(server);
  return ended ? std::optional(time) : std::nullopt;
}

/// What is over its limit, of those that are given; 0 when there is none.
std::vector<std::string> excesses(const Options& options, const nlohmann::ordered_json& sums) {
  std::vector<std::string> found;
  const auto check = [&](const char* what, double value, double most) {
    if (most > 0 && value > most)
      found.push_back(fmt::format("{} is {}, over {}", what, value, most));
  };
  check("the median delay in ms", sums["delay_ms"]["median"], options.most_median);
  const auto& memory = sums["server_kilobytes"];
  check("the growth in KB", memory["after"].get<double>() - memory["before"].get<double>(),
        static_cast<double>(options.most_growth));
  if (options.stop && sums["stopped_ms"].is_null()) found.emplace_back("the server did not end");
  if (options.stop && sums["stopped_ms"].is_number()) {
    check("the time to end in ms", sums["stopped_ms"], options.most_stop);
  }
  for (const auto& error : sums["errors"]) found.push_back(error);
  return found;
}

/// Whether all is within the limits.
bool run(const Options& options) {
  const auto frames = made_frames(options);
  const auto path = options.in_class ? open_class(options.port) : "/api/v1/live";
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < options.clients; ++i) {
    clients.push_back(std::make_unique<Client>(options, frames, path));
  }
  std::vector<std::jthread> threads;
  for (auto& client : clients) threads.emplace_back([&client] { client->run(); });
  std::optional<mien::bench::HostileClients> hostile;
  if (options.hostile) hostile.emplace(options.port, frames);
  // Memory counts from when every client has its state.
  std::this_thread::sleep_for(std::chrono::duration<double>(options.seconds / 10));
  const long before = memory(options.server);
  std::this_thread::sleep_for(std::chrono::duration<double>(options.seconds * 0.88));
  const long after = memory(options.server);
  const long most = memory(options.server, "VmHWM");
  std::optional<double> stopped;
  if (options.stop) {
    for (auto& client : clients) client->expect_end();
    stopped = stop_server(options.server);
  }
  threads.clear();
  std::map<std::string, long> hostile_connections;
  if (hostile) hostile_connections = hostile->connections();
  hostile.reset();
  std::vector<double> delays;
  nlohmann::ordered_json sums = {
      {"sent", 0}, {"answers", 0}, {"left_out", 0}, {"dropped", 0}, {"faces", 0}};
  std::vector<std::string> errors;
  for (const auto& client : clients) {
    delays.insert(delays.end(), client->delays.begin(), client->delays.end());
    sums["sent"] = sums["sent"].get<long>() + client->sent;
    sums["left_out"] = sums["left_out"].get<long>() + client->left_out;
    sums["dropped"] = sums["dropped"].get<long>() + client->dropped;
    sums["faces"] = sums["faces"].get<long>() + client->faces;
    if (!client->error.empty()) errors.push_back(client->error);
  }
  std::sort(delays.begin(), delays.end());
  sums["answers"] = delays.size();
  sums["delay_ms"] = {{"median", quantile(delays, 0.5)},
                      {"p95", quantile(delays, 0.95)},
                      {"most", quantile(delays, 1)}};
  sums["server_kilobytes"] = {{"before", before}, {"after", after}, {"most", most}};
  if (options.hostile) sums["hostile_connections"] = hostile_connections;
  if (options.stop) sums["stopped_ms"] = stopped ? nlohmann::ordered_json(*stopped) : nullptr;
  sums["errors"] = errors;
  fmt::print("{}\n", sums.dump());
  const auto over = excesses(options, sums);
  for (const auto& what : over) fmt::print(stderr, "mien-bench-live: {}\n", what);
  return over.empty();
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Live clients of a running mien serve; prints JSON.");
  app.add_option("--portrait", options.portrait, "what script/setup fetches")
      ->capture_default_str();
  app.add_option("--port", options.port, "of the server")->capture_default_str();
  app.add_option("--clients", options.clients)->check(CLI::Range(1, 1000))->capture_default_str();
  app.add_option("--rate", options.rate, "frames a second of each")->capture_default_str();
  app.add_option("--seconds", options.seconds)->capture_default_str();
  app.add_option("--server", options.server, "the server's process number, to tell its memory");
  app.add_flag("--class", options.in_class,
               "the clients are members of a class, which is opened for them");
  app.add_flag("--hostile", options.hostile, "let hostile clients work beside them");
  app.add_flag("--stop", options.stop,
               "stop the server of --server at the end, while all are at work, and tell how long "
               "it takes");
  app.add_option("--most-median", options.most_median, "milliseconds; a longer delay is a failure");
  app.add_option("--most-stop", options.most_stop, "milliseconds; a later end is a failure");
  app.add_option("--most-growth", options.most_growth, "kilobytes; more memory is a failure");
  app.footer("Exit status: 1 when a client met an error or a limit that was given is exceeded.");
  CLI11_PARSE(app, argc, argv);
  try {
    return run(options) ? 0 : 1;
  } catch (const std::exception& error) {
    fmt::print(stderr, "mien-bench-live: {}\n", error.what());
    return 1;
  }
}
