#include "server/multipart.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <utility>
#include <vector>

#include "mien/error.h"
#include "output/shown_name.h"

namespace mien::server {
namespace {

constexpr std::size_t kPiece = 1U << 16;
constexpr std::size_t kMostPreamble = 1024;
constexpr std::size_t kMostPadding = 128;
constexpr std::size_t kMostHeaders = 8U << 10;
constexpr int kMostParts = 32;
constexpr std::size_t kLongestBoundary = 70;
constexpr std::string_view kLineEnd = "\r\n";

[[noreturn]] void fail(const std::string& what) {
  throw Error(ErrorCode::input, "the multipart body " + what);
}

[[noreturn]] void fail_malformed(const std::string& what) {
  fail("is malformed: " + what + "; send it as a browser or curl --form does");
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (auto& c : result) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return result;
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// `form-data; name="a"; filename="b.png"`: what comes first, in lower case, and the parameters.
struct HeaderValue {
  std::string value;
  std::map<std::string, std::string> parameters;
};

/// What stands between quotes, which are taken off the text. As browsers write it: a backslash
/// means itself but before a quote, so that paths of old ones stay readable.
std::string take_quoted(std::string_view& text) {
  std::string value;
  text.remove_prefix(1);
  while (!text.empty() && text.front() != '"') {
    if (text.starts_with("\\\"")) text.remove_prefix(1);
    value += text.front();
    text.remove_prefix(1);
  }
  if (text.empty()) fail_malformed("a quote is not closed");
  text.remove_prefix(1);
  return value;
}

std::string take_value(std::string_view& text) {
  if (text.starts_with('"')) return take_quoted(text);
  const auto end = std::min(text.find_first_of("; \t"), text.size());
  const std::string value(text.substr(0, end));
  text.remove_prefix(end);
  return value;
}

HeaderValue parse_value(std::string_view text) {
  HeaderValue result;
  const auto end = std::min(text.find(';'), text.size());
  result.value = lower(trimmed(text.substr(0, end)));
  text = trimmed(text.substr(end));
  while (text.starts_with(';')) {
    text = trimmed(text.substr(1));
    if (text.empty()) break;
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) fail_malformed("a parameter has no value");
    const auto key = lower(trimmed(text.substr(0, equals)));
    text = trimmed(text.substr(equals + 1));
    if (!result.parameters.emplace(key, take_value(text)).second) {
      fail_malformed("the parameter " + shown_file_name(key, "?") + " stands twice");
    }
    text = trimmed(text);
  }
  if (!text.empty()) fail_malformed("something stands behind a parameter");
  return result;
}

std::string boundary_of(std::string_view content_type) {
  const auto type = parse_value(content_type);
  const auto found = type.parameters.find("boundary");
  if (found == type.parameters.end() || found->second.empty()) {
    fail("has no boundary in its Content-Type; send it as a browser or curl --form does");
  }
  const auto& boundary = found->second;
  const bool sound = std::ranges::all_of(boundary, [](char c) {
    const bool alphanumeric =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return alphanumeric || std::string_view("'()+_,-./:=? ").find(c) != std::string_view::npos;
  });
  if (!sound || boundary.size() > kLongestBoundary || boundary.back() == ' ') {
    fail_malformed("its boundary is not 1 to 70 letters and digits");
  }
  return boundary;
}

/// Browsers write a quote and line ends in a name so.
std::string file_name(const std::string& written) {
  auto name = replaced(written, "%22", "\"");
  name = replaced(name, "%0D", "");
  name = replaced(name, "%0A", "");
  return shown_file_name(name, "");
}

using Headers = std::map<std::string, std::string>;

Headers parse_headers(std::string_view text) {
  Headers headers;
  while (!text.empty()) {
    const auto end = std::min(text.find(kLineEnd), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + kLineEnd.size(), text.size()));
    const auto colon = line.find(':');
    const auto key = lower(line.substr(0, std::min(colon, line.size())));
    const bool sound = colon != std::string_view::npos && !key.empty() &&
                       key.find_first_of(" \t") == std::string::npos &&
                       line.find('\0') == std::string_view::npos;
    if (!sound) fail_malformed("a part's header is none");
    if (!headers.emplace(key, trimmed(line.substr(colon + 1))).second) {
      fail_malformed("a part's header stands twice");
    }
  }
  return headers;
}

/// What could mean that the part's bytes are not the file's.
void check_plain(const Headers& headers) {
  const auto encoding = headers.find("content-transfer-encoding");
  if (encoding != headers.end()) {
    const auto value = lower(encoding->second);
    if (value != "binary" && value != "8bit" && value != "7bit") {
      fail("encodes its file; send the bytes as they are");
    }
  }
  const auto type = headers.find("content-type");
  if (type != headers.end() && lower(type->second).starts_with("multipart/")) {
    fail("holds another multipart body; send the file itself");
  }
}

}  // namespace

bool is_multipart(std::string_view content_type) {
  return lower(trimmed(content_type.substr(0, content_type.find(';')))) == "multipart/form-data";
}

MultipartReader::MultipartReader(std::string_view content_type, Sink file)
    : delimiter_("\r\n--" + boundary_of(content_type)),
      file_(std::move(file)),
      buffer_(kLineEnd) {}  // the first delimiter may be at the very beginning

