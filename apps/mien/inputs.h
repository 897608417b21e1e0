#pragma once

#include <functional>
#include <string>
#include <vector>

#include "mien/error.h"

namespace mien::apps {

enum class InputKind {
  picture,
  moving,   ///< a video, a camera, a stream
  unnamed,  ///< a file whose name does not tell
};

struct Input {
  std::string name;
  InputKind kind = InputKind::picture;
};

/// What the command line's inputs are, in their order; in place of a folder its pictures and then
/// its videos, each in natural order. Pictures and videos that Mien annotated (`a.annotated.jpg`)
/// are left out of folders. A folder that holds neither, or cannot be read, is told to `failed`.
std::vector<Input> list_inputs(const std::vector<std::string>& names,
                               const std::function<void(const Error&)>& failed);

}  // namespace mien::apps
