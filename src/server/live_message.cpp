#include "server/live_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mien/error.h"
#include "mien/json_lines.h"
#include "server/one_member.h"

namespace mien::server {
namespace {

using Json = nlohmann::ordered_json;

bool begins_with(std::span<const std::uint8_t> bytes, std::string_view text) {
  return bytes.size() >= text.size() &&
         std::equal(text.begin(), text.end(), bytes.begin(),
                    [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; });
}

bool is_jpeg(std::span<const std::uint8_t> bytes) { return begins_with(bytes, "\xFF\xD8\xFF"); }

bool is_webp(std::span<const std::uint8_t> bytes) {
  constexpr std::size_t kKind = 8;
  return begins_with(bytes, "RIFF") && bytes.size() > kKind &&
         begins_with(bytes.subspan(kKind), "WEBP");
}

std::string dumped(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json error_of(unsigned status, const std::string& message) {
  return {{"status", status}, {"message", message}};
}

}  // namespace

LiveCommand parse_live_command(std::string_view text) {
  const auto said = one_member(text);
  return said && said->is("reset") ? LiveCommand::reset : LiveCommand::unknown;
}

Image decode_live_frame(std::span<const std::uint8_t> bytes, const PictureLimits& limits) {
  if (!is_jpeg(bytes) && !is_webp(bytes)) {
    throw Error(ErrorCode::input, "the frame is neither a JPEG nor a WebP picture; send one");
  }
  return decode_picture(bytes, "the frame", limits);
}

std::string live_answer(const FrameResult& result, std::uint64_t dropped, double delay,
                        const std::string& more) {
  auto line = to_json_line(result);
  line.pop_back();
  return line + fmt::format(",\"dropped\":{},\"delay\":{:.1f}{}}}", dropped, delay, more);
}

std::string live_failure(long long frame, std::uint64_t dropped, unsigned status,
                         const std::string& message) {
  return dumped({{"frame", frame}, {"dropped", dropped}, {"error", error_of(status, message)}});
}

std::string live_failure(unsigned status, const std::string& message) {
  return dumped({{"error", error_of(status, message)}});
}

}  // namespace mien::server
