#include "help.h"

#include <string_view>

namespace mien::apps {
namespace {

constexpr std::size_t kColumns = 100;

/// Breaks lines at their spaces; a line that begins with a space is left as it is.
std::string wrapped(std::string_view text, std::size_t columns) {
  std::string result;
  while (true) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    while (line.size() > columns && !line.starts_with(' ')) {
      const auto space = line.rfind(' ', columns);
      if (space == std::string_view::npos) break;
      result += line.substr(0, space);
      result += '\n';
      line.remove_prefix(space + 1);
    }
    result += line;
    if (end == std::string_view::npos) return result;
    result += '\n';
    text.remove_prefix(end + 1);
  }
}

}  // namespace

std::string HelpFormatter::make_option_desc(const CLI::Option* option) const {
  return wrapped(option->get_description(), kColumns - get_column_width());
}

std::string HelpFormatter::make_footer(const CLI::App* app) const {
  return '\n' + wrapped(app->get_footer(), kColumns) + '\n';
}

}  // namespace mien::apps
