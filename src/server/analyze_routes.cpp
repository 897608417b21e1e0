#include "server/analyze_routes.h"

#include <boost/beast/core/string.hpp>
#include <memory>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "mien/annotation.h"
#include "mien/error.h"
#include "mien/json_lines.h"
#include "mien/picture.h"
#include "output/shown_name.h"
#include "server/multipart.h"

namespace mien::server {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

struct Upload {
  std::string name;
  std::string bytes;
};

/// Whether a body of this type may be a picture.
bool is_picture_type(std::string_view type) {
  const auto begins = [&](std::string_view wanted) {
    return boost::beast::iequals({type.data(), std::min(type.size(), wanted.size())},
                                 {wanted.data(), wanted.size()});
  };
  return type.empty() || begins("image/") || begins("application/octet-stream");
}

/// JPEG bytes, by OpenCV.
std::string encode_jpeg(Image& picture) {
  const cv::Mat pixels(picture.height(), picture.width(), CV_8UC3, picture.pixels().data());
  std::vector<std::uint8_t> bytes;
  if (!cv::imencode(".jpg", pixels, bytes)) {
    throw Error(ErrorCode::input, "the picture is too large for a JPEG; scale it down");
  }
  return {bytes.begin(), bytes.end()};
}

std::shared_ptr<Upload> upload_of(Request request) {
  const std::string type(request.headers[http::field::content_type]);
  auto upload = std::make_shared<Upload>();
  upload->name = parameter(request, "name");
  if (is_multipart(type)) {
    auto file = read_multipart(request.body, type);
    if (upload->name.empty()) upload->name = file.name;
    upload->bytes = std::move(file.bytes);
  } else {
    upload->bytes = std::move(request.body);
  }
  upload->name = shown_file_name(upload->name, "picture");
  return upload;
}

class Analyze {
 public:
  Analyze(AnalysisPool& pool, const ModelCatalogue& models, const Limits& limits)
      : pool_(pool), models_(models), limits_(limits) {}

  /// Before the picture has come.
  std::optional<Response> refuse(const Request& request) const {
    models_.get(parameter(request, "model"));
    const auto output = parameter(request, "output");
    if (!output.empty() && output != "annotated") {
      throw Error(ErrorCode::input, "output '" + output + "' is not known; give annotated");
    }
    const auto type = request.headers[http::field::content_type];
    const std::string_view content_type(type.data(), type.size());
    if (!is_picture_type(content_type) && !is_multipart(content_type)) {
      return failure(http::status::unsupported_media_type,
                     "the body's Content-Type is no picture's; send image/*, "
                     "application/octet-stream or multipart/form-data with one file");
    }
    if (pool_.waiting() >= limits_.waiting_pictures) return busy();
    return std::nullopt;
  }

  asio::awaitable<Response> operator()(Request request) const {
    if (request.body.empty()) throw Error(ErrorCode::input, "the body is empty; send a picture");
    // Others may have come while the picture did.
    if (pool_.waiting() >= limits_.waiting_pictures) co_return busy();
    const auto& model = models_.get(parameter(request, "model"));
    const bool annotated = parameter(request, "output") == "annotated";
    auto upload = upload_of(std::move(request));
    co_return co_await analyze(std::move(upload), model.name, annotated);
  }

 private:
  static Response busy() {
    auto response = failure(http::status::service_unavailable,
                            "too many pictures wait to be analyzed; try again in a moment");
    response.headers["Retry-After"] = "1";
    return response;
  }

  asio::awaitable<Response> analyze(std::shared_ptr<Upload> upload, std::string model,
                                    bool annotated) const {
    const PictureLimits limits = {.bytes = limits_.picture_bytes, .pixels = limits_.picture_pixels};
    std::function<Image()> decode = [upload, limits] {
      const auto* bytes = reinterpret_cast<const std::uint8_t*>(upload->bytes.data());
      return decode_picture({bytes, upload->bytes.size()}, upload->name, limits);
    };
    const auto jpeg = std::make_shared<std::string>();
    AnalysisPool::Afterwards draw;
    if (annotated) {
      draw = [jpeg](Image& picture, const FrameResult& result) {
        annotate(picture, result);
        *jpeg = encode_jpeg(picture);
      };
    }
    auto result = co_await pool_.analyze(std::move(decode), std::move(model), std::move(draw));
    result.source = upload->name;
    Response response;
    if (annotated) {
      response.type = "image/jpeg";
      response.body = std::move(*jpeg);
    } else {
      response.body = to_json_line(result);
    }
    co_return response;
  }

  AnalysisPool& pool_;
  const ModelCatalogue& models_;
  const Limits& limits_;
};

}  // namespace

void add_analyze_routes(Router& router, AnalysisPool& pool, const ModelCatalogue& models,
                        const Limits& limits) {
  const auto analyze = std::make_shared<Analyze>(pool, models, limits);
  router.add({.method = http::verb::post,
              .path = "/api/v1/analyze",
              .handler = [analyze](Request request) { return (*analyze)(std::move(request)); },
              .body = Body::memory,
              .most_bytes = limits.picture_bytes,
              .refuse = [analyze](const Request& request) { return analyze->refuse(request); },
              .summary = "the faces of a picture"});
}

}  // namespace mien::server
