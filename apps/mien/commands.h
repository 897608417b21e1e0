#pragma once

namespace CLI {
class App;
}

namespace mien::apps {

/// What a command tells main beside errors.
struct Outcome {
  bool inputs_failed = false;  ///< some input could not be read; it was said, the rest is done
  int signal = 0;              ///< SIGINT or SIGTERM ended the work early; the outputs are finished
};

/// Each adds one subcommand with its options; parsing the command line runs it.
void add_analyze_command(CLI::App& app, Outcome& outcome);
void add_bench_command(CLI::App& app);
void add_calibrate_command(CLI::App& app);
void add_ensemble_command(CLI::App& app);
void add_evaluate_command(CLI::App& app, Outcome& outcome);
void add_models_command(CLI::App& app);
void add_serve_command(CLI::App& app, Outcome& outcome);
void add_sessions_command(CLI::App& app);

/// Runs a command of mien-train in place of this program; returns when it is not one of those.
/// Throws Error (internal) when mien-train is not beside this program.
void run_training_command(char** arguments);

}  // namespace mien::apps
