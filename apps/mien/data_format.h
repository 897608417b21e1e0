#pragma once

#include <filesystem>
#include <string>

namespace CLI {
class App;
}

namespace mien::apps {

/// How the labelled faces of --data are laid out.
struct DataFormatOptions {
  std::string format = "auto";
  std::filesystem::path votes;
  bool find_faces = false;

  /// `group` is the options' heading in the help.
  void add_to(CLI::App& command, const std::string& group);
};

/// A line for each format, for the help.
std::string format_table();

}  // namespace mien::apps
