#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <memory>
#include <vector>

#include "commands.h"
#include "core/progress_bar.h"
#include "mien/error.h"
#include "train/recipe_change.h"
#include "train/repeated_runs.h"
#include "train/trainer.h"

namespace mien::apps {
namespace {

struct Options {
  std::string recipe;
  std::string data;
  std::string votes;
  std::string landmarks;
  std::string out;
  std::vector<std::filesystem::path> teachers;
  bool resume = false;
  std::vector<std::uint64_t> seeds;
  std::size_t folds = 0;
  double seconds_between_checkpoints = 0;
  std::string device = "auto";
  int threads = 0;
};

std::string fixed(double value, int digits) {
  char text[32];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

/// "  loss 1.2000  accuracy 0.5000"
std::string listed(const train::Measures& measures) {
  std::string text;
  for (auto [name, value] : measures) {
    std::replace(name.begin(), name.end(), '_', ' ');
    text += "  " + name + " " + fixed(value, 4);
  }
  return text;
}

/// Bars and one line per epoch, on stderr.
class TerminalObserver final : public train::TrainObserver {
 public:
  void on_reading(std::uintmax_t done, std::uintmax_t total) override {
    if (!bar_) bar_ = std::make_unique<ProgressBar>("reading");
    bar_->update(done, total);
  }

  void on_answering(std::uintmax_t done, std::uintmax_t total) override {
    if (done < total && !answering_) {
      answering_ = true;
      bar_ = std::make_unique<ProgressBar>("teachers answer");
    }
    if (bar_) bar_->update(done, total);
  }

  void on_note(const std::string& note) override {
    bar_.reset();
    std::fprintf(stderr, "note: %s\n", note.c_str());
  }

  void on_start(const std::string& description) override {
    bar_.reset();
    std::fprintf(stderr, "%s\n", description.c_str());
  }

  void on_batch(const train::BatchProgress& progress) override {
    if (!bar_) {
      bar_ = std::make_unique<ProgressBar>("epoch " + std::to_string(progress.epoch) + "/" +
                                           std::to_string(progress.epochs));
    }
    bar_->update(progress.images_done, progress.images,
                 "loss " + fixed(progress.loss, 4) + listed(progress.measures) + "  " +
                     fixed(progress.images_per_second, 0) + " images/s");
  }

  void on_epoch(const train::EpochMetrics& metrics, int epochs) override {
    bar_.reset();
    std::fprintf(stderr, "epoch %d/%d  loss %.4f%s", metrics.epoch, epochs, metrics.train_loss,
                 listed(metrics.train).c_str());
    if (!metrics.validation.empty()) {
      std::fprintf(stderr, "  validation%s%s", listed(metrics.validation).c_str(),
                   metrics.best ? " (best)" : "");
    }
    std::fprintf(stderr, "  %.0f images/s  %.0f s\n", metrics.images_per_second, metrics.seconds);
  }

 private:
  std::unique_ptr<ProgressBar> bar_;
  bool answering_ = false;
};

/// What is not named lies beside the data by custom, or is not there.
std::filesystem::path beside_data(const Options& options, const std::string& named,
                                  const char* custom) {
  if (!named.empty()) return named;
  auto data = std::filesystem::absolute(options.data).lexically_normal();
  if (!data.has_filename()) data = data.parent_path();  // a folder's name may end in a slash
  if (std::filesystem::exists(data / custom)) return data / custom;
  auto beside = data.parent_path() / custom;
  return std::filesystem::exists(beside) ? beside : std::filesystem::path();
}

/// Several runs in the folder instead of one.
bool is_repeated(const Options& options) { return options.folds > 0 || options.seeds.size() > 1; }

train::Recipe recipe_of(const Options& options) {
  auto recipe = [&options] {
    if (!options.recipe.empty()) return train::read_recipe(options.recipe);
    if (options.resume && !is_repeated(options)) return train::RunFolder(options.out).read_recipe();
    throw Error(ErrorCode::usage, "train: no recipe; give one such as recipes/mien-base.toml");
  }();
  if (options.seeds.size() != 1) return recipe;
  return train::with_key(recipe, "", "seed", std::to_string(options.seeds.front()));
}

void print_spread(const train::RepeatedResult& result, const std::string& out) {
  for (const auto& run : result.runs) {
    const train::Measures measures(run.result.metrics.begin(), run.result.metrics.end());
    std::fprintf(stderr, "%s: best epoch %d: validation%s\n", run.folder.c_str(),
                 run.result.best_epoch, listed(measures).c_str());
  }
  for (const auto& [name, spread] : result.metrics) {
    std::fprintf(stderr, "%-18s mean %.4f, standard deviation %.4f over %zu runs\n", name.c_str(),
                 spread.mean, spread.deviation, result.runs.size());
  }
  std::fprintf(stderr, "in %s/summary.json\n", out.c_str());
}

void run(const Options& options) {
  TerminalObserver observer;
  const train::TrainOptions training{
      .recipe = recipe_of(options),
      .data = {options.data, beside_data(options, options.votes, "fer2013new.csv"),
               beside_data(options, options.landmarks, "face_landmarks")},
      .out = options.out,
      .teachers = options.teachers,
      .resume = options.resume,
      .device = options.device,
      .threads = options.threads,
      .seconds_between_checkpoints = options.seconds_between_checkpoints};
  if (is_repeated(options)) {
    const auto seeds = options.folds > 0 ? std::vector<std::uint64_t>() : options.seeds;
    print_spread(train::train_repeatedly(training, {seeds, options.folds}, observer), options.out);
    return;
  }
  const auto result = train::train(training, observer);
  const train::Measures measures(result.metrics.begin(), result.metrics.end());
  std::fprintf(stderr, "best epoch %d: validation%s; in %s\n", result.best_epoch,
               listed(measures).c_str(), options.out.c_str());
}

}  // namespace

void add_train_command(CLI::App& app) {
  auto* command = app.add_subcommand("train", "Train a model as a recipe says.");
  auto options = std::make_shared<Options>();
  command->add_option("RECIPE", options->recipe,
                      "The recipe, TOML; with --resume the run's own when left away");
  command
      ->add_option(
          "--data", options->data,
          "fer2013.csv as Kaggle gives it, or the folder of another data set (docs/data.md); "
          "for a detector the folder of WIDER FACE")
      ->required();
  command->add_option("--votes", options->votes,
                      "FER+ votes: fer2013new.csv; default: beside the data");
  command->add_option("--landmarks", options->landmarks,
                      "Faces with landmarks, for a detector: the folder of landmarks.csv; default: "
                      "face_landmarks beside the data");
  command->add_option("--out", options->out, "The run's folder")->required();
  command->add_option("--distill", options->teachers,
                      "Teachers, for a recipe with distillation.weight: finished runs of "
                      "expression models, or a folder of them");
  command
      ->add_option("--checkpoint-seconds", options->seconds_between_checkpoints,
                   "Least time between two checkpoints; 0: one after each epoch. A killed run "
                   "goes on after its last checkpoint")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 86400.0));
  command->add_flag("--resume", options->resume, "Continue the run in that folder");
  auto* seeds =
      command
          ->add_option("--seed,--seeds", options->seeds,
                       "Instead of the recipe's; several, as in 1,2,3, make as many runs, in "
                       "OUT/seed-1 and so on, with the mean and the spread")
          ->delimiter(',')
          ->check(CLI::Range(std::int64_t{0}, std::numeric_limits<std::int64_t>::max())
                      .description(""));
  command
      ->add_option("--folds", options->folds,
                   "Cross-validation of the training split in so many parts, in OUT/fold-1 and so "
                   "on, with the mean and the spread")
      ->check(CLI::Range(2, 1000).description(""))
      ->excludes(seeds);
  command->add_option("--device", options->device, "auto (CUDA when present), cpu or cuda")
      ->capture_default_str();
  command
      ->add_option("--threads", options->threads,
                   "Of the processor; 0: all cores, or as many as the run was begun with")
      ->capture_default_str()
      ->check(CLI::Range(0, 1024));
  command->footer(
      "Example:\n"
      "  mien train recipes/mien-base.toml --data fer2013.csv --out runs/base\n"
      "  mien train recipes/detector.toml --data wider_face --out runs/detector\n"
      "  mien train recipes/mien-base.toml --seeds 1,2,3 --data fer2013.csv --out runs/seeds\n"
      "  mien train student.toml --data fer2013.csv --distill runs/teachers --out runs/student\n"
      "  mien train --resume --data fer2013.csv --out runs/base");
  command->callback([options] { run(*options); });
}

}  // namespace mien::apps
