// Feeds a multipart/form-data body to its reader, whole and in pieces: both must give the same
// file, or refuse it. The first line is the Content-Type, the second says how large the pieces are.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "mien/error.h"
#include "server/multipart.h"

namespace mien::server {
namespace {

void require(bool holds) {
  if (!holds) __builtin_trap();
}

std::string_view take_line(std::string_view& text) {
  const auto line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(line.size() + 1, text.size()));
  return line;
}

/// The file, or nothing when it was refused.
std::optional<MultipartFile> read(std::string_view type, std::string_view body,
                                  std::string_view sizes) {
  MultipartFile file;
  try {
    MultipartReader reader(type, [&](std::string_view bytes) { file.bytes += bytes; });
    for (std::size_t i = 0; !body.empty(); ++i) {
      const auto size =
          sizes.empty() ? body.size() : 1U + static_cast<unsigned char>(sizes[i % sizes.size()]);
      reader.read(body.substr(0, size));
      body.remove_prefix(std::min<std::size_t>(size, body.size()));
    }
    file.name = reader.finish();
  } catch (const Error& error) {
    require(error.code() == ErrorCode::input);
    return {};
  }
  return file;
}

}  // namespace
}  // namespace mien::server

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mien::server;
  std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto type = take_line(body);
  const auto sizes = take_line(body);
  is_multipart(type);
  const auto whole = read(type, body, "");
  const auto pieces = read(type, body, sizes);
  require(whole.has_value() == pieces.has_value());
  if (!whole) return 0;
  require(whole->name == pieces->name && whole->bytes == pieces->bytes);
  require(!whole->bytes.empty() && whole->bytes.size() < body.size());
  require(whole->name.find('/') == std::string::npos);
  return 0;
}
