#include "output/report/html.h"

#include <cstdint>
#include <opencv2/imgcodecs.hpp>
#include <span>
#include <vector>

#include "mien/error.h"

namespace mien {
namespace {

std::string base64(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto group = bytes.subspan(i, std::min<std::size_t>(3, bytes.size() - i));
    std::uint32_t bits = 0;
    for (std::size_t j = 0; j < 3; ++j) bits = bits << 8 | (j < group.size() ? group[j] : 0U);
    for (std::size_t digit = 0; digit < 4; ++digit) {
      text += digit <= group.size() ? kDigits[bits >> (6 * (3 - digit)) & 63] : '=';
    }
  }
  return text;
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        // Control characters have no place in HTML, and a card's text may hold any.
        result += static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' ? ' ' : c;
    }
  }
  return result;
}

std::string data_uri(const ImageView& picture) {
  const cv::Mat pixels(picture.height, picture.width,
                       picture.format == PixelFormat::gray ? CV_8UC1 : CV_8UC3,
                       // OpenCV has no view of constant pixels; encoding does not change them.
                       const_cast<std::uint8_t*>(picture.data),  // NOLINT(*-const-cast)
                       static_cast<std::size_t>(picture.stride));
  std::vector<std::uint8_t> bytes;
  if (picture.empty() || !cv::imencode(".png", pixels, bytes)) {
    throw Error(ErrorCode::internal, "cannot encode a picture of the report as PNG");
  }
  return "data:image/png;base64," + base64(bytes);
}

}  // namespace mien
