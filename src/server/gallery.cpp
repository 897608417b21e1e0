#include "server/gallery.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <utility>

namespace mien::server {
namespace {

using boost::beast::http::status;
using boost::beast::http::verb;
using Answer = boost::asio::awaitable<Response>;

std::optional<std::size_t> number_in(std::string_view text) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return number;
}

Answer list(const Gallery& gallery) {
  auto expressions = nlohmann::ordered_json::object();
  for (const auto expression : all_expressions()) {
    const auto& pictures = gallery.pictures[static_cast<std::size_t>(expression)];
    if (gallery.is_available()) expressions[std::string(name(expression))] = pictures.size();
  }
  const nlohmann::ordered_json object = {{"available", gallery.is_available()},
                                         {"expressions", expressions}};
  Response response;
  response.body = object.dump();
  co_return response;
}

Response no_gallery() {
  return failure(status::not_found,
                 "this server has no sample pictures; start it with --gallery and a data set or a "
                 "folder of labelled pictures");
}

Answer get_picture(const Gallery& gallery, Request request) {
  if (!gallery.is_available()) co_return no_gallery();
  const auto expression = expression_from_name(request.parameters.at(0));
  if (!expression) {
    co_return failure(status::not_found,
                      "no such expression; GET /api/v1/gallery lists those that there are");
  }
  const auto& pictures = gallery.pictures[static_cast<std::size_t>(*expression)];
  const auto number = number_in(request.parameters.at(1));
  if (!number || *number >= pictures.size()) {
    co_return failure(status::not_found,
                      fmt::format("no such picture; there are {} of this expression, from 0 on",
                                  pictures.size()));
  }
  Response response;
  response.type = "image/png";
  response.body = pictures[*number];
  co_return response;
}

}  // namespace

bool Gallery::is_available() const {
  return std::ranges::any_of(pictures, [](const auto& some) { return !some.empty(); });
}

void add_gallery_routes(Router& router, const Gallery& gallery) {
  router.add({.method = verb::get,
              .path = "/api/v1/gallery",
              .handler = [&gallery](const Request& /*request*/) { return list(gallery); },
              .summary = "how many sample pictures there are"});
  router.add(
      {.method = verb::get,
       .path = "/api/v1/gallery/{expression}/{number}",
       .handler = [&gallery](Request request) { return get_picture(gallery, std::move(request)); },
       .summary = "a sample picture"});
}

}  // namespace mien::server
