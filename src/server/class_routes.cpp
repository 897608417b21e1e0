#include "server/class_routes.h"

#include <charconv>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>

#include "history/session_view.h"
#include "server/class_message.h"
#include "server/security.h"

namespace mien::server {
namespace {

namespace asio = boost::asio;
using boost::beast::http::status;
using boost::beast::http::verb;
using Json = nlohmann::ordered_json;
using Answer = asio::awaitable<Response>;

constexpr std::uint64_t kMostBytes = 4096;
constexpr std::string_view kPrefix = "/api/v1/classes/";

Response answer(const Json& json, status of = status::ok) {
  Response response;
  response.status = of;
  response.body = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  return response;
}

Response no_classes() {
  return failure(status::not_found,
                 "this server holds no classes; start it with mien serve --class --purpose TEXT "
                 "--agreed TEXT");
}

Response no_such_class() {
  return failure(status::not_found, "there is no such class; ask its host for the link");
}

Response open_class(Classes& classes, const Request& request) {
  const auto wanted = parse_class_request(request.body);
  if (!wanted) {
    return failure(status::bad_request,
                   R"(a class is asked for as {"title":"...","record":false,"faces":true}, with a )"
                   "title of 1 to 80 characters");
  }
  if (wanted->record && classes.options().writer == nullptr) {
    return failure(status::bad_request,
                   "this server records nothing; start it with --record, or leave record out");
  }
  const auto* room =
      classes.open({.title = wanted->title, .faces = wanted->faces, .record = wanted->record});
  if (room == nullptr) {
    return failure(status::service_unavailable,
                   "as many classes are open as the server takes; end one");
  }
  return answer({{"code", room->code()},
                 {"key", room->key()},
                 {"title", room->plan().title},
                 {"link", classes.link_of(*room)},
                 {"local", classes.options().local}},
                status::created);
}

Response describe(Classes& classes, const Request& request) {
  const auto* room = classes.find(request.parameters.at(0));
  if (room == nullptr) return no_such_class();
  return answer({{"title", room->plan().title},
                 {"purpose", room->statement().purpose},
                 {"agreed", room->statement().agreed},
                 {"recording", room->plan().record},
                 {"faces", room->plan().faces},
                 {"ended", room->is_ended()},
                 {"smallest_group", kSmallestGroup}});
}

Answer withdraw(Classes& classes, Request request) {
  auto* const room = classes.find(request.parameters.at(0));
  const auto& text = request.parameters.at(1);
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  const auto* member = room != nullptr && is_number ? room->find(number) : nullptr;
  if (member == nullptr || member->key.empty()) {
    co_return failure(status::not_found, "there is no such participant; nothing is kept of them");
  }
  const auto key = request.headers["X-Mien-Key"];
  if (!equal_in_constant_time({key.data(), key.size()}, member->key)) {
    co_return failure(status::forbidden, "the participant's key is wrong; send it as X-Mien-Key");
  }
  const auto recorded = room->withdraw(number);
  if (recorded) co_await recorded->remove_participant(number);
  room->forget(number);  // not when the erasing failed: then it can be asked for again
  Response response;
  response.status = status::no_content;
  co_return response;
}

Answer immediately(Response response) { co_return response; }

}  // namespace

void add_class_routes(Router& router, Classes* classes) {
  router.add({.method = verb::post,
              .path = "/api/v1/classes",
              .handler =
                  [classes](const Request& request) {
                    return immediately(classes == nullptr ? no_classes()
                                                          : open_class(*classes, request));
                  },
              .body = Body::memory,
              .most_bytes = kMostBytes,
              .summary = "open a class"});
  router.add({.method = verb::get,
              .path = "/api/v1/classes/{code}",
              .handler =
                  [classes](const Request& request) {
                    return immediately(classes == nullptr ? no_classes()
                                                          : describe(*classes, request));
                  },
              .summary = "what a class is for"});
  router.add({.method = verb::delete_,
              .path = "/api/v1/classes/{code}/participants/{number}",
              .handler =
                  [classes](Request request) {
                    return classes == nullptr ? immediately(no_classes())
                                              : withdraw(*classes, std::move(request));
                  },
              .summary = "take back what was recorded"});
  for (const char* socket : {"join", "host"}) {
    router.add({.method = verb::get,
                .path = std::string(kPrefix) + "{code}/" + socket,
                .handler =
                    [](const Request& /*request*/) {
                      auto response = failure(status::upgrade_required,
                                              "this is a WebSocket; connect to it as one");
                      response.headers["Upgrade"] = "websocket";
                      return immediately(std::move(response));
                    },
                .summary = "a class, as its members and its host see it"});
  }
}

bool is_open_to_members(const Request& request, bool upgraded) {
  const std::string_view path = request.path;
  const bool reads = request.method == verb::get || request.method == verb::head;
  if (reads && !upgraded &&
      (path.starts_with("/join/") || path.starts_with("/assets/") || path == "/favicon.svg")) {
    return true;
  }
  if (!path.starts_with(kPrefix)) return false;
  const auto rest = path.substr(kPrefix.size());
  const auto slash = rest.find('/');
  if (slash == std::string_view::npos) return reads && !upgraded;
  const auto what = rest.substr(slash + 1);
  if (what == "join") return reads;
  return request.method == verb::delete_ && what.starts_with("participants/");
}

}  // namespace mien::server
