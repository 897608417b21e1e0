#pragma once

#include <string>
#include <string_view>

#include "mien/image.h"

namespace mien {

/// Text for HTML, in an element or in a quoted attribute.
std::string escaped(std::string_view text);

/// The picture as a PNG in a data: URI. Throws Error (internal) when it cannot be encoded.
std::string data_uri(const ImageView& picture);

}  // namespace mien
