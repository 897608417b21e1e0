#include "server/response_writer.h"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <ctime>
#include <fstream>
#include <optional>
#include <tuple>
#include <utility>
#include <variant>

#include "mien/error.h"
#include "server/byte_range.h"
#include "server/off_thread.h"

namespace mien::server {

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

constexpr std::size_t kPiece = 256U << 10U;
/// What a slow viewer of a stream sees is that old.
constexpr int kSendBuffer = 256 << 10;

std::string http_date() {
  const auto now = std::time(nullptr);
  std::tm parts = {};
  ::gmtime_r(&now, &parts);
  std::array<char, 64> text{};
  const auto length = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return {text.data(), length};
}

bool has_body(http::status status) {
  return status != http::status::not_modified && status != http::status::no_content;
}

template <typename Body>
http::response<Body> message(const Response& response, const AnswerForm& form) {
  http::response<Body> answer(response.status, form.version);
  answer.set(http::field::date, http_date());
  answer.set(http::field::server, "mien");
  if (has_body(response.status)) answer.set(http::field::content_type, response.type);
  answer.set("X-Content-Type-Options", "nosniff");
  answer.set("Cross-Origin-Resource-Policy", "same-origin");
  answer.set("Referrer-Policy", "no-referrer");
  answer.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  answer.set(http::field::cache_control, "no-store");
  for (const auto& [name, value] : response.headers) answer.set(name, value);
  answer.keep_alive(form.keep_alive);
  return answer;
}

/// The answer's head alone, for HEAD. `length`: of the body that GET would get, if it is known.
asio::awaitable<bool> write_head(Transport& transport, const Response& response,
                                 std::optional<std::uint64_t> length, AnswerForm form) {
  auto answer = message<http::empty_body>(response, form);
  if (length && has_body(response.status)) answer.content_length(*length);
  http::response_serializer<http::empty_body> serializer(answer);
  co_await http::async_write_header(transport, serializer, asio::use_awaitable);
  co_return form.keep_alive&& length.has_value();
}

/// A body that is sent piece by piece.
class Pieces {
 public:
  Pieces(Transport& transport, http::response<http::buffer_body> answer)
      : transport_(transport), answer_(std::move(answer)), serializer_(answer_) {
    answer_.body().more = true;
  }
  Pieces(const Pieces&) = delete;
  Pieces& operator=(const Pieces&) = delete;

  asio::awaitable<void> write_head() {
    co_await http::async_write_header(transport_, serializer_, asio::use_awaitable);
  }

  asio::awaitable<void> write(std::string& piece) {
    answer_.body().data = piece.data();
    answer_.body().size = piece.size();
    co_await write();
  }

  asio::awaitable<void> finish() {
    answer_.body().data = nullptr;
    answer_.body().size = 0;
    answer_.body().more = false;
    co_await write();
  }

 private:
  asio::awaitable<void> write() {
    const auto [error, bytes] =
        co_await http::async_write(transport_, serializer_, asio::as_tuple(asio::use_awaitable));
    if (error && error != http::error::need_buffer) throw boost::system::system_error(error);
  }

  Transport& transport_;
  http::response<http::buffer_body> answer_;
  http::response_serializer<http::buffer_body> serializer_;
};

/// Says whether all of it was sent: an answer that breaks off can only be cut off.
asio::awaitable<bool> write_all(Pieces& pieces, BodySource& source) {
  try {
    co_await pieces.write_head();
    for (auto piece = co_await source.next(); piece;) {
      if (!piece->empty()) co_await pieces.write(*piece);
      piece = co_await source.next();
    }
    co_await pieces.finish();
    co_return true;
  } catch (const std::exception&) {
    co_return false;
  }
}

/// Ends when the client has gone, which nobody sees who only writes.
asio::awaitable<void> until_gone(Transport& transport) {
  std::array<char, 1024> ignored{};
  boost::system::error_code error;
  while (!error) {
    std::tie(error, std::ignore) = co_await transport.async_read_some(
        asio::buffer(ignored), asio::as_tuple(asio::use_awaitable));
  }
}

/// A file that is read in another thread.
class FileReader {
 public:
  FileReader(asio::thread_pool& disk, std::filesystem::path path)
      : disk_(disk), path_(std::move(path)) {}

  /// False when there is none any more.
  asio::awaitable<bool> open(std::uint64_t& size) {
    co_return co_await off_thread(disk_, [this, &size] {
      file_.open(path_, std::ios::binary);
      file_.seekg(0, std::ios::end);
      const auto end = file_.tellg();
      if (!file_ || end < 0) return false;
      size = static_cast<std::uint64_t>(end);
      return true;
    });
  }

