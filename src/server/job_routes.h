#pragma once

#include "server/jobs.h"
#include "server/router.h"

namespace mien::server {

/// The routes of /api/v1/jobs. `jobs` outlives the router.
void add_job_routes(Router& router, Jobs& jobs);

}  // namespace mien::server
