#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "mien/model_card.h"

namespace mien {

/// The expression model that is used when none is named.
inline constexpr std::string_view kDefaultExpressionModel = "mien-base";

/// The model of the face detector "mien".
inline constexpr std::string_view kDefaultFaceModel = "mien-detector";

/// The model of gender and age.
inline constexpr std::string_view kDefaultAttributeModel = "mien-attributes";

/// Where models are looked for, the first place first: the folders of the environment variable
/// MIEN_MODELS (separated by colons), `../share/mien/models` beside the running program's folder,
/// and the models of the installation.
std::vector<std::filesystem::path> model_folders();

/// A model file, by the name of which it is found: the file's name without `.onnx`; or an
/// ensemble's folder, by its own name.
struct ModelFile {
  std::string name;
  std::filesystem::path path;
};

/// The models of model_folders(), by name. Of two with one name the first found is listed.
std::vector<ModelFile> list_models();

/// The file of a model, or the folder of an ensemble: `model` is a path to it, or a name to be
/// found in model_folders(). What holds a slash or ends in `.onnx` is a path. Throws Error (model)
/// when there is none.
std::filesystem::path find_model(const std::string& model);

/// The card of a model, or of an ensemble. Throws Error (model) when the file is not ONNX or has
/// none, or the folder has none that is valid.
ModelCard read_model_card(const std::filesystem::path& path);

}  // namespace mien
