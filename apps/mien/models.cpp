#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "commands.h"
#include "mien/error.h"
#include "mien/models.h"
#include "standard_output.h"

namespace mien::apps {
namespace {

struct Options {
  std::string model;
  bool json = false;
};

struct Listed {
  ModelFile file;
  ModelCard card;
};

/// The models there are, and what is wrong with those that are none.
std::vector<Listed> all_models(std::vector<Error>& invalid) {
  std::vector<Listed> models;
  for (const auto& file : list_models()) {
    try {
      models.push_back({file, read_model_card(file.path)});
    } catch (const Error& error) {
      invalid.push_back(error);
    }
  }
  if (!models.empty() || !invalid.empty()) return models;
  std::vector<std::string> folders;
  for (const auto& folder : model_folders()) folders.push_back(folder.string());
  throw Error(ErrorCode::model, fmt::format("no model in {}; set MIEN_MODELS to a folder with one",
                                            fmt::join(folders, ", ")));
}

/// Of expressions, or of the gender.
std::string accuracy_of(const ModelCard& card) {
  const auto found =
      card.metrics.find(card.task == kAttributesTask ? "gender_accuracy" : "accuracy");
  return found == card.metrics.end() ? "-" : fmt::format("{:.3f}", found->second);
}

void print_table(const std::vector<Listed>& models) {
  constexpr const char* kRow = "{:<16}  {:<10}  {:<18}  {:>10}  {:>8}  {}";
  print_line(fmt::format(kRow, "model", "task", "architecture", "parameters", "accuracy", "file"));
  for (const auto& [file, card] : models) {
    print_line(fmt::format(kRow, file.name, card.task, card.architecture, card.parameters,
                           accuracy_of(card), file.path.string()));
  }
}

nlohmann::ordered_json to_object(const Listed& model) {
  return {{"name", model.file.name},
          {"path", model.file.path.string()},
          {"card", nlohmann::ordered_json::parse(to_json(model.card))}};
}

void print_field(const char* name, const std::string& text) {
  print_line(fmt::format("{:<16}  {}", name, text));
}

void print_crop(const char* of, double margin, double shift_down) {
  print_field("crop", fmt::format("{} times {}, {} of it further down", margin, of, shift_down));
}

void print_input(const ModelCard& card) {
  print_field("input", fmt::format("gray {} x {} pixels; contrast {}; normalisation {}",
                                   card.input.width, card.input.height, name(card.input.contrast),
                                   name(card.input.normalisation)));
  print_crop("FER-2013's frame", card.input.margin, card.input.shift_down);
}

void print_expression(const ModelCard& card) {
  print_field("labels", fmt::format("{}", fmt::join(card.labels, ", ")));
  print_input(card);
  print_field("calibration", fmt::format("temperature {:.4f}, uncertain below {:.2f}",
                                         card.temperature, card.uncertain_below));
  if (card.logit_offsets.empty()) return;
  print_field("added to logits", fmt::format("{:+.3f}", fmt::join(card.logit_offsets, ", ")));
}

void print_attributes(const ModelCard& card) {
  print_field("genders", fmt::format("{}", fmt::join(card.labels, ", ")));
  print_field("ages", fmt::format("{} to {}", card.ages.youngest, card.ages.oldest));
  print_input(card);
  print_field("calibration", fmt::format("temperature {:.4f}, of the gender", card.temperature));
}

void print_detector(const DetectorCard& detector) {
  print_field("input", fmt::format("blue, green and red; sides are multiples of {} pixels",
                                   detector.strides.back()));
  print_field("strides", fmt::format("{}", fmt::join(detector.strides, ", ")));
  print_field("smallest face", fmt::format("{} pixels of the input", detector.smallest_face));
  print_field("a face from", fmt::format("score {:.2f}; at most {:.2f} shared with another",
                                         detector.min_score, detector.max_overlap));
  print_crop("the face's box", detector.framing.margin, detector.framing.shift_down);
}

void print_groups(const GroupMetrics& kinds) {
  for (const auto& [kind, groups] : kinds) {
    for (const auto& [group, measures] : groups) {
      std::string text;
      for (const auto& [measure, value] : measures) {
        text += fmt::format("{}{} {:.4g}", text.empty() ? "" : ", ", measure, value);
      }
      print_field((kind + ' ' + group).c_str(), text);
    }
  }
}

void print_card(const Listed& model) {
  const auto& card = model.card;
  print_field("model", card.name);
  print_field("file", model.file.path.string());
  print_field("task", card.task);
  print_field("architecture", fmt::format("{}, {} parameters", card.architecture, card.parameters));
  if (!card.members.empty()) {
    print_field("members", fmt::format("{}", fmt::join(card.members, ", ")));
  }
  if (card.multiply_adds > 0) {
    print_field("multiply-adds",
                fmt::format("{:.1f} million for {}", static_cast<double>(card.multiply_adds) / 1e6,
                            card.task == kDetectionTask ? "a picture of 640x480" : "a face"));
  }
  if (card.task == kDetectionTask) {
    print_detector(card.detector);
  } else if (card.task == kAttributesTask) {
    print_attributes(card);
  } else {
    print_expression(card);
  }
  print_field("training data", card.training_data + ", " + card.training_split);
  print_field("selected on", card.selection_split);
  for (const auto& [metric, value] : card.metrics) {
    print_field(metric.c_str(), fmt::format("{:.4f}", value));
  }
  print_groups(card.groups);
  print_field("commit", fmt::format("{}, seed {}", card.commit, card.seed));
  print_field("licence", card.licence);
  print_field("data notice", card.data_notice);
  print_field("intended use", card.intended_use);
  print_field("misuse", card.misuse);
  print_line("\nrecipe\n\n" + card.recipe);
}

void show_one(const Options& options) {
  const auto path = find_model(options.model);
  const Listed model{{options.model, path}, read_model_card(path)};
  if (options.json) {
    print_line(to_object(model).dump(2));
  } else {
    print_card(model);
  }
}

void show_all(const Options& options) {
  std::vector<Error> invalid;
  const auto models = all_models(invalid);
  if (options.json) {
    auto list = nlohmann::ordered_json::array();
    for (const auto& model : models) list.push_back(to_object(model));
    print_line(list.dump(2));
  } else if (!models.empty()) {
    print_table(models);
  }
  if (invalid.empty()) return;
  for (std::size_t i = 0; i + 1 < invalid.size(); ++i) {
    fmt::print(stderr, "mien: {}\n", invalid[i].what());
  }
  throw Error(invalid.back());
}

}  // namespace

void add_models_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("models", "List the models at hand, or show one's card");
  command->add_option("MODEL", options->model,
                      "a model's name, file or folder: show its whole card");
  command->add_flag("--json", options->json, "print JSON");
  command->footer(
      "Models are looked for in the folders of MIEN_MODELS, beside the program and in the "
      "installation.\n\n"
      "Example: mien models mien-base");
  command->callback(
      [options] { options->model.empty() ? show_all(*options) : show_one(*options); });
}

}  // namespace mien::apps
