#include "train/recipe.h"

#include <toml++/toml.h>
#include <algorithm>
#include <fstream>
#include <iterator>
#include <limits>

#include "dataset/face_split.h"
#include "dataset/labelled_faces.h"
#include "mien/error.h"
#include "train/architecture/architecture.h"
#include "train/architecture/face_architecture.h"
#include "train/recipe_section.h"

namespace mien::train {
namespace {

constexpr auto kManyEpochs = 100000;

SplitName parsed(const std::string& text, const Section& section) {
  try {
    return parse_split(text);
  } catch (const Error& error) {
    fail(section.where(), error.what());
  }
}

SplitName read_split(Section& section, const char* key, std::string& text) {
  section.text(key, text);
  auto split = parsed(text, section);
  if (split.own == name(FerSplit::private_test)) {
    section.reject(key, "another split: PrivateTest is there to measure a finished model");
  }
  return split;
}

/// A part without the name of a whole is held out of what is trained on.
void read_splits(Section& section, Recipe& recipe) {
  auto training = read_split(section, "train", recipe.train_split);
  auto validation = read_split(section, "validation", recipe.validation_split);
  if (validation.held_out && validation.own.empty()) {
    if (training.held_out || validation.held_out->is_rest) {
      section.reject("validation",
                     "the part of a split that is named, as in Training:fraction:0.1");
    }
    validation.own = training.own;
    training.held_out = validation.held_out;
    training.held_out->is_rest = true;
  }
  recipe.train_split = to_text(training);
  recipe.validation_split = to_text(validation);
  if (recipe.train_split == recipe.validation_split) {
    section.reject("validation", "another split than data.train");
  }
}

void read_data(Section section, Recipe& recipe) {
  section.text("format", recipe.data.format);
  if (!is_data_format(recipe.data.format)) {
    section.reject("format", "one of: auto, " + known_formats());
  }
  read_splits(section, recipe);
  section.choice("duplicates", recipe.data.duplicates, {"keep", "drop_conflicting", "drop"});
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
  const auto known = recipe.task == "detection" ? face_architecture_names() : architecture_names();
  if (std::find(known.begin(), known.end(), recipe.architecture.name) == known.end()) {
    section.reject("name", "one of: " + joined(known));
  }
  section.integer("width", recipe.architecture.width, 8, 512);
  section.integer("depth", recipe.architecture.depth, 1, 32);
  section.number("dropout", recipe.dropout, 0, 0.95);
  section.finish();
}

AugmentationOptions read_augmentation(Section section) {
  AugmentationOptions options;
  section.choice("kind", options.kind,
                 {"crop", "flip", "affine", "brightness_contrast", "erase", "mixup"});
  section.number("probability", options.probability, 0, 1);
  section.integer("last_epochs_without", options.last_epochs_without, 0, kManyEpochs);
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

void read_distillation(Section section, DistillationOptions& distillation) {
  section.number("weight", distillation.weight, 0, 1);
  section.number("temperature", distillation.temperature, 0.1, 20);
  section.integer("views", distillation.views, 1, 1000);
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

void read_training(Section section, bool of_expressions, TrainingOptions& training) {
  section.integer("epochs", training.epochs, 1, kManyEpochs);
  if (of_expressions) section.integer("frozen_epochs", training.frozen_epochs, 0, kManyEpochs);
  section.integer("batch_size", training.batch_size, 2, 4096);
  section.choice("precision", training.precision, {"auto", "float32", "bfloat16"});
  section.integer("validate_every", training.validate_every, 1, kManyEpochs);
  section.number("average_decay", training.average_decay, 0, 0.99999);
  section.integer("early_stopping_patience", training.early_stopping_patience, 0, kManyEpochs);
  const int patience = training.early_stopping_patience;
  if (patience > 0 && patience < training.validate_every) {
    section.reject("early_stopping_patience", "0, or at least validate_every");
  }
  section.finish();
}

void read_scene(Section section, SceneOptions& scene) {
  section.integer("size", scene.size, 64, 1024);
  if (scene.size % 32 != 0) section.reject("size", "a multiple of 32");
  section.number("landmarks", scene.landmarks, 0, 1);
  section.number("mosaic", scene.mosaic, 0, 1);
  section.number("empty", scene.empty, 0, 1);
  if (scene.landmarks + scene.empty > 1) section.reject("empty", "at most 1 less landmarks");
  section.number("smallest_scale", scene.smallest_scale, 0.05, 10);
  section.number("largest_scale", scene.largest_scale, 0.05, 10);
  if (scene.smallest_scale > scene.largest_scale) {
    section.reject("smallest_scale", "at most largest_scale");
  }
  section.number("smallest_face", scene.smallest_face, 4, 100);
  section.number("rotation", scene.rotation, 0, 90);
  section.number("colour", scene.colour, 0, 1);
  section.number("gray", scene.gray, 0, 1);
  section.number("blur", scene.blur, 0, 1);
  section.number("noise", scene.noise, 0, 1);
  section.number("jpeg", scene.jpeg, 0, 1);
  section.number("occlusion", scene.occlusion, 0, 1);
  section.finish();
}

void read_detection_loss(Section section, DetectionLossOptions& loss) {
  section.number("box", loss.box, 0, 100);
  section.number("landmarks", loss.landmarks, 0, 100);
  section.finish();
}

void read_view(Section section, FaceViewOptions& view) {
  section.number("flip", view.flip, 0, 1);
  section.number("rotation", view.rotation, 0, 90);
  section.number("scale", view.scale, 0, 0.9);
  section.number("translation", view.translation, 0, 0.9);
  section.number("light", view.light, 0, 1);
  section.number("brightness", view.brightness, 0, 1);
  section.number("contrast", view.contrast, 0, 1);
  section.number("low_resolution", view.low_resolution, 0, 1);
  section.number("smallest_share", view.smallest_share, 0.05, 1);
  section.number("noise", view.noise, 0, 1);
  section.number("jpeg", view.jpeg, 0, 1);
  section.number("erase", view.erase, 0, 1);
  section.finish();
}

void read_attribute_loss(Section section, AttributeLossOptions& loss) {
  section.number("gender", loss.gender, 0, 100);
  section.number("age", loss.age, 0, 100);
  section.number("years", loss.years, 0, 100);
  section.number("age_deviation", loss.age_deviation, 0.1, 20);
  section.number("label_smoothing", loss.label_smoothing, 0, 0.9);
  section.finish();
}

void read_expression(Section& root, const std::string& where, Recipe& recipe) {
  read_data(root.section("data"), recipe);
  read_input(root.section("input"), recipe.input);
  if (const auto* steps = root.array("augmentation")) {
    for (const auto& step : *steps) {
      recipe.augmentations.push_back(read_augmentation({step.as_table(), "augmentation", where}));
      if (recipe.augmentations.back().kind.empty()) fail(where, "an augmentation has no kind");
    }
  }
  read_loss(root.section("loss"), recipe.loss);
  read_distillation(root.section("distillation"), recipe.distillation);
}

void read_detection(Section& root, Recipe& recipe) {
  recipe.train_split = "training";
  recipe.validation_split = "validation";
  read_scene(root.section("scene"), recipe.scene);
  read_detection_loss(root.section("loss"), recipe.detection_loss);
}

void read_attributes(Section& root, Recipe& recipe) {
  recipe.train_split = "training";
  recipe.validation_split = "validation";
  auto input = root.section("input");
  input.integer("size", recipe.input.width, 16, 256);
  recipe.input.height = recipe.input.width;
  read_input(input, recipe.input);
  read_view(root.section("view"), recipe.view);
  read_attribute_loss(root.section("loss"), recipe.attribute_loss);
}

Recipe recipe_from(const toml::table& table, const std::string& where) {
  Recipe recipe;
  Section root(&table, "", where);
  root.text("name", recipe.name);
  if (recipe.name.empty()) fail(where, "it has no name; add name = \"...\"");
  root.integer("seed", recipe.seed, 0, std::numeric_limits<std::int64_t>::max());
  root.choice("task", recipe.task, {"expression", "detection", "attributes"});
  read_architecture(root.section("architecture"), recipe);
  if (recipe.task == "expression") {
    read_expression(root, where, recipe);
  } else if (recipe.task == "detection") {
    read_detection(root, recipe);
  } else {
    read_attributes(root, recipe);
  }
  read_optimiser(root.section("optimiser"), recipe.optimiser);
  read_schedule(root.section("schedule"), recipe.schedule);
  read_training(root.section("training"), recipe.task == "expression", recipe.training);
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
