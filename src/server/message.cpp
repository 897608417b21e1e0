#include "server/message.h"

#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "output/report/html.h"

namespace mien::server {
std::string parameter(const Request& request, const std::string& name) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? std::string() : found->second;
}

Response failure(boost::beast::http::status status, const std::string& message) {
  const nlohmann::ordered_json body = {
      {"error", {{"status", static_cast<unsigned>(status)}, {"message", message}}}};
  Response response;
  response.status = status;
  response.body = body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  return response;
}

bool is_of_a_person(const Request& request) {
  const auto accepted = request.headers[boost::beast::http::field::accept];
  return request.method == boost::beast::http::verb::get &&
         std::string_view(accepted.data(), accepted.size()).find("text/html") !=
             std::string_view::npos;
}

Response failure_page(const Response& failure) {
  const auto error = nlohmann::json::parse(failure.body).at("error");
  std::string page =
      "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>Mien</title>\n<h1>Mien</h1>\n<p>" +
      escaped(error.at("message").get<std::string>()) + "</p>\n";
  page += failure.status == boost::beast::http::status::unauthorized
              ? "<form action=\"/\"><label>Token <input name=\"token\" type=\"password\"></label> "
                "<button>Open</button></form>\n"
              : "<p><a href=\"/\">To the start page</a></p>\n";
  Response response;
  response.status = failure.status;
  response.headers = failure.headers;
  response.type = "text/html; charset=utf-8";
  response.body = std::move(page);
  return response;
}

}  // namespace mien::server
