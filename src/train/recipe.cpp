#include "train/recipe.h"

#include <toml++/toml.h>
#include <algorithm>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <limits>
#include <set>
#include <sstream>

#include "mien/error.h"
#include "train/architecture/architecture.h"

namespace mien::train {
namespace {

[[noreturn]] void fail(const std::string& where, const std::string& what) {
  throw Error(ErrorCode::usage, where + ": " + what);
}

/// Reads the keys of one table, and knows at the end which were not read.
class Section {
 public:
  Section(const toml::table* table, std::string name, std::string where)
      : table_(table), name_(std::move(name)), where_(std::move(where)) {}

  void number(const char* key, double& value, double lowest, double highest) {
    if (const auto* node = find(key)) {
      const auto number = node->value<double>();
      if (!number || !(*number >= lowest && *number <= highest)) {
        reject(key, "a number within " + shown(lowest) + ".." + shown(highest));
      }
      value = *number;
    }
  }

  template <typename Integer>
  void integer(const char* key, Integer& value, std::int64_t lowest, std::int64_t highest) {
    if (const auto* node = find(key)) {
      const auto number = node->value_exact<std::int64_t>();
      if (!number || *number < lowest || *number > highest) {
        reject(key,
               "a whole number within " + std::to_string(lowest) + ".." + std::to_string(highest));
      }
      value = static_cast<Integer>(*number);
    }
  }

  void choice(const char* key, std::string& value, std::initializer_list<const char*> choices) {
    if (const auto* node = find(key)) {
      const auto text = node->value_exact<std::string>();
      if (!text || std::find(choices.begin(), choices.end(), *text) == choices.end()) {
        std::string known;
        for (const auto* choice : choices)
          known += (known.empty() ? "" : ", ") + std::string(choice);
        reject(key, "one of: " + known);
      }
      value = *text;
    }
  }

  void text(const char* key, std::string& value) {
    if (const auto* node = find(key)) {
      const auto text = node->value_exact<std::string>();
      if (!text || text->empty()) reject(key, "a text");
      value = *text;
    }
  }

  /// Says what is wrong with the value of a key, or with its absence.
  [[noreturn]] void reject(const char* key, const std::string& expected) const {
    const auto* node = table_ == nullptr ? nullptr : table_->get(key);
    const auto line = node == nullptr ? std::string()
                                      : "line " + std::to_string(node->source().begin.line) + ": ";
    fail(where_, line + path(key) + " must be " + expected);
  }

  Section section(const char* key) {
    const auto* node = find(key);
    if (node != nullptr && !node->is_table()) reject(key, "a table");
    return {node == nullptr ? nullptr : node->as_table(), key, where_};
  }

  const toml::array* array(const char* key) {
    const auto* node = find(key);
    if (node == nullptr) return nullptr;
    if (!node->is_array_of_tables()) reject(key, "a list of tables");
    return node->as_array();
  }

  /// Call it last: what was not read is a mistake.
  void finish() const {
    if (table_ == nullptr) return;
    for (const auto& [key, node] : *table_) {
      if (read_.contains(std::string(key.str()))) continue;
      std::string known;
      for (const auto& name : read_) known += (known.empty() ? "" : ", ") + name;
      fail(where_, "line " + std::to_string(node.source().begin.line) + ": unknown key '" +
                       path(std::string(key.str())) + "'; known here: " + known);
    }
  }

 private:
  const toml::node* find(const char* key) {
    read_.insert(key);
    return table_ == nullptr ? nullptr : table_->get(key);
  }

  std::string path(const std::string& key) const { return name_.empty() ? key : name_ + "." + key; }

  static std::string shown(double value) {
    std::ostringstream text;
    text << value;
    return text.str();
  }

