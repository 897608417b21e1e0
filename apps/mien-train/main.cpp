#include <malloc.h>

#include <CLI/CLI.hpp>
#include <climits>
#include <cstdio>
#include <exception>

#include "commands.h"
#include "mien/error.h"

namespace {

/// Training frees and asks for the same large blocks in every step. Kept by the process instead of
/// being given back and zeroed again, they make it a tenth faster.
void keep_large_blocks() {
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, INT_MAX);
}

/// What CLI11 says of a word that is no command does not name it.
void check_command(const CLI::App& app, int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return;
  const auto commands =
      app.get_subcommands([&](const CLI::App* command) { return command->get_name() == argv[1]; });
  if (commands.empty()) {
    throw mien::Error(mien::ErrorCode::usage,
                      std::string("unknown command '") + argv[1] + "'; see mien --help");
  }
}

/// "mien train" when that command was being parsed.
std::string command_line_of(const CLI::App& app) {
  std::string words = "mien";
  for (const auto* command : app.get_subcommands()) words += " " + command->get_name();
  return words;
}

int run(int argc, char** argv) {
  CLI::App app("Trains and exports the models of Mien.", "mien");
  app.set_version_flag("--version", "mien " MIEN_VERSION);
  app.require_subcommand(1);
  mien::apps::add_train_command(app);
#ifdef MIEN_EXPORT
  mien::apps::add_export_command(app);
#endif
  check_command(app, argc, argv);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& request) {
    return app.exit(request);
  } catch (const CLI::ParseError& error) {
    throw mien::Error(mien::ErrorCode::usage,
                      std::string(error.what()) + "; see " + command_line_of(app) + " --help");
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  keep_large_blocks();
  try {
    return run(argc, argv);
  } catch (const mien::Error& error) {
    std::fprintf(stderr, "mien: %s\n", error.what());
    return static_cast<int>(error.code());
  } catch (const std::exception& error) {
    // LibTorch's errors go on with a trace of many lines.
    const std::string what = error.what();
    std::fprintf(stderr, "mien: unexpected error: %s\n", what.substr(0, what.find('\n')).c_str());
    return static_cast<int>(mien::ErrorCode::internal);
  }
}
