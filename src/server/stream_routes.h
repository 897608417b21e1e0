#pragma once

#include "server/router.h"
#include "server/stream.h"

namespace mien::server {

/// /stream.mjpg, /api/v1/stream and /api/v1/stream/events. Without a stream (null) they say how to
/// start one. The stream outlives the router and what it answers. `embedding`: pages of other sites
/// may show the pictures.
void add_stream_routes(Router& router, const Stream* stream, bool embedding);

}  // namespace mien::server
