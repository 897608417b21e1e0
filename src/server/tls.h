#pragma once

#include <boost/asio/ssl/context.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace mien::server {

/// By what the server shows who it is.
struct Identity {
  std::unique_ptr<boost::asio::ssl::context> context;
  std::string fingerprint;  ///< SHA-256 of the certificate: "AB:CD:..."
};

/// From PEM files; `certificate` may hold the chain. Throws Error (usage) when one cannot be read,
/// is none, or the key is not the certificate's.
Identity identity_from_files(const std::filesystem::path& certificate,
                             const std::filesystem::path& key);

/// A new key and a certificate for these names and addresses, for a year, kept in memory alone.
/// Throws Error (internal) when OpenSSL does not make one.
Identity self_signed_identity(const std::vector<std::string>& names);

}  // namespace mien::server
