#pragma once

#include "server/classes.h"
#include "server/router.h"

namespace mien::server {

/// Opening classes, what they are, and taking back what was recorded. `classes` is null when the
/// server has none. What is given outlives the router.
void add_class_routes(Router& router, Classes* classes);

/// Whether members may ask for it without the server's token: their link is enough.
bool is_open_to_members(const Request& request, bool upgraded);

}  // namespace mien::server
