#include "server/request_body.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/read.hpp>
#include <cerrno>
#include <chrono>
#include <string_view>
#include <system_error>
#include <utility>

#include "mien/error.h"
#include "server/off_thread.h"

namespace mien::server {

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

constexpr std::size_t kPiece = 256U << 10U;
constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);

/// A file of this user's alone.
class NewFile {
 public:
  explicit NewFile(const std::filesystem::path& path)
      : file_(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR)) {
    if (file_ < 0) fail();
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile() { ::close(file_); }

  /// False when the disk is full.
  bool write(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto written = ::write(file_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0 && (errno == ENOSPC || errno == EDQUOT)) return false;
      if (written <= 0) fail();
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
  }

 private:
  [[noreturn]] static void fail() {
    throw Error(ErrorCode::internal,
                "cannot keep the upload: " + std::generic_category().message(errno) +
                    "; make room where TMPDIR points");
  }

  int file_;
};

Response too_large(std::uint64_t most) {
  constexpr std::uint64_t kMegabyte = 1'000'000;
  const auto limit = most >= kMegabyte ? std::to_string(most / kMegabyte) + " MB"
                                       : std::to_string(most / 1000) + " KB";
  return failure(http::status::payload_too_large,
                 "the body is larger than the limit of " + limit + "; send a smaller one");
}

Response disk_is_full() {
  auto response = failure(http::status::insufficient_storage,
                          "the disk of the server is full; tell whoever runs it, or try again "
                          "later");
  response.headers["Retry-After"] = "60";
  return response;
}

bool is_type_of(std::string_view type, std::string_view wanted) {
  return boost::beast::iequals({type.data(), std::min(type.size(), wanted.size())},
                               {wanted.data(), wanted.size()});
}

}  // namespace

RequestBody::RequestBody(Transport& transport, boost::beast::flat_buffer& buffer,
                         RequestParser& parser, Site& site)
    : transport_(transport), buffer_(buffer), parser_(parser), site_(site) {}

RequestBody::~RequestBody() {
  site_.bodies_bytes += reserved_;
  std::error_code ignored;
  if (!file_.empty()) std::filesystem::remove(file_, ignored);
}

asio::awaitable<std::optional<Response>> RequestBody::read(const Route& route, Request& request) {
  if (auto refused = check(route)) co_return refused;
  if (route.refuse) {
    auto refused = route.refuse(request);
    if (refused) co_return refused;
  }
  if (parser_.is_done()) co_return std::nullopt;
  co_await tell_to_continue();
  if (route.body == Body::memory) co_return co_await read_to_memory(request.body);
  request.file_share = std::make_shared<DiskShare>(site_.space);
  co_return co_await read_to_file(request.file, *request.file_share);
}

std::optional<Response> RequestBody::check(const Route& route) {
  most_ = route.most_bytes;
  const auto length = parser_.content_length();
  if (route.body == Body::none) {
    if (parser_.is_done()) return std::nullopt;
    return failure(http::status::bad_request, "this request takes no body; send it without");
  }
  if (length && *length > most_) return too_large(most_);
  parser_.body_limit(most_);
  // What is announced and does not come shall take no space from others.
  if (route.body == Body::file && length) {
    if (*length > site_.space->left()) return no_space_left(*site_.space);
    if (!site_.folder.has_room_for(*length)) return disk_is_full();
  }
  if (route.body != Body::memory) return std::nullopt;
  const auto wanted = length ? *length : parser_.is_done() ? 0 : most_;
  if (wanted > site_.bodies_bytes) {
    auto busy = failure(http::status::service_unavailable,
                        "the server reads too many bodies at once; try again in a moment");
    busy.headers["Retry-After"] = "1";
    return busy;
  }
  reserved_ = wanted;
  site_.bodies_bytes -= wanted;
  return std::nullopt;
}

asio::awaitable<void> RequestBody::tell_to_continue() {
  const auto expected = parser_.get()[http::field::expect];
  if (!is_type_of({expected.data(), expected.size()}, "100-continue") || expected.empty()) {
    co_return;
  }
  constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  co_await asio::async_write(transport_, asio::buffer(kContinue), asio::use_awaitable);
}

asio::awaitable<std::optional<Response>> RequestBody::read_to_memory(std::string& body) {
  std::string piece;
  while (!parser_.is_done()) {
    const auto error = co_await read_piece(piece);
    if (error) co_return refusal(error);
    body += piece;
  }
  co_return std::nullopt;
}

asio::awaitable<std::optional<Response>> RequestBody::read_to_file(std::filesystem::path& file,
                                                                   DiskShare& share) {
  std::optional<NewFile> output;
  const auto path = site_.new_upload();
  file_ = path;
  co_await off_thread(site_.disk, [&] { output.emplace(path); });
  std::string piece;
  while (!parser_.is_done()) {
    const auto error = co_await read_piece(piece);
    if (error) co_return refusal(error);
    if (!share.resize(read_)) co_return no_space_left(*site_.space);
    const auto write = [&] {
      return site_.folder.has_room_for(piece.size()) && output->write(piece);
    };
    if (!co_await off_thread(site_.disk, write)) {
      site_.notice("no upload can be kept: the disk is full; make room where TMPDIR points");
      co_return disk_is_full();
    }
  }
  file_.clear();  // the handler's from now on
  file = path;
  co_return std::nullopt;
}

asio::awaitable<boost::system::error_code> RequestBody::read_piece(std::string& piece) {
  using Seconds = std::chrono::duration<double>;
  const auto& limits = site_.limits;
  piece.resize(kPiece);
  auto& body = parser_.get().body();
  body.data = piece.data();
  body.size = piece.size();
  const Seconds allowed =
      limits.head_time + Seconds(static_cast<double>(read_) / limits.body_bytes_per_second);
  const auto now = Transport::Clock::now();
  transport_.read_by(std::chrono::time_point_cast<Transport::Clock::duration>(
      std::min(begun_ + allowed, now + limits.progress_time)));
  auto [error, bytes] = co_await http::async_read_some(transport_, buffer_, parser_, kTuple);
  transport_.read_by(Transport::Clock::time_point::max());
  piece.resize(piece.size() - body.size);
  read_ += piece.size();
  if (error == http::error::need_buffer) error = {};
  co_return error;
}

Response RequestBody::refusal(const boost::system::error_code& error) const {
  if (error == http::error::body_limit) return too_large(most_);
  if (error.category() == make_error_code(http::error::bad_chunk).category() &&
      error != http::error::partial_message && error != http::error::end_of_stream) {
    return failure(http::status::bad_request,
                   "the body is not valid HTTP (" + error.message() + "); check the client");
  }
  throw boost::system::system_error(error);
}

}  // namespace mien::server
