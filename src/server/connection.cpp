#include "server/connection.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <exception>
#include <tuple>
#include <utility>
#include <variant>

#include "mien/error.h"
#include "server/live_session.h"
#include "server/response_writer.h"
#include "server/target.h"

namespace mien::server {

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

Transport::Clock::time_point after(Limits::Seconds time) {
  return Transport::Clock::now() + std::chrono::duration_cast<Transport::Clock::duration>(time);
}

/// What of the head the handlers and the gate look at. The target may be no good.
std::optional<Request> request_of(const RequestParser& parser) {
  const auto& head = parser.get();
  auto target = parse_target({head.target().data(), head.target().size()});
  if (!target) return std::nullopt;
  Request request;
  request.method = head.method();
  request.path = std::move(target->path);
  request.query = std::move(target->query);
  request.headers = head.base();
  return request;
}

bool is_failure(const Response& response) {
  return to_status_class(response.status) == http::status_class::client_error;
}

}  // namespace

Connection::Connection(asio::ip::tcp::socket socket, asio::ssl::context* tls, Site& site)
    : site_(site),
      transport_(std::move(socket), tls,
                 std::chrono::duration_cast<Transport::Clock::duration>(site.limits.progress_time)),
      on_stop_([this] { cut(); }) {}

asio::awaitable<void> Connection::run() {
  transport_.read_by(after(site_.limits.handshake_time));
  // GCC 12 makes code that traps of a co_await in a loop's condition.
  bool again = co_await transport_.handshake();
  while (again) again = co_await exchange();
  if (stopping_) co_return;  // it is closed with what was sent
  on_stop_ = [this] { cut(); };
  co_await transport_.finish();
}

void Connection::stop() {
  stopping_ = true;
  if (on_stop_) on_stop_();
}

void Connection::cut() {
  transport_.close();
  cancel_.emit(asio::cancellation_type::terminal);
}

asio::awaitable<bool> Connection::exchange() {
  RequestParser parser;
  boost::system::error_code error;
  const bool whole = co_await read_head(parser, error);
  if (!whole) {
    co_await refuse_head(error);
    co_return false;
  }
  auto request = request_of(parser);
  if (!request) {
    co_await refuse_head(make_error_code(http::error::bad_target));
    co_return false;
  }
  bool again = false;
  if (boost::beast::websocket::is_upgrade(parser.get())) {
    co_await live(parser, *request);
  } else {
    again = co_await answer(parser, std::move(*request));
  }
  co_return again;
}

asio::awaitable<bool> Connection::read_head(RequestParser& parser,
                                            boost::system::error_code& error) {
  parser.header_limit(static_cast<std::uint32_t>(site_.limits.header_bytes));
  parser.body_limit(boost::none);  // each route has its own
  on_stop_ = [this] { cut(); };
  transport_.read_by(after(site_.limits.head_time));
  std::tie(error, std::ignore) = co_await http::async_read_header(
      transport_, buffer_, parser, asio::as_tuple(asio::use_awaitable));
  transport_.read_by(Transport::Clock::time_point::max());
  on_stop_ = nullptr;
  co_return !error;
}

/// Tells why a head is no good. A client that has gone is told nothing.
asio::awaitable<void> Connection::refuse_head(boost::system::error_code error) {
  if (error.category() != make_error_code(http::error::bad_target).category() ||
      error == http::error::end_of_stream || error == http::error::partial_message) {
    co_return;
  }
  auto response =
      error == http::error::header_limit
          ? failure(http::status::request_header_fields_too_large,
                    "the head of the request is larger than the limit of " +
                        std::to_string(site_.limits.header_bytes >> 10U) +
                        " KB; send a smaller one")
          : failure(http::status::bad_request,
                    "the request is not valid HTTP (" + error.message() + "); check the client");
  site_.metrics.count_request("none", static_cast<unsigned>(response.status));
  const AnswerForm form = {.version = 11, .keep_alive = false, .head_only = false};
  ResponseWriter writer(transport_, site_);
  const Request none;
  co_await writer.write(std::move(response), none, form);
}

