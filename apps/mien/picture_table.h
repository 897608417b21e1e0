#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "mien/frame_result.h"

namespace mien::apps {

/// What pictures show, one line per face, for people.
class PictureTable {
 public:
  /// As wide as the names of the pictures ask.
  explicit PictureTable(const std::vector<std::string>& pictures);

  /// The head stands above the first.
  void add(const FrameResult& result);

 private:
  std::size_t width_;
  bool begun_ = false;
};

}  // namespace mien::apps
