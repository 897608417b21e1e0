#pragma once

#include <array>
#include <string>
#include <vector>

#include "mien/expression.h"
#include "server/router.h"

namespace mien::server {

/// Sample pictures of each expression, which whoever starts the server chose.
struct Gallery {
  static constexpr std::size_t kMost = 60;  ///< of each expression

  /// PNG files, in memory, by expression. All empty: there is no gallery.
  std::array<std::vector<std::string>, kExpressionCount> pictures;

  bool is_available() const;
};

/// /api/v1/gallery and the pictures in it. `gallery` outlives the router.
void add_gallery_routes(Router& router, const Gallery& gallery);

}  // namespace mien::server
