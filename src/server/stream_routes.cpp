#include "server/stream_routes.h"

#include <boost/asio/this_coro.hpp>
#include <functional>
#include <nlohmann/json.hpp>
#include <utility>

#include "output/rounding.h"

namespace mien::server {
namespace {

namespace asio = boost::asio;
using boost::beast::http::status;
using boost::beast::http::verb;
using Answer = asio::awaitable<Response>;

constexpr auto kPatience = std::chrono::seconds(15);

/// The parts of a multipart/x-mixed-replace body. The line that separates a part from the next is
/// sent at once, because browsers show a picture when they have seen it.
class PictureBody final : public BodySource {
 public:
  explicit PictureBody(std::unique_ptr<Newest::Viewer> viewer) : viewer_(std::move(viewer)) {}

  asio::awaitable<std::optional<std::string>> next() override {
    Newest::Value picture;
    while (!picture) {
      picture = co_await viewer_->next(kPatience);
      if (!picture && viewer_->is_closed()) co_return std::nullopt;
    }
    std::string part = std::exchange(begun_, true) ? "" : "--frame\r\n";
    part += "Content-Type: image/jpeg\r\nContent-Length: " + std::to_string(picture->size());
    part += "\r\n\r\n";
    part += *picture;
    part += "\r\n--frame\r\n";
    co_return part;
  }

 private:
  std::unique_ptr<Newest::Viewer> viewer_;
  bool begun_ = false;
};

/// Server-sent events. A comment now and then tells both sides that the other is still there.
class EventBody final : public BodySource {
 public:
  explicit EventBody(std::unique_ptr<Newest::Viewer> viewer) : viewer_(std::move(viewer)) {}

  asio::awaitable<std::optional<std::string>> next() override {
    if (ended_) co_return std::nullopt;
    if (!std::exchange(begun_, true)) co_return "retry: 3000\n\n";
    const auto result = co_await viewer_->next(kPatience);
    if (result) co_return "event: result\ndata: " + *result + "\n\n";
    ended_ = viewer_->is_closed();
    co_return ended_ ? "event: end\ndata: {}\n\n" : ": nothing new\n\n";
  }

 private:
  std::unique_ptr<Newest::Viewer> viewer_;
  bool begun_ = false;
  bool ended_ = false;
};

Response no_stream() {
  return failure(status::not_found,
                 "this server shows no camera or video of its own; start it with --source, such as "
                 "--source camera:0");
}

template <typename Source>
Answer watch(const Newest& newest, std::string type, bool embedding = false) {
  if (newest.is_closed()) {
    co_return failure(status::service_unavailable,
                      "the source has ended; start the server again to see it anew");
  }
  Response response;
  response.type = std::move(type);
  response.headers["Cache-Control"] = "no-store";
  if (embedding) response.headers["Cross-Origin-Resource-Policy"] = "cross-origin";
  response.source = std::make_unique<Source>(newest.subscribe(co_await asio::this_coro::executor));
  co_return response;
}

Answer get_status(const Stream& stream) {
  const auto now = stream.status();
  const nlohmann::ordered_json object = {{"source", now.source},      {"state", name(now.state)},
                                         {"message", now.message},    {"frame", now.frame},
                                         {"rate", rounded(now.rate)}, {"viewers", now.viewers}};
  Response response;
  response.body = object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  co_return response;
}

using Act = std::function<Answer(const Stream&)>;

Answer without_stream() { co_return no_stream(); }

void add_route(Router& router, const Stream* stream, const std::string& path, const Act& act,
               const std::string& summary) {
  router.add({.method = verb::get,
              .path = path,
              .handler =
                  [stream, act](const Request& /*request*/) {
                    return stream == nullptr ? without_stream() : act(*stream);
                  },
              .summary = summary});
}

}  // namespace

void add_stream_routes(Router& router, const Stream* stream, bool embedding) {
  add_route(
      router, stream, "/stream.mjpg",
      [embedding](const Stream& s) {
        return watch<PictureBody>(s.pictures(), "multipart/x-mixed-replace; boundary=frame",
                                  embedding);
      },
      "the server's own source, as MJPEG");
  add_route(router, stream, "/api/v1/stream", get_status, "the state of the server's own source");
  add_route(
      router, stream, "/api/v1/stream/events",
      [](const Stream& s) { return watch<EventBody>(s.results(), "text/event-stream"); },
      "what the server's own source shows, as server-sent events");
}

}  // namespace mien::server
