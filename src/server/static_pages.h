#pragma once

#include <boost/beast/http/fields.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/message.h"

namespace mien::server {

/// A file of the pages, as the build put it into the program.
struct PageFile {
  std::string_view path;  ///< "/index.html"
  std::string_view hash;  ///< of its content
  std::string_view content;
  std::string_view gzip;  ///< the same, compressed; empty where that gains nothing
};

/// What the build put in: those of web/dist, or one page that says that there are none.
std::span<const PageFile> embedded_pages();

/// Gives the files of the web pages, with what browsers should keep and may do.
class StaticPages {
 public:
  explicit StaticPages(std::span<const PageFile> files = embedded_pages());

  /// The file of a path, for the application's own paths its page; nothing for others.
  std::optional<Response> find(const std::string& path,
                               const boost::beast::http::fields& headers) const;

 private:
  std::vector<PageFile> files_;
};

}  // namespace mien::server
