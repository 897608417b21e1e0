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
  PictureTable(const std::vector<std::string>& pictures, const AttributeChoice& attributes);

  /// The head stands above the first.
  void add(const FrameResult& result);

 private:
  std::size_t width_;
  std::size_t attributes_width_ = 0;  // 0: none were asked for
  bool begun_ = false;
};

}  // namespace mien::apps
