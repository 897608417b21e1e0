#include "server/message.h"

#include <nlohmann/json.hpp>

namespace mien::server {

Response failure(boost::beast::http::status status, const std::string& message) {
  const nlohmann::ordered_json body = {
      {"error", {{"status", static_cast<unsigned>(status)}, {"message", message}}}};
  Response response;
  response.status = status;
  response.body = body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  return response;
}

}  // namespace mien::server
