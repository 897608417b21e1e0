// Feeds what a client may send over a live session to what reads it: texts, those of classes too,
// and frames, which are decoded as the server does.
#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>

#include "mien/error.h"
#include "server/class_message.h"
#include "server/live_message.h"

namespace {

void require(bool holds) {
  if (!holds) __builtin_trap();
}

void check_answer(const std::string& text) { require(nlohmann::json::parse(text).is_object()); }

/// What is understood is within its limits, and can be told to others.
void check_class(std::string_view text) {
  using namespace mien::server;
  if (const auto said = parse_member_text(text); said && said->mood) {
    check_answer(mood_json(*said->mood));
  }
  if (const auto said = parse_host_text(text); said && said->mark) {
    require(!said->mark->empty() && said->mark->size() <= 4 * 80);
    check_answer(mark_json(7, *said->mark));
  }
  if (const auto wanted = parse_class_request(text)) {
    require(!wanted->title.empty() && wanted->title.size() <= 4 * 80);
    check_answer(to_json(ClassGreeting{.title = wanted->title}));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mien;
  if (size == 0) return 0;
  const std::span<const std::uint8_t> bytes(data + 1, size - 1);
  if (data[0] == 't') {
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    server::parse_live_command(text);
    check_class(text);
    check_answer(server::live_failure(400, std::string(text)));
    FrameResult result;
    result.source = text;
    check_answer(server::live_answer(result, size, 0.5));
    return 0;
  }
  constexpr long long kMostPixels = 1'000'000;
  try {
    const auto picture =
        server::decode_live_frame(bytes, {.bytes = 4'000'000, .pixels = kMostPixels});
    require(picture.format() == PixelFormat::bgr);
    require(static_cast<long long>(picture.width()) * picture.height() <= kMostPixels);
  } catch (const Error& error) {
    require(error.code() == ErrorCode::input);
    check_answer(server::live_failure(1, 2, 400, error.what()));
  }
  return 0;
}
