#pragma once

namespace CLI {
class App;
}

namespace mien::apps {

/// Each adds one subcommand with its options; parsing the command line runs it.
void add_train_command(CLI::App& app);
void add_export_command(CLI::App& app);

}  // namespace mien::apps
