#include "vision/picture_header.h"

#include <array>
#include <string_view>

#include "vision/byte_reader.h"
#include "vision/tiff_directory.h"

namespace mien {
namespace {

using Bytes = std::span<const std::uint8_t>;
using Order = ByteReader::Order;

constexpr std::string_view kPngSignature = "\x89PNG\r\n\x1a\n";
constexpr std::string_view kExifPrefix{"Exif\0\0", 6};

[[noreturn]] void throw_damaged() {
  throw BadPicture("the file is damaged", "get it again from where it came");
}

Bytes without_exif_prefix(Bytes block) {
  const bool prefixed = ByteReader(block, Order::big_endian).has(0, kExifPrefix);
  return prefixed ? block.subspan(kExifPrefix.size()) : block;
}

// ---- PNG: a signature, then chunks of length, name, data and checksum.

constexpr std::array<std::uint32_t, 256> kChecksums = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
    table[byte] = byte;
    for (int bit = 0; bit < 8; ++bit) {
      table[byte] = (table[byte] >> 1U) ^ ((table[byte] & 1U) != 0 ? 0xEDB88320U : 0U);
    }
  }
  return table;
}();

/// CRC-32, as the PNG specification's annex D has it.
std::uint32_t png_checksum(Bytes bytes) {
  std::uint32_t checksum = 0xFFFFFFFFU;
  for (const auto byte : bytes) {
    checksum = kChecksums[(checksum ^ byte) & 0xFFU] ^ (checksum >> 8U);
  }
  return ~checksum;
}

struct PngChunk {
  std::string_view name;
  Bytes data;
  Bytes whole;
};

/// Calls `use` for every chunk up to IEND.
template <typename Use>
void for_each_png_chunk(Bytes bytes, const Use& use) {
  const ByteReader reader(bytes, Order::big_endian);
  std::size_t at = kPngSignature.size();
  std::string_view name;
  while (name != "IEND") {
    const std::size_t length = reader.u32(at);
    const Bytes whole = reader.part(at, length + 12);
    const Bytes named = whole.subspan(4, length + 4);
    name = {reinterpret_cast<const char*>(named.data()), 4};
    if (png_checksum(named) != reader.u32(at + 8 + length)) throw_damaged();
    use(PngChunk{name, named.subspan(4), whole});
    at += whole.size();
  }
}

PictureHeader read_png(Bytes bytes) {
  PictureHeader header{.kind = PictureKind::png};
  for_each_png_chunk(bytes, [&](const PngChunk& chunk) {
    const ByteReader data(chunk.data, Order::big_endian);
    if ((chunk.name == "IHDR") != (header.width == 0)) throw_damaged();  // first, and once
    if (chunk.name == "IHDR") {
      header.width = data.u32(0);
      header.height = data.u32(4);
      constexpr int kAlpha = 4;
      header.transparent = (data.u8(9) & kAlpha) != 0;
    } else if (chunk.name == "tRNS") {
      header.transparent = true;
    } else if (chunk.name == "eXIf") {
      header.orientation = exif_orientation(chunk.data);
    }
  });
  return header;
}

// ---- JPEG: markers, each with a segment; after the marker SOS come the coded pixels.

/// Programs write a dozen at most. Each takes a pass over all pixels, which an empty one of a few
/// bytes does, too.
constexpr int kMostScans = 100;

