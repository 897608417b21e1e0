#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "commands.h"
#include "train/exporter/exporter.h"

namespace mien::apps {
namespace {

struct Options {
  std::string run;
  std::string out;
  train::DetectorUse use;
};

void run(const Options& options) {
  const auto card = train::export_run(options.run, options.out, options.use);
  std::fprintf(stderr, "%s: %s, %lld parameters; on %s:", options.out.c_str(), card.name.c_str(),
               static_cast<long long>(card.parameters), card.selection_split.c_str());
  for (const auto& [name, value] : card.metrics) {
    std::fprintf(stderr, " %s %.4f", name.c_str(), value);
  }
  std::fputc('\n', stderr);
}

}  // namespace

void add_export_command(CLI::App& app) {
  auto* command = app.add_subcommand("export", "Write a finished run as ONNX with its model card.");
  auto options = std::make_shared<Options>();
  command->add_option("RUN", options->run, "The run's folder, as given to train --out")->required();
  command->add_option("--out", options->out, "The file to write")->required();
  command
      ->add_option("--crop-margin", options->use.framing.margin,
                   "Of a detector: side of FER-2013's frame of a face, in longer sides of its box")
      ->capture_default_str()
      ->check(CLI::Range(0.2, 5.0));
  command
      ->add_option("--crop-shift-down", options->use.framing.shift_down,
                   "Of a detector: how far that frame lies below the box's centre, in longer sides")
      ->capture_default_str()
      ->check(CLI::Range(-1.0, 1.0));
  command
      ->add_option("--min-score", options->use.min_score,
                   "Of a detector: the score from which a finding is taken for a face; without it, "
                   "where precision and recall are best together on the validation split")
      ->check(CLI::Range(0.0, 1.0));
  command->footer("Example:\n  mien export runs/base --out model.onnx");
  command->callback([options] { run(*options); });
}

}  // namespace mien::apps
