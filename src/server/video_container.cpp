#include "server/video_container.h"

#include <array>
#include <fstream>
#include <string>

#include "mien/error.h"

namespace mien::server {
namespace {

using namespace std::string_view_literals;

struct Sign {
  std::size_t at;
  std::string_view bytes;
};

constexpr std::array kSigns = {
    Sign{4, "ftyp"sv},
    Sign{4, "moov"sv},
    Sign{4, "mdat"sv},
    Sign{4, "free"sv},
    Sign{4, "skip"sv},
    Sign{4, "wide"sv},
    Sign{0, "\x1A\x45\xDF\xA3"sv},  // Matroska, WebM
    Sign{8, "AVI "sv},
    Sign{0, "OggS"sv},
    Sign{0, "FLV\x01"sv},
    Sign{0, "\x30\x26\xB2\x75\x8E\x66\xCF\x11"sv},  // ASF
    Sign{0, "\x00\x00\x01"sv},
    Sign{0, "\x00\x00\x00\x01"sv},  // MPEG, H.264, H.265
    Sign{0, "\xFF\xD8\xFF"sv},
    Sign{0, "YUV4MPEG2"sv},
    Sign{0, "GIF8"sv},
};

/// Packets of that many bytes, each with the sync byte at the same place.
bool is_transport_stream(std::string_view bytes, std::size_t at, std::size_t packet) {
  constexpr char kSync = 0x47;
  return bytes.size() > at + packet && bytes[at] == kSync && bytes[at + packet] == kSync;
}

}  // namespace

bool begins_as_video(std::string_view bytes) {
  for (const auto& sign : kSigns) {
    if (bytes.size() > sign.at && bytes.substr(sign.at).starts_with(sign.bytes)) return true;
  }
  return is_transport_stream(bytes, 0, 188) || is_transport_stream(bytes, 4, 192);
}

void check_is_video(const std::filesystem::path& file, const std::string& name) {
  std::array<char, kContainerBytes> bytes{};
  std::ifstream stream(file, std::ios::binary);
  stream.read(bytes.data(), bytes.size());
  if (begins_as_video({bytes.data(), static_cast<std::size_t>(stream.gcount())})) return;
  throw Error(ErrorCode::input,
              name + ": not a video that is known here; send MP4, MOV, WebM, MKV, AVI or MPEG");
}

}  // namespace mien::server
