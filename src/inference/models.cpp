#include "mien/models.h"

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "inference/ensemble.h"
#include "mien/error.h"
#include "mien/expression_model.h"

namespace mien {
namespace {

constexpr std::string_view kExtension = ".onnx";

/// ONNX files, and the folders of ensembles.
std::vector<std::filesystem::path> models_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> models;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const auto& path = entry->path();
    if (path.extension() == kExtension || is_ensemble(path)) models.push_back(path);
  }
  return models;
}

/// A folder's name is all of it, dots too.
std::string name_of(const std::filesystem::path& path) {
  return path.extension() == kExtension ? path.stem().string() : path.filename().string();
}

std::string advice_for_folder(const std::string& model) {
  return is_ensemble(model) ? "give ./" + model + " for the folder of that name; " : "";
}

std::string places() {
  std::string text;
  for (const auto& folder : model_folders()) text += (text.empty() ? "" : ", ") + folder.string();
  return text;
}

}  // namespace

std::vector<std::filesystem::path> model_folders() {
  std::vector<std::filesystem::path> folders;
  const auto add = [&folders](const std::filesystem::path& folder) {
    if (std::find(folders.begin(), folders.end(), folder) == folders.end()) {
      folders.push_back(folder);
    }
  };
  // NOLINTNEXTLINE(concurrency-mt-unsafe): Mien never changes the environment.
  if (const char* listed = std::getenv("MIEN_MODELS")) {
    std::istringstream stream(listed);
    for (std::string folder; std::getline(stream, folder, ':');) {
      if (!folder.empty()) add(folder);
    }
  }
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) add(program.parent_path().parent_path() / "share/mien/models");
  add(MIEN_INSTALLED_MODELS);
  return folders;
}

std::vector<ModelFile> list_models() {
  std::vector<ModelFile> models;
  for (const auto& folder : model_folders()) {
    for (const auto& path : models_in(folder)) {
      const auto same_name = [&](const ModelFile& model) { return model.name == name_of(path); };
      if (std::none_of(models.begin(), models.end(), same_name)) {
        models.push_back({name_of(path), path});
      }
    }
  }
  std::sort(models.begin(), models.end(),
            [](const ModelFile& a, const ModelFile& b) { return a.name < b.name; });
  return models;
}

std::filesystem::path find_model(const std::string& model) {
  if (model.find('/') != std::string::npos || model.ends_with(kExtension)) {
    std::error_code ignored;
    std::filesystem::path path(model);
    if (!path.has_filename()) path = path.parent_path();
    if (std::filesystem::is_regular_file(path, ignored) || is_ensemble(path)) return path;
    throw Error(ErrorCode::model, model + ": no such model file, and no folder with an " +
                                      std::string(kEnsembleFile) + "; check the path");
  }
  for (const auto& folder : model_folders()) {
    auto path = folder / (model + std::string(kExtension));
    std::error_code error;
    if (std::filesystem::is_regular_file(path, error)) return path;
    if (path = folder / model; is_ensemble(path)) return path;
  }
  throw Error(ErrorCode::model, "no model '" + model + "' in " + places() + "; " +
                                    advice_for_folder(model) +
                                    "`mien models` lists those there are, MIEN_MODELS adds a "
                                    "folder");
}

}  // namespace mien
