#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

namespace mien::server {

/// Whether a Content-Type says multipart/form-data.
bool is_multipart(std::string_view content_type);

/// Reads a multipart/form-data body (RFC 7578) piece by piece and gives out the one file in it.
/// Other fields are passed over. Throws Error (input) for a body that is not well formed, is cut
/// off, or holds no file, an empty one or several; its parts are at most 32, with headers of at
/// most 8 KB each. Needs memory for one piece, not for the body.
class MultipartReader {
 public:
  using Sink = std::function<void(std::string_view)>;

  /// `content_type` of the request, with the boundary; `file` gets the file's bytes in order.
  MultipartReader(std::string_view content_type, Sink file);

  void read(std::string_view bytes);

  /// After the last byte. The file's name as it may be shown; empty when it has none. It is never
  /// the name of a file of the server.
  std::string finish();

 private:
  enum class Place { preamble, delimiter, headers, part, epilogue };

  bool advance();
  bool pass_preamble();
  bool pass_delimiter();
  bool read_headers();
  bool read_part();
  void begin_part(std::string_view headers);
  void give(std::string_view bytes);

  std::string delimiter_;  ///< with the line's end before it
  Sink file_;
  std::string buffer_;  ///< what was not consumed
  Place place_ = Place::preamble;
  int parts_ = 0;
  bool in_file_ = false;
  bool found_ = false;
  std::uint64_t size_ = 0;  ///< of the file so far
  std::string name_;
};

struct MultipartFile {
  std::string name;  ///< as it may be shown; may be empty
  std::string bytes;
};

/// The file in a body that is in memory.
MultipartFile read_multipart(std::string_view body, std::string_view content_type);

/// Copies the file in a body on disk into another file, and returns its name as it may be shown.
/// Throws also when it is stopped (internal) and when the disk is full (internal).
std::string extract_multipart(const std::filesystem::path& body, std::string_view content_type,
                              const std::filesystem::path& into, const std::stop_token& stop = {});

}  // namespace mien::server
