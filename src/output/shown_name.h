#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mien {

/// What may be shown as the name of a file that a client sent: the last component of a path of any
/// system, as UTF-8 without what is invisible or turns the direction of text, 120 bytes at most.
/// `otherwise` when nothing of it is left. Never the name of a file of the server.
std::string shown_file_name(std::string_view name, std::string_view otherwise);

/// How the server's own source is named to those who watch it: a file without its folder, an
/// address without user, password and query.
std::string shown_source_name(std::string_view input);

/// A line that a person typed, such as their name, without spaces around it: nothing when it is
/// empty, longer than `most` characters, no UTF-8, or has controls or invisible characters in it.
std::optional<std::string> typed_line(std::string_view text, std::size_t most);

/// The text with every `from` turned into `to`; `from` is not empty.
std::string replaced(std::string_view text, std::string_view from, std::string_view to);

}  // namespace mien
