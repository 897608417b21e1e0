#include "server/info_routes.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "mien/expression.h"

asm(R"(
.pushsection .rodata
.global mien_openapi, mien_openapi_end
mien_openapi:
.incbin ")" MIEN_OPENAPI_FILE R"("
mien_openapi_end:
.byte 0
.popsection
)");

extern "C" {
extern const char mien_openapi[];
extern const char mien_openapi_end[];
}

namespace mien::server {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using Json = nlohmann::ordered_json;

Response answer(const Json& json) {
  Response response;
  response.body = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  return response;
}

Json to_json(const ModelCatalogue::Entry& model, const ModelCatalogue& models) {
  return {{"name", model.name},
          {"default", model.name == models.default_name()},
          {"card", Json::parse(model.card)}};
}

Json list(const ModelCatalogue& models) {
  Json json = {{"default", models.default_name()}, {"models", Json::array()}};
  for (const auto& model : models.entries()) json["models"].push_back(to_json(model, models));
  return json;
}

Json to_json(const ServerInfo& info, const ModelCatalogue& models, const Limits& limits) {
  Json labels = Json::array();
  for (const auto expression : all_expressions()) labels.push_back(name(expression));
  Json attributes = Json::array();
  if (info.attributes.gender) attributes.push_back("gender");
  if (info.attributes.age) attributes.push_back("age");
  Json stream;
  if (info.source) stream = {{"source", *info.source}};
  Json classes;
  if (info.classes) {
    classes = {{"purpose", info.classes->purpose},
               {"agreed", info.classes->agreed},
               {"recording", info.recording}};
  }
  return {{"version", info.version},
          {"default_model", models.default_name()},
          {"labels", labels},
          {"stream", stream},
          {"gallery", info.gallery},
          {"attributes", attributes},
          {"token", info.token},
          {"embedding", info.embedding},
          {"class", classes},
          {"recording", info.recording},
          {"limits",
           {{"connections", limits.connections},
            {"picture_bytes", limits.picture_bytes},
            {"picture_pixels", limits.picture_pixels},
            {"waiting_pictures", limits.waiting_pictures},
            {"job_bytes", limits.job_bytes},
            {"disk_bytes", limits.disk_bytes},
            {"waiting_jobs", limits.waiting_jobs},
            {"live_clients", limits.live_clients},
            {"live_frame_bytes", limits.live_frame_bytes},
            {"live_frame_pixels", limits.live_frame_pixels},
            {"live_in_flight", limits.live_in_flight},
            {"live_rate", limits.advised_rate}}}};
}

/// A route whose answer is always the same.
void add_fixed(Router& router, const std::string& path, std::string body, std::string summary) {
  router.add({.method = http::verb::get,
              .path = path,
              .handler = [body = std::move(body)](Request) -> asio::awaitable<Response> {
                Response response;
                response.body = body;
                co_return response;
              },
              .summary = std::move(summary)});
}

}  // namespace

std::string_view openapi_document() {
  return {mien_openapi, static_cast<std::size_t>(mien_openapi_end - mien_openapi)};
}

void add_info_routes(Router& router, const ServerInfo& info, const ModelCatalogue& models,
                     const Limits& limits, std::function<std::string()> metrics) {
  add_fixed(router, "/api/v1/health", Json({{"status", "ok"}, {"version", info.version}}).dump(),
            "whether it runs");
  add_fixed(router, "/api/v1/info", answer(to_json(info, models, limits)).body,
            "what this server offers");
  add_fixed(router, "/api/v1/openapi.json", std::string(openapi_document()),
            "what it can be asked for");
  add_fixed(router, "/api/v1/models", answer(list(models)).body, "the models and their cards");
  router.add({.method = http::verb::get,
              .path = "/api/v1/models/{name}",
              .handler = [&models](Request request) -> asio::awaitable<Response> {
                const auto* model = models.find(request.parameters.at(0));
                if (model == nullptr) {
                  co_return failure(http::status::not_found,
                                    "there is no such model; /api/v1/models lists those there are");
                }
                co_return answer(to_json(*model, models));
              },
              .summary = "a model and its card"});
  router.add({.method = http::verb::get,
              .path = "/api/v1/metrics",
              .handler = [metrics = std::move(metrics)](Request) -> asio::awaitable<Response> {
                Response response;
                response.type = "text/plain; version=0.0.4; charset=utf-8";
                response.body = metrics();
                co_return response;
              },
              .summary = "what it counts, for Prometheus"});
  router.add({.method = http::verb::get,
              .path = "/api/v1/live",
              .handler = [](Request) -> asio::awaitable<Response> {
                auto response = failure(http::status::upgrade_required,
                                        "this is a WebSocket; connect to it as one");
                response.headers["Upgrade"] = "websocket";
                co_return response;
              },
              .summary = "frames in, results out"});
}

}  // namespace mien::server
