#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <opencv2/core/utils/logger.hpp>
#include <string>

#include "commands.h"
#include "help.h"
#include "mien/error.h"
#include "standard_output.h"
#include "stop_on_signal.h"

namespace {

constexpr const char* kFooter =
    "mien train and mien export make models: they run mien-train, which is built with LibTorch.\n\n"
    "Example: mien analyze --table photo.jpg holiday.mp4";

/// Libraries would write their own words between ours, and a closed pipe would end the program
/// without any.
void quieten() {
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  ::setenv("OPENCV_FFMPEG_LOGLEVEL", "-8", 0);  // AV_LOG_QUIET
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is told of as a full disk is
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

/// CLI11 would call it an unexpected argument.
void check_command(const CLI::App& app, int argc, char** argv) {
  const auto named = [&](const CLI::App* command) { return command->get_name() == argv[1]; };
  if (argc < 2 || argv[1][0] == '-' || !app.get_subcommands(named).empty()) return;
  throw mien::Error(mien::ErrorCode::usage,
                    std::string("unknown command '") + argv[1] + "'; see mien --help");
}

/// `mien analyze --help`, or that of the whole program.
std::string help_of(const CLI::App& app, int argc, char** argv) {
  const auto named = [&](const CLI::App* command) { return command->get_name() == argv[1]; };
  const bool known = argc > 1 && !app.get_subcommands(named).empty();
  return std::string("see mien ") + (known ? std::string(argv[1]) + " " : "") + "--help";
}

mien::apps::Outcome run(int argc, char** argv) {
  mien::apps::run_training_command(argv);
  CLI::App app("Reads facial expressions in pictures and videos, on this machine.", "mien");
  app.set_version_flag("--version", "mien " MIEN_VERSION);
  app.formatter(std::make_shared<mien::apps::HelpFormatter>());  // those of commands follow it
  app.require_subcommand(0, 1);
  app.footer(kFooter);
  mien::apps::Outcome outcome;
  mien::apps::add_analyze_command(app, outcome);
  mien::apps::add_serve_command(app, outcome);
  mien::apps::add_sessions_command(app);
  mien::apps::add_evaluate_command(app, outcome);
  mien::apps::add_ensemble_command(app);
  mien::apps::add_calibrate_command(app);
  mien::apps::add_models_command(app);
  mien::apps::add_bench_command(app);
  check_command(app, argc, argv);
  try {
    app.parse(argc, argv);
    if (app.get_subcommands().empty()) {
      throw mien::Error(mien::ErrorCode::usage, "no command; see mien --help");
    }
  } catch (const CLI::Success& request) {
    std::ostringstream text;
    app.exit(request, text);
    std::string lines = text.str();
    if (lines.ends_with('\n')) lines.pop_back();
    mien::apps::print_line(lines);
  } catch (const CLI::ParseError& error) {
    throw mien::Error(mien::ErrorCode::usage,
                      first_line(error.what()) + "; " + help_of(app, argc, argv));
  }
  return outcome;
}

}  // namespace

int main(int argc, char** argv) {
  quieten();
  try {
    const auto outcome = run(argc, argv);
    if (outcome.signal != 0) mien::apps::end_by_signal(outcome.signal);
    return outcome.inputs_failed ? static_cast<int>(mien::ErrorCode::input) : 0;
  } catch (const mien::apps::ClosedOutput&) {
    return 0;  // who read the output has read enough
  } catch (const mien::Error& error) {
    std::fprintf(stderr, "mien: %s\n", error.what());
    return static_cast<int>(error.code());
  } catch (const std::bad_alloc&) {
    std::fprintf(stderr, "mien: out of memory; give smaller pictures\n");
    return static_cast<int>(mien::ErrorCode::internal);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "mien: unexpected error: %s\n", error.what());
    return static_cast<int>(mien::ErrorCode::internal);
  }
}
