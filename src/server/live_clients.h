#pragma once

#include <cstddef>

#include "server/limits.h"
#include "server/model_catalogue.h"

namespace mien::server {

class AnalysisPool;

/// What live sessions share.
struct LiveClients {
  AnalysisPool& pool;
  const ModelCatalogue& models;
  std::size_t count = 0;
};

}  // namespace mien::server