bool is_jpeg_frame(std::uint8_t marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

/// Where the next marker after coded pixels begins: stuffed zeros and restarts belong to the
/// pixels.
std::size_t next_jpeg_marker(const ByteReader& reader, std::size_t at) {
  for (;; ++at) {
    if (reader.u8(at) != 0xFF) continue;
    const auto next = reader.u8(at + 1);
    if (next != 0x00 && next != 0xFF && (next < 0xD0 || next > 0xD7)) return at;
  }
}

void read_jpeg_segment(std::uint8_t marker, Bytes segment, PictureHeader& header) {
  const ByteReader reader(segment, Order::big_endian);
  if (is_jpeg_frame(marker)) {
    if (header.width != 0) throw_damaged();  // decoders take the first, whatever the second says
    header.height = reader.u16(1);
    header.width = reader.u16(3);
  } else if (marker == 0xE1 && reader.has(0, kExifPrefix)) {
    header.orientation = exif_orientation(segment.subspan(kExifPrefix.size()));
  }
}

PictureHeader read_jpeg(Bytes bytes) {
  constexpr std::uint8_t kEnd = 0xD9;
  constexpr std::uint8_t kScan = 0xDA;
  int scans = 0;
  const ByteReader reader(bytes, Order::big_endian);
  PictureHeader header{.kind = PictureKind::jpeg};
  for (std::size_t at = next_jpeg_marker(reader, 2); reader.u8(at + 1) != kEnd;
       at = next_jpeg_marker(reader, at)) {
    const auto marker = reader.u8(at + 1);
    const std::size_t length = reader.u16(at + 2);
    if (length < 2) throw_damaged();
    read_jpeg_segment(marker, reader.part(at + 4, length - 2), header);
    at += 2 + length;
    if (marker != kScan) continue;
    if (header.width == 0) throw_damaged();
    if (++scans > kMostScans) {
      throw BadPicture("a JPEG of more than " + std::to_string(kMostScans) + " scans",
                       "save it anew");
    }
  }
  return header;
}

// ---- WebP: RIFF chunks. https://developers.google.com/speed/webp/docs/riff_container

void read_webp_canvas(const ByteReader& data, PictureHeader& header) {
  constexpr int kAnimation = 0x02;
  constexpr int kAlpha = 0x10;
  if ((data.u8(0) & kAnimation) != 0) {
    throw BadPicture("an animated WebP", "save one of its frames as PNG or JPEG");
  }
  header.transparent = (data.u8(0) & kAlpha) != 0;
  header.width = data.u24(4) + 1LL;
  header.height = data.u24(7) + 1LL;
}

void read_webp_lossless(const ByteReader& data, PictureHeader& header) {
  const std::uint32_t packed = data.u32(1);
  header.width = (packed & 0x3FFFU) + 1LL;
  header.height = ((packed >> 14U) & 0x3FFFU) + 1LL;
  header.transparent = ((packed >> 28U) & 1U) != 0;
}

PictureHeader read_webp(Bytes bytes) {
  const ByteReader file(bytes, Order::little_endian);
  const std::size_t end = file.part(8, file.u32(4)).size() + 8;
  PictureHeader header{.kind = PictureKind::webp};
  for (std::size_t at = 12; at + 8 <= end;) {
    const std::size_t length = file.u32(at + 4);
    const Bytes chunk = file.part(at + 8, length);
    const ByteReader data(chunk, Order::little_endian);
    if (file.has(at, "VP8X") && header.width == 0) read_webp_canvas(data, header);
    if (file.has(at, "VP8L") && header.width == 0) read_webp_lossless(data, header);
    if (file.has(at, "VP8 ") && header.width == 0) {
      header.width = data.u16(6) & 0x3FFF;
      header.height = data.u16(8) & 0x3FFF;
    }
    if (file.has(at, "EXIF")) header.orientation = exif_orientation(without_exif_prefix(chunk));
    at += 8 + length + length % 2;
  }
  return header;
}

// ---- BMP: a file header, a picture header, rows.

PictureHeader read_bmp(Bytes bytes) {
  const ByteReader file(bytes, Order::little_endian);
  PictureHeader header{.kind = PictureKind::bmp};
  const bool old_header = file.u32(14) == 12;
  if (old_header) {
    header.width = file.u16(18);
    header.height = file.u16(20);
  } else {
    header.width = static_cast<std::int32_t>(file.u32(18));
    const long long height = static_cast<std::int32_t>(file.u32(22));
    header.height = height < 0 ? -height : height;  // negative: the top row comes first
  }
  const long long bits = file.u16(old_header ? 24 : 28);
  const auto compression = old_header ? 0 : file.u32(30);
  constexpr std::uint32_t kLastCompression = 3;
  constexpr long long kMostBits = 32;
  if (compression > kLastCompression || bits > kMostBits) throw_damaged();
  const bool run_lengths = compression == 1 || compression == 2;
  if (header.width > 0 && !run_lengths) {
    const long long row = (header.width * bits + 31) / 32 * 4;
    if (row > static_cast<long long>(file.size())) throw_cut_off();
    const long long needed = row * header.height + file.u32(10);
    if (needed > static_cast<long long>(file.size())) throw_cut_off();
  }
  return header;
}

// ---- TIFF: a directory of fields, one of which says where the pixels are.

void check_tiff_parts(const TiffDirectory& directory, std::size_t file_size) {
  constexpr std::uint16_t kStripOffsets = 273;
  constexpr std::uint16_t kStripSizes = 279;
  constexpr std::uint16_t kTileOffsets = 324;
  constexpr std::uint16_t kTileSizes = 325;
  const bool tiles = directory.value(kTileOffsets).has_value();
  const auto offsets = directory.values(tiles ? kTileOffsets : kStripOffsets);
  const auto sizes = directory.values(tiles ? kTileSizes : kStripSizes);
  if (!offsets || !sizes || offsets->empty() || offsets->size() != sizes->size()) throw_damaged();
  for (std::size_t i = 0; i < offsets->size(); ++i) {
    if (std::uint64_t{(*offsets)[i]} + (*sizes)[i] > file_size) throw_cut_off();
  }
}

PictureHeader read_tiff(Bytes bytes) {
  constexpr std::uint16_t kWidth = 256;
  constexpr std::uint16_t kHeight = 257;
  constexpr std::uint16_t kPhotometric = 262;
  constexpr std::uint16_t kSamples = 277;
  constexpr std::uint32_t kRgb = 2;
  const TiffDirectory directory(bytes);
  check_tiff_parts(directory, bytes.size());
  PictureHeader header{.kind = PictureKind::tiff};
  header.width = directory.value(kWidth).value_or(0);
  header.height = directory.value(kHeight).value_or(0);
  header.transparent = directory.value(kPhotometric).value_or(0) == kRgb &&
                       directory.value(kSamples).value_or(0) == 4;
  return header;
}

// ---- All kinds.

/// What people have that is not read, so that the message can name it.
std::string_view known_format(const ByteReader& file) {
  if (file.has(0, "GIF8")) return "a GIF file";
  if (file.has(4, "ftypavif")) return "an AVIF file";
  if (file.has(4, "ftyphei") || file.has(4, "ftypmif1")) return "a HEIC file";
  if (file.has(4, "ftyp") || file.has(0, "\x1a\x45\xdf\xa3") || file.has(8, "AVI ")) {
    return "a video";
  }
  if (file.has(0, "%PDF")) return "a PDF file";
  if (file.has(0, "II+") || file.has(0, std::string_view("MM\0+", 4))) return "a BigTIFF file";
  return "not a picture, whatever its name says";
}

PictureHeader read_any(Bytes bytes) {
  const ByteReader file(bytes, Order::big_endian);
  if (file.size() == 0) throw BadPicture("the file is empty", "get it again from where it came");
  if (file.has(0, kPngSignature)) return read_png(bytes);
  if (file.has(0, "\xFF\xD8\xFF")) return read_jpeg(bytes);
  if (file.has(0, "RIFF") && file.has(8, "WEBP")) return read_webp(bytes);
  if (file.has(0, "BM")) return read_bmp(bytes);
  if (file.has(0, std::string_view("II*\0", 4)) || file.has(0, std::string_view("MM\0*", 4))) {
    return read_tiff(bytes);
  }
  throw BadPicture(std::string(known_format(file)), "give PNG, JPEG, WebP, TIFF or BMP");
}

}  // namespace

PictureHeader read_picture_header(Bytes bytes) {
  const auto header = read_any(bytes);
  if (header.width <= 0 || header.height <= 0) throw_damaged();
  return header;
}

std::vector<std::uint8_t> essential_png(Bytes bytes) {
  constexpr std::array<std::string_view, 5> kEssential = {"IHDR", "PLTE", "tRNS", "IDAT", "IEND"};
  std::vector<std::uint8_t> result(bytes.begin(), bytes.begin() + kPngSignature.size());
  for_each_png_chunk(bytes, [&](const PngChunk& chunk) {
    for (const auto name : kEssential) {
      if (chunk.name == name) result.insert(result.end(), chunk.whole.begin(), chunk.whole.end());
    }
  });
  return result;
}

}  // namespace mien
