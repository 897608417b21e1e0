#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>

#include "server/message.h"
#include "server/site.h"
#include "server/transport.h"

namespace mien::server {

/// How a request wants its answer.
struct AnswerForm {
  unsigned version = 11;   ///< of HTTP
  bool keep_alive = true;  ///< whether the connection is used again
  bool head_only = false;  ///< for HEAD
};

/// Sends an answer. Says whether the connection can be used again. Throws when the client has gone.
class ResponseWriter {
 public:
  ResponseWriter(Transport& transport, Site& site) : transport_(transport), site_(site) {}

  boost::asio::awaitable<bool> write(Response response, const Request& request, AnswerForm form);

 private:
  boost::asio::awaitable<bool> write_body(Response response, AnswerForm form);
  boost::asio::awaitable<bool> write_file(Response response, const Request& request,
                                          AnswerForm form);
  bool is_slow(std::uint64_t sent, Transport::Clock::duration time) const;
  boost::asio::awaitable<bool> write_source(Response response, AnswerForm form);

  Transport& transport_;
  Site& site_;
};

}  // namespace mien::server
