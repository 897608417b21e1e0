// Live clients of a running `mien serve`, each sending a made video at its own pace as a browser
// does: three frames under way at most, and a frame that comes while three are is left out. Prints
// JSON: answers, frames that client and server left out, delays from sending to the result, and the
// server's memory at the beginning and at the end.
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio.hpp>
#include <boost/beast.hpp>
#include <chrono>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <thread>
#include <vector>

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
};

constexpr int kUnderWay = 3;

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

/// One browser.
class Client {
 public:
  Client(const Options& options, const std::vector<std::vector<unsigned char>>& frames)
      : options_(options), frames_(frames), socket_(context_) {
    asio::connect(beast::get_lowest_layer(socket_),
                  asio::ip::tcp::resolver(context_).resolve("127.0.0.1", options_.port));
    socket_.handshake("localhost:" + options_.port, "/api/v1/live");
    socket_.binary(true);
  }

  void run() {
    std::jthread reader([this] { read(); });
    const auto start = Clock::now();
    for (int tick = 0; seconds_since(start) < options_.seconds && !failed_; ++tick) {
      std::this_thread::sleep_until(start +
                                    std::chrono::duration_cast<Clock::duration>(
                                        std::chrono::duration<double>(tick / options_.rate)));
      send(static_cast<std::size_t>(tick));
    }
    std::this_thread::sleep_for(std::chrono::seconds(1));  // the last answers
    beast::error_code ignored;
    ended_ = true;
    beast::get_lowest_layer(socket_).shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  }

  std::vector<double> delays;
  long sent = 0;
  long left_out = 0;
  long dropped = 0;
  long faces = 0;
  std::string error;

 private:
  void send(std::size_t tick) {
    {
      const std::lock_guard lock(mutex_);
      if (under_way_.size() >= kUnderWay) {
        ++left_out;
        return;
      }
      under_way_[sent++] = Clock::now();
    }
    socket_.write(asio::buffer(frames_[tick % frames_.size()]));
  }

  void read() {
    try {
      for (;;) {
        beast::flat_buffer buffer;
        socket_.read(buffer);
        take(nlohmann::json::parse(beast::buffers_to_string(buffer.data())));
      }
    } catch (const std::exception& failure) {
      if (!ended_) error = failure.what();
      failed_ = true;
    }
  }

  void take(const nlohmann::json& result) {
    const std::lock_guard lock(mutex_);
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
  std::atomic<bool> ended_ = false;
  std::atomic<bool> failed_ = false;
};

/// Kilobytes of memory that a process holds; 0 when it is not named.
long resident(int process) {
  if (process == 0) return 0;
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  for (std::string word; status >> word;) {
    long kilobytes = 0;
    if (word == "VmRSS:" && status >> kilobytes) return kilobytes;
  }
  return 0;
}

double quantile(const std::vector<double>& sorted, double share) {
  if (sorted.empty()) return 0;
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

void run(const Options& options) {
  const auto frames = made_frames(options);
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < options.clients; ++i) {
    clients.push_back(std::make_unique<Client>(options, frames));
  }
  std::vector<std::jthread> threads;
  for (auto& client : clients) threads.emplace_back([&client] { client->run(); });
  // Memory counts from when every client has its state.
  std::this_thread::sleep_for(std::chrono::duration<double>(options.seconds / 10));
  const long before = resident(options.server);
  std::this_thread::sleep_for(std::chrono::duration<double>(options.seconds * 0.88));
  const long after = resident(options.server);
  threads.clear();
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
  sums["server_kilobytes"] = {{"before", before}, {"after", after}};
  sums["errors"] = errors;
  fmt::print("{}\n", sums.dump());
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
  CLI11_PARSE(app, argc, argv);
  try {
    run(options);
  } catch (const std::exception& error) {
    fmt::print(stderr, "mien-bench-live: {}\n", error.what());
    return 1;
  }
}
