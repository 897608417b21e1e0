#pragma once

#include "server/analysis_pool.h"
#include "server/limits.h"
#include "server/model_catalogue.h"
#include "server/router.h"

namespace mien::server {

/// POST /api/v1/analyze. What is given outlives the router.
void add_analyze_routes(Router& router, AnalysisPool& pool, const ModelCatalogue& models,
                        const Limits& limits);

}  // namespace mien::server
