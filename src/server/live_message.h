#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mien/frame_result.h"
#include "mien/image.h"
#include "mien/picture.h"

namespace mien::server {

/// What a client of a live session may say in a text.
enum class LiveCommand { reset, unknown };

LiveCommand parse_live_command(std::string_view text);

/// The picture of one binary message: a JPEG or WebP. Throws Error (input) for anything else.
Image decode_live_frame(std::span<const std::uint8_t> bytes, const PictureLimits& limits);

/// The answer to a frame: its result, how many frames were dropped before it, and the milliseconds
/// since it came. `more` are further members of the object: ",\"name\":value", or nothing.
std::string live_answer(const FrameResult& result, std::uint64_t dropped, double delay,
                        const std::string& more = {});

/// The answer to a frame that was not analyzed.
std::string live_failure(long long frame, std::uint64_t dropped, unsigned status,
                         const std::string& message);

/// The answer to a text that was not understood.
std::string live_failure(unsigned status, const std::string& message);

}  // namespace mien::server
