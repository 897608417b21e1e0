#include "inference/ensemble.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "commands.h"
#include "core/calibration.h"
#include "labelled_faces.h"
#include "measured_card.h"
#include "mien/error.h"
#include "mien/models.h"
#include "standard_output.h"

namespace mien::apps {
namespace {

using Path = std::filesystem::path;

struct Options {
  std::vector<std::string> models;
  Path data;
  std::string split;
  Path out;
};

/// What can be wrong is better told before the work than after it.
void check_out(const Path& out) {
  std::error_code ignored;
  if (std::filesystem::exists(std::filesystem::symlink_status(out, ignored))) {
    throw Error(ErrorCode::usage,
                "--out " + out.string() + ": exists already; give another folder");
  }
}

std::vector<Path> members_of(const Options& options) {
  if (options.models.size() < 2 || options.models.size() > kMostMembers) {
    throw Error(ErrorCode::usage, fmt::format("an ensemble has 2 to {} members, not {}",
                                              kMostMembers, options.models.size()));
  }
  std::vector<Path> files;
  for (const auto& model : options.models) {
    files.push_back(find_model(model));
    if (is_ensemble(files.back())) {
      throw Error(ErrorCode::usage, files.back().string() +
                                        ": an ensemble, which cannot be a member; give its own "
                                        "members");
    }
  }
  return files;
}

/// What each member says of the faces, and a line for each.
class Members {
 public:
  explicit Members(const std::vector<Path>& files) {
    for (const auto& file : files) {
      classifiers_.emplace_back(make_network(file, {.threads = 0}));
      cards_.push_back(classifiers_.back().card());
      names_.push_back(file.stem().string());
    }
  }

  const std::vector<ModelCard>& cards() const { return cards_; }

  /// The mean of what all say.
  Answers ask(const FaceDataset& faces) {
    const auto width =
        (*std::max_element(names_.begin(), names_.end(), [](const auto& a, const auto& b) {
          return a.size() < b.size();
        })).size();
    std::vector<Answers> all;
    for (std::size_t i = 0; i < classifiers_.size(); ++i) {
      all.push_back(apps::ask(classifiers_[i], faces, names_[i]));
      print_line(fmt::format("{:<{}}  {:.4f}", names_[i], width,
                             evaluate(all[i].probabilities, all[i].labels).accuracy));
    }
    Answers mean{{}, all.front().labels, 0};
    std::vector<Probabilities> opinions(all.size());
    for (std::size_t face = 0; face < mean.labels.size(); ++face) {
      for (std::size_t i = 0; i < all.size(); ++i) opinions[i] = all[i].probabilities[face];
      mean.probabilities.push_back(mean_of(opinions));
    }
    return mean;
  }

 private:
  std::vector<ExpressionClassifier> classifiers_;
  std::vector<ModelCard> cards_;
  std::vector<std::string> names_;
};

void run(const Options& options) {
  check_out(options.out);
  const auto files = members_of(options);
  Members members(files);
  auto card = ensemble_card(members.cards());
  const auto faces = read_labelled_faces(options.data, options.split, card.input);
  const auto answers = members.ask(*faces);
  const auto evaluation = calibrate_card(card, answers.probabilities, answers.labels);
  const Path folder = options.out.has_filename() ? options.out : options.out.parent_path();
  card.name = folder.filename().string();
  card.selection_split = options.split;
  write_ensemble(card, files, folder);
  print_line(
      fmt::format("all together  {:.4f}  (calibration error {:.4f}; temperature {:.4f}, "
                  "uncertain below {:.2f})",
                  evaluation.accuracy, evaluation.ece, card.temperature, card.uncertain_below));
  print_line("written to " + folder.string());
}

}  // namespace

void add_ensemble_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "ensemble", "Make one model of several, whose answers are averaged and calibrated");
  command->add_option("MODEL", options->models, "the members: names (see mien models) or files")
      ->type_name("")
      ->required();
  command
      ->add_option("--data", options->data,
                   "fer2013.csv, or a folder with SPLIT/LABEL/*.png (also .jpg)")
      ->type_name("DATA")
      ->required();
  command
      ->add_option("--split", options->split,
                   "the faces that calibrate and measure it, for the card")
      ->type_name("SPLIT")
      ->default_val("PublicTest");
  command->add_option("--out", options->out, "the folder to make, with copies of the members")
      ->type_name("FOLDER")
      ->required();
  command->footer(
      "The folder is a model like others: --model FOLDER, or its name where it lies in a folder of "
      "MIEN_MODELS.\n\n"
      "Example: mien ensemble runs/a.onnx runs/b.onnx --data fer2013.csv --out teacher\n"
      "         mien evaluate --model ./teacher --data fer2013.csv");
  command->callback([options] { run(*options); });
}

}  // namespace mien::apps