asio::awaitable<bool> Connection::answer(RequestParser& parser, Request request) {
  AnswerForm form;
  const auto begun = Transport::Clock::now();
  form.version = parser.get().version();
  form.head_only = request.method == http::verb::head;
  auto chosen = choose(request);
  Answer made;
  if (const auto* const* route = std::get_if<const Route*>(&chosen)) {
    made.route = (*route)->path;
    made.response = co_await handle(**route, parser, request);
  } else {
    made = std::move(std::get<Answer>(chosen));
    if (is_failure(made.response) && is_of_a_person(request)) {
      made.response = failure_page(made.response);
    }
  }
  // What is left of a body would be taken for the next request.
  form.keep_alive = parser.get().keep_alive() && parser.is_done() && !stopping_;
  site_.metrics.count_request(made.route, static_cast<unsigned>(made.response.status));
  site_.metrics.observe_request(made.route, Transport::Clock::now() - begun);
  if (made.response.source) on_stop_ = [this] { cut(); };
  ResponseWriter writer(transport_, site_);
  const bool again = co_await writer.write(std::move(made.response), request, form);
  co_return again && !stopping_;
}

// What is made for an answer is made in plain functions: GCC 12 destroys some values twice that a
// coroutine makes in an expression.

std::variant<const Route*, Connection::Answer> Connection::choose(Request& request) const {
  if (auto refused = site_.gate.refuse(request, false)) return Answer{std::move(*refused), "none"};
  const bool reads = request.method == http::verb::get || request.method == http::verb::head;
  auto found = site_.router.find(reads ? http::verb::get : request.method, request.path);
  if (auto* match = std::get_if<Router::Match>(&found)) {
    request.parameters = std::move(match->parameters);
    return match->route;
  }
  if (std::get<http::status>(found) == http::status::method_not_allowed) {
    return not_allowed(site_.router.methods(request.path));
  }
  if (auto page = site_.pages.find(request.path, request.headers)) {
    return reads ? Answer{std::move(*page), "pages"} : not_allowed("GET, HEAD");
  }
  return Answer{failure(http::status::not_found,
                        "there is nothing here; see /api/v1/openapi.json for what there is"),
                "none"};
}

Connection::Answer Connection::not_allowed(const std::string& methods) {
  auto refusal = failure(http::status::method_not_allowed,
                         "this address is asked by " + methods + "; see /api/v1/openapi.json");
  refusal.headers["Allow"] = methods;
  return {std::move(refusal), "none"};
}

asio::awaitable<Response> Connection::handle(const Route& route, RequestParser& parser,
                                             Request& request) {
  RequestBody body(transport_, buffer_, parser, site_);
  std::exception_ptr error;
  try {
    auto refused = co_await body.read(route, request);
    if (refused) co_return std::move(*refused);
    auto response = co_await route.handler(request);
    co_return response;
  } catch (...) {
    error = std::current_exception();
  }
  co_return failure_of(error);
}

Response Connection::failure_of(const std::exception_ptr& error) const {
  try {
    std::rethrow_exception(error);
  } catch (const Error& reason) {
    if (reason.code() == ErrorCode::input || reason.code() == ErrorCode::usage) {
      return failure(http::status::bad_request, reason.what());
    }
    if (stopping_) return failure(http::status::service_unavailable, reason.what());
    site_.notice(reason.what());
  } catch (const std::bad_alloc&) {
    return failure(http::status::service_unavailable, "the server is out of memory; try again");
  } catch (const boost::system::system_error&) {
    throw;  // the client has gone, or the server stops
  } catch (const std::exception& reason) {
    site_.notice(std::string("unexpected error: ") + reason.what());
  }
  return failure(http::status::internal_server_error,
                 "something went wrong within the server; what it was stands in its log");
}

asio::awaitable<void> Connection::live(RequestParser& parser, const Request& request) {
  auto refused = site_.gate.refuse(request, true);
  std::variant<Response, LiveGuest> admitted;
  if (refused) {
    admitted = std::move(*refused);
  } else {
    admitted = LiveSession::admit(request, site_, transport_.get_executor());
  }
  AnswerForm form;
  form.keep_alive = false;
  if (auto* answer = std::get_if<Response>(&admitted)) {
    site_.metrics.count_request(std::string(LiveSession::kPath),
                                static_cast<unsigned>(answer->status));
    ResponseWriter writer(transport_, site_);
    co_await writer.write(std::move(*answer), request, form);
    co_return;
  }
  site_.metrics.count_request(std::string(LiveSession::kPath),
                              static_cast<unsigned>(http::status::switching_protocols));
  const http::request<http::empty_body> head(parser.get().base());
  LiveSession session(transport_, site_, std::move(std::get<LiveGuest>(admitted)));
  on_stop_ = [&session] { session.stop(); };
  if (stopping_) session.stop();
  co_await session.run(head);
  on_stop_ = nullptr;
}

}  // namespace mien::server
