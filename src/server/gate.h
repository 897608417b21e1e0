#pragma once

#include <functional>
#include <optional>
#include <string>

#include "server/message.h"
#include "server/security.h"

namespace mien::server {

/// Lets in who may come in.
class Gate {
 public:
  /// Whether a request is let in without the token.
  using IsOpen = std::function<bool(const Request& request, bool upgraded)>;

  /// An empty token asks for none. `secure`: the server is asked by TLS.
  Gate(AllowedHosts hosts, std::string token, bool secure, IsOpen is_open = {});

  /// The answer to a request that is refused, or sent on: one for another host, without the token,
  /// or, if it changes anything or is `upgraded` to a WebSocket, from another site's page. Opening
  /// a page with ?token= leaves a cookie, and sends on to the page without it; players are given
  /// the stream by it.
  std::optional<Response> refuse(const Request& request, bool upgraded) const;

 private:
  std::optional<Response> check_host(const Request& request) const;
  std::optional<Response> check_token(const Request& request, bool upgraded) const;
  bool has_token(const Request& request, bool upgraded) const;
  Response send_on(const Request& request) const;

  AllowedHosts hosts_;
  std::string token_;
  bool secure_;
  IsOpen is_open_;
};

}  // namespace mien::server
