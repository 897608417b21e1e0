#include "server/tls.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <cstring>

#include "mien/error.h"

namespace mien::server {
namespace {

namespace ssl = boost::asio::ssl;

template <auto Free>
struct Freer {
  template <typename Value>
  void operator()(Value* value) const {
    Free(value);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freer<X509_EXTENSION_free>>;

void require(bool done) {
  if (!done) {
    throw Error(ErrorCode::internal,
                "OpenSSL could not make a certificate; give --tls-cert and --tls-key");
  }
}

std::unique_ptr<ssl::context> new_context() {
  auto context = std::make_unique<ssl::context>(ssl::context::tls_server);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_options(context->native_handle(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  return context;
}

std::string fingerprint_of(X509& certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  require(X509_digest(&certificate, EVP_sha256(), digest.data(), &length) == 1);
  std::string text;
  for (unsigned i = 0; i < length; ++i)
    text += fmt::format("{}{:02X}", i > 0 ? ":" : "", digest[i]);
  return text;
}

void add_extension(X509& certificate, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, &certificate, &certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  require(extension != nullptr && X509_add_ext(&certificate, extension.get(), -1) == 1);
}

/// "DNS:localhost,IP:127.0.0.1"
std::string alternative_names(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) {
    boost::system::error_code error;
    boost::asio::ip::make_address(name, error);
    text += fmt::format("{}{}:{}", text.empty() ? "" : ",", error ? "DNS" : "IP", name);
  }
  return text;
}

/// Browsers refuse two certificates of one name and number.
void set_random_number(X509& certificate) {
  std::uint64_t number = 0;
  require(RAND_bytes(reinterpret_cast<unsigned char*>(&number), sizeof number) == 1);
  require(ASN1_INTEGER_set_uint64(X509_get_serialNumber(&certificate), number >> 1U) == 1);
}

Certificate make_certificate(EVP_PKEY& key, const std::vector<std::string>& names) {
  constexpr long kHour = 3600;
  constexpr long kYear = 365 * 24 * kHour;
  constexpr long kVersion3 = 2;
  Certificate certificate(X509_new());
  require(certificate != nullptr);
  require(X509_set_version(certificate.get(), kVersion3) == 1);
  set_random_number(*certificate);
  // A phone's clock may be behind.
  require(X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kHour) != nullptr);
  require(X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kYear) != nullptr);
  require(X509_set_pubkey(certificate.get(), &key) == 1);
  auto* name = X509_get_subject_name(certificate.get());
  const std::array<unsigned char, 5> text = {"mien"};
  require(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text.data(), -1, -1, 0) == 1);
  require(X509_set_issuer_name(certificate.get(), name) == 1);
  add_extension(*certificate, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(*certificate, NID_key_usage, "critical,digitalSignature");
  add_extension(*certificate, NID_ext_key_usage, "serverAuth");
  add_extension(*certificate, NID_subject_alt_name, alternative_names(names));
  require(X509_sign(certificate.get(), &key, EVP_sha256()) > 0);
  return certificate;
}

[[noreturn]] void refuse(const char* option, const std::filesystem::path& path,
                         const std::string& what) {
  throw Error(ErrorCode::usage, fmt::format("{} {}: {}", option, path.string(), what));
}

void require_file(const char* option, const std::filesystem::path& file) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (!std::filesystem::exists(status)) refuse(option, file, "no such file; check the path");
  if (std::filesystem::is_directory(status)) refuse(option, file, "a folder; give a file");
}

}  // namespace

Identity identity_from_files(const std::filesystem::path& certificate,
                             const std::filesystem::path& key) {
  require_file("--tls-cert", certificate);
  require_file("--tls-key", key);
  Identity identity{new_context(), {}};
  boost::system::error_code error;
  identity.context->use_certificate_chain_file(certificate.string(), error);
  if (error) refuse("--tls-cert", certificate, "not a certificate in PEM form; check the file");
  // OpenSSL would ask for a password on the terminal.
  identity.context->set_password_callback([](auto, auto) { return std::string(); }, error);
  identity.context->use_private_key_file(key.string(), ssl::context::pem, error);
  if (error) {
    refuse("--tls-key", key,
           "not a key without a password in PEM form, or not that of the certificate; check the "
           "file");
  }
  if (SSL_CTX_check_private_key(identity.context->native_handle()) != 1) {
    refuse("--tls-key", key, "not the key of the certificate; give the one it was made with");
  }
  identity.fingerprint =
      fingerprint_of(*SSL_CTX_get0_certificate(identity.context->native_handle()));
  return identity;
}

Identity self_signed_identity(const std::vector<std::string>& names) {
  const Key key(EVP_EC_gen("P-256"));
  require(key != nullptr);
  const auto certificate = make_certificate(*key, names);
  Identity identity{new_context(), fingerprint_of(*certificate)};
  auto* context = identity.context->native_handle();
  require(SSL_CTX_use_certificate(context, certificate.get()) == 1);
  require(SSL_CTX_use_PrivateKey(context, key.get()) == 1);
  return identity;
}

}  // namespace mien::server
