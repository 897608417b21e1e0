#pragma once

#include <cstdint>
#include <string_view>

namespace mien::server {

/// Bytes first..last of a file.
struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

enum class RangeKind { whole, part, none };

/// What a Range header asks for of a file of `size` bytes: "bytes=0-99", "bytes=100-" or
/// "bytes=-100". What is not understood, also more than one range, asks for the whole; what lies
/// behind the end for nothing.
RangeKind parse_range(std::string_view header, std::uint64_t size, ByteRange& range);

}  // namespace mien::server
