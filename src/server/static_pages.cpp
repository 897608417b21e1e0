#include "server/static_pages.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace mien::server {
namespace {

namespace http = boost::beast::http;

constexpr std::string_view kIndex = "/index.html";
/// Paths that the application's one page makes its own.
constexpr std::array<std::string_view, 8> kViews = {"/",      "/live",        "/stream", "/analyze",
                                                    "/class", "/expressions", "/models", "/about"};
/// And all that begin so: a class's code follows.
constexpr std::string_view kJoin = "/join/";
/// The builder writes a hash into these names, so what is behind one never changes.
constexpr std::string_view kHashed = "/assets/";

constexpr std::array<std::pair<std::string_view, std::string_view>, 17> kTypes = {{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".map", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".txt", "text/plain; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".webp", "image/webp"},
    {".avif", "image/avif"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".woff", "font/woff"},
    {".wasm", "application/wasm"},
    {".mp4", "video/mp4"},
}};

constexpr const char* kPolicy =
    "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob: mediastream:; "
    "connect-src 'self'; style-src 'self'; script-src 'self'; object-src 'none'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

std::string_view type_of(std::string_view path) {
  for (const auto& [extension, type] : kTypes) {
    if (path.ends_with(extension)) return type;
  }
  return "application/octet-stream";
}

/// The elements of "gzip;q=0.5, br".
template <typename Use>
void for_each_element(std::string_view list, const Use& use) {
  while (!list.empty()) {
    auto element = list.substr(0, list.find(','));
    list.remove_prefix(std::min(element.size() + 1, list.size()));
    while (element.starts_with(' ') || element.starts_with('\t')) element.remove_prefix(1);
    while (element.ends_with(' ') || element.ends_with('\t')) element.remove_suffix(1);
    if (!element.empty()) use(element);
  }
}

/// "gzip;q=0" refuses.
bool refuses(std::string_view element) {
  const auto weight = element.find("q=");
  if (weight == std::string_view::npos) return false;
  const auto number = element.substr(weight + 2);
  double value = 1;
  std::from_chars(number.data(), number.data() + number.size(), value);
  return value <= 0;
}

bool accepts_gzip(const http::fields& headers) {
  bool accepted = false;
  for_each_element(headers[http::field::accept_encoding], [&](std::string_view element) {
    const auto name = element.substr(0, element.find(';'));
    if (name == "gzip" || name == "*") accepted = !refuses(element);
  });
  return accepted;
}

bool is_known(const http::fields& headers, std::string_view tag) {
  bool known = false;
  for_each_element(headers[http::field::if_none_match], [&](std::string_view element) {
    if (element.starts_with("W/")) element.remove_prefix(2);
    known = known || element == tag || element == "*";
  });
  return known;
}

Response answer(const PageFile& file, const http::fields& headers) {
  const bool gzip = !file.gzip.empty() && accepts_gzip(headers);
  const auto tag = "\"" + std::string(file.hash) + (gzip ? "-gzip\"" : "\"");
  Response response;
  response.type = type_of(file.path);
  response.headers = {
      {"ETag", tag},
      {"Cache-Control",
       file.path.starts_with(kHashed) ? "public, max-age=31536000, immutable" : "no-cache"},
      {"Content-Security-Policy", kPolicy},
      {"Permissions-Policy", "camera=(self), microphone=(), geolocation=()"},
      {"Cross-Origin-Opener-Policy", "same-origin"},
  };
  if (!file.gzip.empty()) response.headers["Vary"] = "Accept-Encoding";
  if (is_known(headers, tag)) {
    response.status = http::status::not_modified;
    return response;
  }
  if (gzip) response.headers["Content-Encoding"] = "gzip";
  response.body = gzip ? file.gzip : file.content;
  return response;
}

}  // namespace

StaticPages::StaticPages(std::span<const PageFile> files) : files_(files.begin(), files.end()) {}

std::optional<Response> StaticPages::find(const std::string& path,
                                          const http::fields& headers) const {
  const bool view =
      path.starts_with(kJoin) || std::find(kViews.begin(), kViews.end(), path) != kViews.end();
  const auto wanted = view ? kIndex : std::string_view(path);
  for (const auto& file : files_) {
    if (file.path == wanted) return answer(file, headers);
  }
  return std::nullopt;
}

}  // namespace mien::server
