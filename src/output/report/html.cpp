#include "output/report/html.h"

#include <fmt/format.h>

#include <opencv2/imgcodecs.hpp>
#include <vector>

#include "mien/error.h"
#include "output/report/style.h"

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

std::string jpeg_uri(std::span<const std::uint8_t> jpeg) {
  return "data:image/jpeg;base64," + base64(jpeg);
}

std::string percent(double share, int digits) {
  return fmt::format("{:.{}f}%", 100 * share, digits);
}

std::string page(const std::string& title, const std::string& content, const std::string& maker) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "style-src 'unsafe-inline'; img-src data:\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n{}\n"
      "<footer>Made by {}.</footer>\n</body>\n</html>\n",
      escaped(title), kReportStyle, content, escaped(maker));
}

std::string section(const std::string& title, const std::string& text, const std::string& content,
                    int level) {
  return fmt::format("<section><h{0}>{1}</h{0}>{2}{3}</section>\n", level, escaped(title),
                     text.empty() ? "" : R"(<p class="muted">)" + escaped(text) + "</p>", content);
}

std::string tile(const std::string& head, const std::string& value) {
  return fmt::format(R"(<div class="tile"><dt>{}</dt><dd>{}</dd></div>)", escaped(head),
                     escaped(value));
}

std::string table_row(const std::string& head, const std::string& value) {
  return fmt::format(R"(<tr><th scope="row">{}</th><td>{}</td></tr>)", escaped(head),
                     escaped(value));
}

std::string scrolling(const std::string& label, const std::string& table) {
  return fmt::format(R"(<div class="scroll" tabindex="0" role="region" aria-label="{}">{}</div>)",
                     escaped(label), table);
}

}  // namespace mien