void MultipartReader::read(std::string_view bytes) {
  while (!bytes.empty()) {
    buffer_ += bytes.substr(0, kPiece);
    bytes.remove_prefix(std::min(kPiece, bytes.size()));
    while (advance()) {
    }
  }
}

std::string MultipartReader::finish() {
  if (place_ != Place::epilogue) fail("is cut off: its closing boundary is missing; send it again");
  if (!found_) fail("holds no file; send one as a part with a filename");
  if (size_ == 0) fail("holds an empty file; choose another");
  return name_;
}

/// One step; false when more bytes are needed for the next.
bool MultipartReader::advance() {
  switch (place_) {
    case Place::preamble:
      return pass_preamble();
    case Place::delimiter:
      return pass_delimiter();
    case Place::headers:
      return read_headers();
    case Place::part:
      return read_part();
    case Place::epilogue:
      buffer_.clear();
      return false;
  }
  return false;
}

bool MultipartReader::pass_preamble() {
  const auto found = buffer_.find(delimiter_);
  if (std::min(found, buffer_.size()) > kMostPreamble) {
    fail_malformed("it does not begin with its boundary");
  }
  if (found == std::string::npos) return false;
  buffer_.erase(0, found + delimiter_.size());
  place_ = Place::delimiter;
  return true;
}

/// What stands behind the boundary: the closing dashes, or the line's end.
bool MultipartReader::pass_delimiter() {
  if (buffer_.size() < 2) return false;
  if (buffer_.starts_with("--")) {
    place_ = Place::epilogue;
    return true;
  }
  const auto end = buffer_.find(kLineEnd);
  const auto padding = std::string_view(buffer_).substr(0, end);
  if (padding.size() > kMostPadding) fail_malformed("a boundary's line does not end");
  if (end == std::string::npos) return false;
  if (padding.find_first_not_of(" \t") != std::string_view::npos) {
    fail_malformed("its boundary also stands inside a part");
  }
  // The line's end stays, so that a part without headers ends them as one with some does.
  buffer_.erase(0, end);
  place_ = Place::headers;
  return true;
}

bool MultipartReader::read_headers() {
  const auto end = buffer_.find("\r\n\r\n");
  if (std::min(end, buffer_.size()) > kMostHeaders) {
    fail_malformed("a part's headers are over 8 KB");
  }
  if (end == std::string::npos) return false;
  const std::string headers = buffer_.substr(0, end);
  buffer_.erase(0, end + 4);
  begin_part(std::string_view(headers).substr(std::min(headers.size(), kLineEnd.size())));
  place_ = Place::part;
  return true;
}

void MultipartReader::begin_part(std::string_view headers) {
  if (++parts_ > kMostParts) fail("has more than 32 parts; send the file alone");
  const auto fields = parse_headers(headers);
  const auto disposition = fields.find("content-disposition");
  if (disposition == fields.end()) fail_malformed("a part has no Content-Disposition");
  const auto value = parse_value(disposition->second);
  if (value.value != "form-data") fail_malformed("a part is no form-data");
  const auto name = value.parameters.find("filename");
  in_file_ = name != value.parameters.end() || value.parameters.contains("filename*");
  if (!in_file_) return;
  if (found_) fail("holds several files; send one in each request");
  check_plain(fields);
  found_ = true;
  if (name != value.parameters.end()) name_ = file_name(name->second);
}

bool MultipartReader::read_part() {
  const auto found = buffer_.find(delimiter_);
  if (found != std::string::npos) {
    give(std::string_view(buffer_).substr(0, found));
    buffer_.erase(0, found + delimiter_.size());
    place_ = Place::delimiter;
    return true;
  }
  // The end of what is there may be the beginning of a delimiter.
  if (buffer_.size() < delimiter_.size()) return false;
  const auto safe = buffer_.size() - delimiter_.size() + 1;
  give(std::string_view(buffer_).substr(0, safe));
  buffer_.erase(0, safe);
  return false;
}

void MultipartReader::give(std::string_view bytes) {
  if (!in_file_ || bytes.empty()) return;
  size_ += bytes.size();
  file_(bytes);
}

MultipartFile read_multipart(std::string_view body, std::string_view content_type) {
  MultipartFile file;
  MultipartReader reader(content_type, [&](std::string_view bytes) { file.bytes += bytes; });
  reader.read(body);
  file.name = reader.finish();
  return file;
}

std::string extract_multipart(const std::filesystem::path& body, std::string_view content_type,
                              const std::filesystem::path& into, const std::stop_token& stop) {
  std::ofstream file(into, std::ios::binary);
  MultipartReader reader(content_type, [&](std::string_view bytes) {
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  });
  std::ifstream source(body, std::ios::binary);
  std::vector<char> piece(kPiece);
  while (source.read(piece.data(), static_cast<std::streamsize>(piece.size())) ||
         source.gcount() > 0) {
    if (stop.stop_requested()) {
      throw Error(ErrorCode::internal, "the server is stopping; send it again later");
    }
    reader.read({piece.data(), static_cast<std::size_t>(source.gcount())});
  }
  auto name = reader.finish();
  if (!file.flush()) {
    throw Error(ErrorCode::internal, "the upload cannot be stored; free space on the disk");
  }
  return name;
}

}  // namespace mien::server
