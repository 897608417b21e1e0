#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace mien::apps {

/// Help that fits a terminal of 100 columns.
class HelpFormatter final : public CLI::Formatter {
 public:
  std::string make_option_desc(const CLI::Option* option) const override;
  std::string make_footer(const CLI::App* app) const override;
};

}  // namespace mien::apps
