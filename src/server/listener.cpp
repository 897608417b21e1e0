#include "server/listener.h"

#include <fmt/format.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>

#include "mien/error.h"

namespace mien::server {

namespace asio = boost::asio;
using asio::ip::tcp;
using ErrorCodeOf = boost::system::error_code;

namespace {

/// Those who connect at once wait for so many places.
constexpr int kBacklog = 128;

std::vector<asio::ip::address> addresses_of(const asio::any_io_executor& executor,
                                            const std::string& name) {
  if (name == "localhost") {
    return {asio::ip::address_v4::loopback(), asio::ip::address_v6::loopback()};
  }
  ErrorCodeOf error;
  const auto address = asio::ip::make_address(name, error);
  if (!error) return {address};
  std::vector<asio::ip::address> addresses;
  tcp::resolver resolver(executor);
  for (const auto& result : resolver.resolve(name, "", error)) {
    const auto found = result.endpoint().address();
    if (std::find(addresses.begin(), addresses.end(), found) == addresses.end()) {
      addresses.push_back(found);
    }
  }
  if (error || addresses.empty()) {
    throw Error(ErrorCode::usage, fmt::format("--listen {}: no such address; give one of this "
                                              "machine, such as 192.168.1.5 or 0.0.0.0",
                                              name));
  }
  return addresses;
}

tcp::acceptor listen_on(const asio::any_io_executor& executor, const tcp::endpoint& endpoint,
                        ErrorCodeOf& error) {
  tcp::acceptor acceptor(executor);
  if (acceptor.open(endpoint.protocol(), error)) return acceptor;
  // Both kinds of addresses may be listened on side by side.
  if (endpoint.protocol() == tcp::v6() && !endpoint.address().is_unspecified()) {
    acceptor.set_option(asio::ip::v6_only(true), error);
  }
  acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (acceptor.bind(endpoint, error)) return acceptor;
  acceptor.listen(kBacklog, error);
  return acceptor;
}

[[noreturn]] void fail(const std::string& address, std::uint16_t port, const ErrorCodeOf& error) {
  if (error == asio::error::address_in_use) {
    throw Error(ErrorCode::internal,
                fmt::format("port {} of {} is taken, perhaps by another mien serve; stop that or "
                            "give another --port",
                            port, address));
  }
  if (error == asio::error::access_denied) {
    throw Error(ErrorCode::internal,
                fmt::format("port {} may not be listened on; give a --port above 1023", port));
  }
  throw Error(ErrorCode::usage, fmt::format("--listen {}: {}; give an address of this machine",
                                            address, error.message()));
}

bool has_no_ipv6(const tcp::endpoint& endpoint, const ErrorCodeOf& error) {
  return endpoint.protocol() == tcp::v6() && error != asio::error::address_in_use;
}

std::optional<asio::ip::address> address_of(const ifaddrs& interface) {
  if (interface.ifa_addr == nullptr || (interface.ifa_flags & IFF_UP) == 0) return std::nullopt;
  if (interface.ifa_addr->sa_family == AF_INET) {
    sockaddr_in address = {};
    std::memcpy(&address, interface.ifa_addr, sizeof address);
    return asio::ip::address_v4(ntohl(address.sin_addr.s_addr));
  }
  if (interface.ifa_addr->sa_family == AF_INET6) {
    sockaddr_in6 address = {};
    std::memcpy(&address, interface.ifa_addr, sizeof address);
    asio::ip::address_v6::bytes_type bytes;
    std::memcpy(bytes.data(), &address.sin6_addr, bytes.size());
    return asio::ip::address_v6(bytes);
  }
  return std::nullopt;
}

bool is_for_others(const asio::ip::address& address) {
  return !address.is_loopback() && !(address.is_v6() && address.to_v6().is_link_local());
}

}  // namespace

std::vector<std::string> machine_addresses() {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owned(list, ::freeifaddrs);
  std::vector<asio::ip::address> addresses;
  for (const auto* interface = list; interface != nullptr; interface = interface->ifa_next) {
    const auto address = address_of(*interface);
    if (address && is_for_others(*address)) addresses.push_back(*address);
  }
  std::stable_partition(addresses.begin(), addresses.end(),
                        [](const auto& address) { return address.is_v4(); });
  std::vector<std::string> names;
  for (const auto& address : addresses) names.push_back(address.to_string());
  return names;
}

Listeners listen(const asio::any_io_executor& executor, const std::string& address,
                 std::uint16_t port) {
  Listeners listeners;
  listeners.port = port;
  for (const auto& each : addresses_of(executor, address)) {
    const tcp::endpoint endpoint(each, listeners.port);
    ErrorCodeOf error;
    auto acceptor = listen_on(executor, endpoint, error);
    if (error && !listeners.acceptors.empty() && has_no_ipv6(endpoint, error)) continue;
    if (error) fail(each.to_string(), listeners.port, error);
    listeners.port = acceptor.local_endpoint().port();
    listeners.local = listeners.local && each.is_loopback();
    listeners.any_address = listeners.any_address || each.is_unspecified();
    listeners.addresses.push_back(each.to_string());
    listeners.acceptors.push_back(std::move(acceptor));
  }
  return listeners;
}

}  // namespace mien::server
