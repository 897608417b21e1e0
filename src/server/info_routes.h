#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "mien/attributes.h"
#include "server/class_room.h"
#include "server/limits.h"
#include "server/model_catalogue.h"
#include "server/router.h"

namespace mien::server {

/// What GET /api/v1/info tells of this server.
struct ServerInfo {
  std::string version;
  std::optional<std::string> source;  ///< of the server's own stream, as it may be shown
  bool gallery = false;
  bool token = false;                          ///< whether one is asked for
  AttributeChoice attributes = {};             ///< that are estimated
  bool embedding = false;                      ///< whether pages of other sites may show the stream
  std::optional<ClassStatement> classes = {};  ///< of the classes that may be opened
  bool recording = false;                      ///< whether who asks for it is recorded
};

/// Health, info, metrics, the OpenAPI document, and the models. What is given outlives the router.
void add_info_routes(Router& router, const ServerInfo& info, const ModelCatalogue& models,
                     const Limits& limits, std::function<std::string()> metrics);

/// The OpenAPI document, which is src/server/openapi.json.
std::string_view openapi_document();

}  // namespace mien::server
