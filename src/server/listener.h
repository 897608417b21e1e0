#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <string>
#include <vector>

namespace mien::server {

/// The sockets on which the server listens.
struct Listeners {
  std::vector<boost::asio::ip::tcp::acceptor> acceptors;
  std::uint16_t port = 0;
  bool local = true;         ///< only this machine can connect
  bool any_address = false;  ///< all of the machine's addresses are listened on
  std::vector<std::string> addresses;
};

/// The addresses by which other machines know this one.
std::vector<std::string> machine_addresses();

/// Listens on an address of this machine, or a name of one; "localhost" is 127.0.0.1 and ::1. Port
/// 0 takes a free one. Throws Error: usage for an address that is none of this machine's, internal
/// when the port is taken.
Listeners listen(const boost::asio::any_io_executor& executor, const std::string& address,
                 std::uint16_t port);

}  // namespace mien::server
