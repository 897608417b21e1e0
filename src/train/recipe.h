#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "mien/model_card.h"
#include "mien/preprocessing.h"
#include "train/architecture/architecture_options.h"

namespace mien::train {

/// One step of the augmentation; which numbers count depends on `kind`.
struct AugmentationOptions {
  std::string kind;  ///< crop, flip, affine, brightness_contrast, erase or mixup
  double probability = 1.0;
  int padding = 4;              ///< crop: pixels added around before cropping back
  double rotation = 0;          ///< affine: degrees, to either side
  double scale = 0;             ///< affine: 0.1 is 0.9..1.1 times
  double translation = 0;       ///< affine: share of the side, in either direction
  double brightness = 0;        ///< brightness_contrast: share of the full range, up or down
  double contrast = 0;          ///< brightness_contrast: 0.2 is 0.8..1.2 times
  double smallest_area = 0.02;  ///< erase: share of the picture
  double largest_area = 0.2;
  double alpha = 0.2;           ///< mixup: of the beta distribution
  int last_epochs_without = 0;  ///< in so many of the last epochs the step is left out
};

struct OptimiserOptions {
  std::string name = "sgd";  ///< sgd (with Nesterov momentum), adam or adamw
  double learning_rate = 0.05;
  double momentum = 0.9;
  double weight_decay = 5e-4;  ///< of weights, not of biases and normalisations
  double clip_norm = 0;        ///< largest norm of the gradient; 0: not limited
};

struct ScheduleOptions {
  std::string name = "cosine";  ///< cosine, step, plateau or constant
  int warmup_epochs = 0;        ///< the rate rises linearly from 0
  int step_epochs = 10;         ///< step: epochs between two falls
  double factor = 0.1;          ///< step, plateau: what the rate is multiplied by
  int patience = 5;             ///< plateau: epochs without a better validation loss before a fall
  double smallest_rate = 0;     ///< cosine, plateau: never below
};

struct LossOptions {
  double label_smoothing = 0;
  std::string class_weights = "none";  ///< none, or balanced: inverse to how often a class occurs
  double votes_weight = 0;  ///< of the FER+ votes as a second target; 0: votes are not needed
};

/// Learning from what trained networks, the teachers, say (Hinton et al., 2015). Each face has a
/// fixed number of augmented views, on which the teachers answer once (teacher and student see the
/// same: Beyer et al., 2021, "Knowledge distillation: A good teacher is patient and consistent").
struct DistillationOptions {
  double weight = 0;       ///< share of the teachers' answers in the loss; 0: no teachers
  double temperature = 2;  ///< softens the answers
  int views = 12;          ///< of each face; all are kept in memory, 2304 bytes each
};

/// How the pictures that a detector learns from are made; probabilities are within 0..1.
struct SceneOptions {
  int size = 320;               ///< side of the network's input in training, a multiple of 32
  double landmarks = 0.15;      ///< share of scenes that show a face of the landmarks' data alone
  double mosaic = 0.3;          ///< share of scenes that are put together from four
  double empty = 0.04;          ///< share of scenes that are drawn and hold no face
  double smallest_scale = 0.3;  ///< of the picture
  double largest_scale = 3;
  double smallest_face = 8;  ///< pixels of height; smaller ones are not learnt
  double rotation = 20;      ///< degrees to either side, in a third of the scenes
  double colour = 0.6;       ///< probability of other brightness, contrast and saturation
  double gray = 0.12;
  double blur = 0.15;
  double noise = 0.15;
  double jpeg = 0.2;
  double occlusion = 0.15;  ///< for each face
};

struct DetectionLossOptions {
  double box = 2;        ///< weight of the boxes' loss; that of the score is 1
  double landmarks = 5;  ///< weight of the landmarks' loss
};

/// How the faces that gender and age are learnt from are changed; probabilities are within 0..1.
struct FaceViewOptions {
  double flip = 0.5;
  double rotation = 12;         ///< degrees, to either side
  double scale = 0.12;          ///< 0.1 is 0.9..1.1 times
  double translation = 0.06;    ///< share of the side, in either direction
  double light = 0.6;           ///< probability of other brightness, contrast and gamma
  double brightness = 0.12;     ///< share of the full range, up or down
  double contrast = 0.3;        ///< 0.2 is 0.8..1.2 times; of the gamma's logarithm too
  double low_resolution = 0.3;  ///< seen with fewer pixels, and enlarged
  double smallest_share = 0.3;  ///< of the input's side, that is seen then
  double noise = 0.15;
  double jpeg = 0.2;
  double erase = 0.25;
};

struct AttributeLossOptions {
  double gender = 1;         ///< weight of the gender's loss
  double age = 1;            ///< weight of the ages' distribution
  double years = 0.1;        ///< weight of each year that the expected age is off
  double age_deviation = 2;  ///< of the distribution that is learnt, in years
  double label_smoothing = 0;
};

struct TrainingOptions {
  int epochs = 30;
  int frozen_epochs =
      0;  ///< of expressions, with --init: the first, in which the last layers learn
  int batch_size = 64;
  std::string precision = "auto";   ///< auto, float32 or bfloat16
  double average_decay = 0;         ///< of the weights' exponential moving average; 0: none
  int validate_every = 1;           ///< epochs between two measurements on the validation split
  int early_stopping_patience = 0;  ///< epochs without a better validation accuracy; 0: never stop
};

/// What expressions are learnt from, besides the splits.
struct DataOptions {
  std::string format = "auto";  ///< of known_formats(); auto: by what lies in the data
  /// Of the training split: keep, drop_conflicting or drop (see DuplicateRule).
  std::string duplicates = "keep";
};

/// How a model is made. Every key has a default; an unknown key is an error.
struct Recipe {
  std::string name;
  std::string task = "expression";  ///< expression, detection or attributes
  std::string text;                 ///< the file as it is
  std::uint64_t seed = 1;
  std::string train_split = "Training";  ///< see parse_split()
  std::string validation_split = "PublicTest";
  DataOptions data;
  Preprocessing input{};
  ArchitectureOptions architecture;
  double dropout = 0;
  std::vector<AugmentationOptions> augmentations;
  LossOptions loss;
  DistillationOptions distillation;
  SceneOptions scene;                   ///< of detection
  DetectionLossOptions detection_loss;  ///< of detection
  FaceViewOptions view;                 ///< of attributes
  AttributeLossOptions attribute_loss;  ///< of attributes
  AgeScale ages;                        ///< of attributes
  OptimiserOptions optimiser;
  ScheduleOptions schedule;
  TrainingOptions training;
};

/// Throws Error: input when the file cannot be read, usage when it is not a recipe (with the line
/// or the key, and what is allowed).
Recipe read_recipe(const std::filesystem::path& path);

/// The same from its text; `where` names it in errors.
Recipe parse_recipe(const std::string& text, const std::string& where);

}  // namespace mien::train