  const toml::table* table_;
  std::string name_;
  std::string where_;
  std::set<std::string> read_;
};

constexpr auto kManyEpochs = 100000;

void read_data(Section section, Recipe& recipe) {
  section.choice("train", recipe.train_split, {"Training"});
  section.choice("validation", recipe.validation_split, {"PublicTest"});
  section.finish();
}

void read_input(Section section, Preprocessing& input) {
  std::string contrast(name(input.contrast));
  std::string normalisation(name(input.normalisation));
  section.number("crop_margin", input.margin, 0.2, 5);
  section.number("crop_shift_down", input.shift_down, -1, 1);
  section.choice("contrast", contrast, {"none", "equalise", "binarise"});
  section.choice("normalisation", normalisation, {"unit", "symmetric", "standardise"});
  section.finish();
  input.contrast = *contrast_from_name(contrast);
  input.normalisation = *normalisation_from_name(normalisation);
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

void read_architecture(Section section, Recipe& recipe) {
  section.text("name", recipe.architecture.name);
  const auto known = architecture_names();
  if (std::find(known.begin(), known.end(), recipe.architecture.name) == known.end()) {
    section.reject("name", "one of: " + joined(known));
  }
  section.integer("width", recipe.architecture.width, 8, 512);
  section.number("dropout", recipe.dropout, 0, 0.95);
  section.finish();
}

AugmentationOptions read_augmentation(Section section) {
  AugmentationOptions options;
  section.choice("kind", options.kind,
                 {"crop", "flip", "affine", "brightness_contrast", "erase", "mixup"});
  section.number("probability", options.probability, 0, 1);
  if (options.kind == "crop") {
    section.integer("padding", options.padding, 1, 24);
  } else if (options.kind == "affine") {
    section.number("rotation", options.rotation, 0, 180);
    section.number("scale", options.scale, 0, 0.9);
    section.number("translation", options.translation, 0, 0.9);
  } else if (options.kind == "brightness_contrast") {
    section.number("brightness", options.brightness, 0, 1);
    section.number("contrast", options.contrast, 0, 1);
  } else if (options.kind == "erase") {
    section.number("smallest_area", options.smallest_area, 0.001, 1);
    section.number("largest_area", options.largest_area, 0.001, 1);
    if (options.smallest_area > options.largest_area) {
      section.reject("smallest_area", "at most largest_area");
    }
  } else if (options.kind == "mixup") {
    section.number("alpha", options.alpha, 0.01, 10);
  }
  section.finish();
  return options;
}

void read_loss(Section section, LossOptions& loss) {
  section.number("label_smoothing", loss.label_smoothing, 0, 0.9);
  section.choice("class_weights", loss.class_weights, {"none", "balanced"});
  section.number("votes_weight", loss.votes_weight, 0, 10);
  section.finish();
}

void read_optimiser(Section section, OptimiserOptions& optimiser) {
  section.choice("name", optimiser.name, {"sgd", "adam", "adamw"});
  section.number("learning_rate", optimiser.learning_rate, 1e-8, 10);
  if (optimiser.name == "sgd") section.number("momentum", optimiser.momentum, 0, 0.999);
  section.number("weight_decay", optimiser.weight_decay, 0, 1);
  section.number("clip_norm", optimiser.clip_norm, 0, 1e6);
  section.finish();
}

void read_schedule(Section section, ScheduleOptions& schedule) {
  section.choice("name", schedule.name, {"cosine", "step", "plateau", "constant"});
  section.integer("warmup_epochs", schedule.warmup_epochs, 0, kManyEpochs);
  if (schedule.name == "step") {
    section.integer("step_epochs", schedule.step_epochs, 1, kManyEpochs);
  }
  if (schedule.name == "step" || schedule.name == "plateau") {
    section.number("factor", schedule.factor, 0.001, 0.999);
  }
  if (schedule.name == "plateau") {
    section.integer("patience", schedule.patience, 1, kManyEpochs);
  }
  if (schedule.name != "constant") {
    section.number("smallest_rate", schedule.smallest_rate, 0, 10);
  }
  section.finish();
}

void read_training(Section section, TrainingOptions& training) {
  section.integer("epochs", training.epochs, 1, kManyEpochs);
  section.integer("batch_size", training.batch_size, 2, 4096);
  section.choice("precision", training.precision, {"auto", "float32", "bfloat16"});
  section.number("average_decay", training.average_decay, 0, 0.99999);
  section.integer("early_stopping_patience", training.early_stopping_patience, 0, kManyEpochs);
  section.finish();
}

Recipe recipe_from(const toml::table& table, const std::string& where) {
  Recipe recipe;
  Section root(&table, "", where);
  root.text("name", recipe.name);
  if (recipe.name.empty()) fail(where, "it has no name; add name = \"...\"");
  root.integer("seed", recipe.seed, 0, std::numeric_limits<std::int64_t>::max());
  read_data(root.section("data"), recipe);
  read_input(root.section("input"), recipe.input);
  read_architecture(root.section("architecture"), recipe);
  if (const auto* steps = root.array("augmentation")) {
    for (const auto& step : *steps) {
      recipe.augmentations.push_back(read_augmentation({step.as_table(), "augmentation", where}));
      if (recipe.augmentations.back().kind.empty()) fail(where, "an augmentation has no kind");
    }
  }
  read_loss(root.section("loss"), recipe.loss);
  read_optimiser(root.section("optimiser"), recipe.optimiser);
  read_schedule(root.section("schedule"), recipe.schedule);
  read_training(root.section("training"), recipe.training);
  root.finish();
  return recipe;
}

}  // namespace

Recipe parse_recipe(const std::string& text, const std::string& where) {
  try {
    auto recipe = recipe_from(toml::parse(text), where);
    recipe.text = text;
    return recipe;
  } catch (const toml::parse_error& error) {
    fail(where, "line " + std::to_string(error.source().begin.line) +
                    ": not TOML: " + std::string(error.description()));
  }
}

Recipe read_recipe(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path)) {
    throw Error(ErrorCode::input, path.string() + ": cannot be read; give a recipe such as " +
                                      "recipes/mien-base.toml");
  }
  return parse_recipe({std::istreambuf_iterator<char>(file), {}}, path.string());
}

}  // namespace mien::train
