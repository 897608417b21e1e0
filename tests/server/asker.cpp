#include "asker.h"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <exception>
#include <filesystem>
#include <utility>

#include "mien/error.h"

namespace mien::server {
namespace {

constexpr auto kLongest = std::chrono::seconds(10);

/// As the server answers what a handler throws.
Response thrown(const std::exception_ptr& error) {
  using boost::beast::http::status;
  try {
    std::rethrow_exception(error);
  } catch (const Error& e) {
    const bool of_client = e.code() == ErrorCode::input || e.code() == ErrorCode::usage;
    return failure(of_client ? status::bad_request : status::internal_server_error, e.what());
  } catch (const std::exception& e) {
    return failure(status::internal_server_error, e.what());
  }
}

/// Before the body is read: a file of it is not there then.
std::optional<Response> refusal(const Route& route, const Request& request) {
  if (!route.refuse) return std::nullopt;
  std::optional<Response> refused;
  try {
    refused = route.refuse(request);
  } catch (const std::exception&) {
    refused = thrown(std::current_exception());
  }
  if (refused) std::filesystem::remove(request.file);
  return refused;
}

}  // namespace

Response Asker::ask(Verb method, const std::string& path, Request request) {
  auto found = router_.find(method, path);
  if (std::holds_alternative<boost::beast::http::status>(found)) {
    return failure(std::get<boost::beast::http::status>(found), "no route");
  }
  auto& match = std::get<Router::Match>(found);
  request.method = method;
  request.path = path;
  request.parameters = match.parameters;
  if (auto refused = refusal(*match.route, request)) return std::move(*refused);
  std::optional<Response> response;
  boost::asio::co_spawn(context_, match.route->handler(std::move(request)),
                        [&](const std::exception_ptr& error, Response answer) {
                          response = error ? thrown(error) : std::move(answer);
                        });
  context_.restart();
  const auto end = std::chrono::steady_clock::now() + kLongest;
  while (!response && std::chrono::steady_clock::now() < end) {
    context_.run_one_for(std::chrono::milliseconds(100));
    context_.restart();
  }
  if (response) return std::move(*response);
  ADD_FAILURE() << path << " is not answered";
  return {};
}

nlohmann::json Asker::get_json(const std::string& path) {
  return nlohmann::json::parse(get(path).body, nullptr, false);
}

std::optional<std::string> Asker::next(BodySource& body) {
  std::optional<std::string> piece;
  bool came = false;
  boost::asio::co_spawn(context_, body.next(),
                        [&](const std::exception_ptr& error, std::optional<std::string> given) {
                          EXPECT_FALSE(error);
                          piece = std::move(given);
                          came = true;
                        });
  const auto end = std::chrono::steady_clock::now() + kLongest;
  while (!came && std::chrono::steady_clock::now() < end) {
    context_.restart();
    context_.run_one_for(std::chrono::milliseconds(100));
  }
  EXPECT_TRUE(came) << "no piece came";
  return piece;
}

bool Asker::stays_silent(BodySource& body, int milliseconds) {
  boost::asio::cancellation_signal given_up;
  bool came = false;
  bool ended = false;
  boost::asio::co_spawn(context_, body.next(),
                        boost::asio::bind_cancellation_slot(
                            given_up.slot(), [&](const std::exception_ptr& /*error*/,
                                                 const std::optional<std::string>& piece) {
                              came = piece.has_value();
                              ended = true;
                            }));
  context_.restart();
  context_.run_for(std::chrono::milliseconds(milliseconds));
  const bool silent = !came;
  given_up.emit(boost::asio::cancellation_type::terminal);
  context_.restart();
  context_.run_for(std::chrono::milliseconds(200));
  EXPECT_TRUE(ended) << "it waits on, though the client has left";
  return silent;
}

std::string sentence(const Response& response) {
  const auto object = nlohmann::json::parse(response.body, nullptr, false);
  if (!object.is_object() || !object.contains("error")) return "";
  const auto& error = object["error"];
  if (error.value("status", 0) != static_cast<int>(response.status)) return "";
  return error.value("message", "");
}

}  // namespace mien::server