  asio::awaitable<void> seek(std::uint64_t place) {
    co_await off_thread(disk_, [this, place] { file_.seekg(static_cast<std::streamoff>(place)); });
  }

  asio::awaitable<void> read(std::string& piece, std::uint64_t most) {
    piece.resize(static_cast<std::size_t>(std::min<std::uint64_t>(most, kPiece)));
    co_await off_thread(disk_, [this, &piece] {
      if (!file_.read(piece.data(), static_cast<std::streamsize>(piece.size()))) {
        throw Error(ErrorCode::internal, "a file of the server was cut off; ask for it again");
      }
    });
  }

 private:
  asio::thread_pool& disk_;
  std::filesystem::path path_;
  std::ifstream file_;
};

}  // namespace

asio::awaitable<bool> ResponseWriter::write(Response response, const Request& request,
                                            AnswerForm form) {
  if (!response.file.empty()) co_return co_await write_file(std::move(response), request, form);
  if (response.source) co_return co_await write_source(std::move(response), form);
  co_return co_await write_body(std::move(response), form);
}

asio::awaitable<bool> ResponseWriter::write_body(Response response, AnswerForm form) {
  if (form.head_only || !has_body(response.status)) {
    co_return co_await write_head(transport_, response, response.body.size(), form);
  }
  auto answer = message<http::string_body>(response, form);
  answer.body() = std::move(response.body);
  answer.prepare_payload();
  co_await http::async_write(transport_, answer, asio::use_awaitable);
  co_return form.keep_alive;
}

asio::awaitable<bool> ResponseWriter::write_file(Response response, const Request& request,
                                                 AnswerForm form) {
  FileReader file(site_.disk, response.file);
  std::uint64_t size = 0;
  if (!co_await file.open(size)) {
    auto gone = failure(http::status::not_found, "the file was deleted");
    co_return co_await write_body(std::move(gone), form);
  }
  ByteRange range{0, size - 1};
  const auto wanted = request.headers[http::field::range];
  const auto kind = request.headers.count(http::field::if_range) > 0 || size == 0
                        ? RangeKind::whole
                        : parse_range({wanted.data(), wanted.size()}, size, range);
  response.headers["Accept-Ranges"] = "bytes";
  if (kind == RangeKind::none) {
    auto refusal = failure(http::status::range_not_satisfiable,
                           "the file has no such bytes; ask for some before its end");
    refusal.headers["Content-Range"] = "bytes */" + std::to_string(size);
    co_return co_await write_body(std::move(refusal), form);
  }
  if (kind == RangeKind::part) {
    response.status = http::status::partial_content;
    response.headers["Content-Range"] = "bytes " + std::to_string(range.first) + "-" +
                                        std::to_string(range.last) + "/" + std::to_string(size);
    co_await file.seek(range.first);
  } else {
    co_await file.seek(0);
  }
  auto left = kind == RangeKind::part ? range.last - range.first + 1 : size;
  if (form.head_only) co_return co_await write_head(transport_, response, left, form);
  auto answer = message<http::buffer_body>(response, form);
  answer.content_length(left);
  Pieces pieces(transport_, std::move(answer));
  co_await pieces.write_head();
  std::string piece;
  const auto begun = Transport::Clock::now();
  for (std::uint64_t sent = 0; left > 0; left -= piece.size(), sent += piece.size()) {
    if (is_slow(sent, Transport::Clock::now() - begun)) {
      transport_.close();
      co_return false;
    }
    co_await file.read(piece, left);
    co_await pieces.write(piece);
  }
  co_await pieces.finish();
  co_return form.keep_alive;
}

/// A slow reader keeps a file on the disk that may have been deleted.
bool ResponseWriter::is_slow(std::uint64_t sent, Transport::Clock::duration time) const {
  const Limits::Seconds allowed =
      site_.limits.head_time +
      Limits::Seconds(static_cast<double>(sent) / site_.limits.body_bytes_per_second);
  return time > allowed;
}

asio::awaitable<bool> ResponseWriter::write_source(Response response, AnswerForm form) {
  using namespace asio::experimental::awaitable_operators;
  form.keep_alive = false;  // it may end because the client went
  if (form.head_only) co_return co_await write_head(transport_, response, std::nullopt, form);
  transport_.set_send_buffer(kSendBuffer);
  auto answer = message<http::buffer_body>(response, form);
  if (form.version >= 11) answer.chunked(true);
  Pieces pieces(transport_, std::move(answer));
  const auto first = co_await (write_all(pieces, *response.source) || until_gone(transport_));
  const auto* whole = std::get_if<bool>(&first);
  if (whole == nullptr || !*whole) transport_.close();
  co_return false;
}

}  // namespace mien::server
