#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "mien/image.h"

namespace mien {

/// Text for HTML, in an element or in a quoted attribute.
std::string escaped(std::string_view text);

/// The picture as a PNG in a data: URI. Throws Error (internal) when it cannot be encoded.
std::string data_uri(const ImageView& picture);
/// A JPEG file's bytes in one.
std::string jpeg_uri(std::span<const std::uint8_t> jpeg);

/// "12.3%".
std::string percent(double share, int digits = 1);

/// A whole page that needs nothing else: no script, no network, light and dark as the reader has
/// it. `content` is HTML: a header and a main element. `maker` is the program that made it.
std::string page(const std::string& title, const std::string& content, const std::string& maker);

/// A framed part of the page under a heading of that level; `content` is HTML.
std::string section(const std::string& title, const std::string& text, const std::string& content,
                    int level = 2);

/// A number that stands out; several of them go into <dl class="tiles">.
std::string tile(const std::string& head, const std::string& value);

/// A table's row of a name and a value.
std::string table_row(const std::string& head, const std::string& value);

/// A table, as HTML, that scrolls by itself where the page is narrow, by keyboard too.
std::string scrolling(const std::string& label, const std::string& table);

}  // namespace mien
