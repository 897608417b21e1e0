#include "train/run_folder.h"

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "core/atomic_file.h"
#include "mien/error.h"

namespace mien::train {
namespace {

nlohmann::json read_json(const std::filesystem::path& path, const std::string& advice) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(ErrorCode::input, path.string() + ": cannot be read; " + advice);
  auto object = nlohmann::json::parse(file, nullptr, false);
  if (!object.is_object()) {
    throw Error(ErrorCode::model, path.string() + ": not a JSON object; " + advice);
  }
  return object;
}

}  // namespace

void RunFolder::require_no_run() const {
  if (std::filesystem::exists(recipe())) {
    throw Error(ErrorCode::usage, path_.string() +
                                      ": holds a run already; continue it with --resume "
                                      "or choose another folder with --out");
  }
}

void RunFolder::create(const Recipe& recipe,
                       const std::map<std::string, std::string>& environment) const {
  write_file_atomically(this->environment(), nlohmann::json(environment).dump(2) + "\n");
  write_file_atomically(this->recipe(), recipe.text);
}

void RunFolder::check_resumable(const Recipe& recipe) const {
  if (read_recipe().text != recipe.text) {
    throw Error(ErrorCode::usage,
                path_.string() +
                    ": was begun with another recipe; leave the recipe away to continue "
                    "with the run's own, or start anew in another folder");
  }
}

Recipe RunFolder::read_recipe() const {
  if (!std::filesystem::exists(recipe())) {
    throw Error(ErrorCode::input, path_.string() +
                                      ": holds no run (no recipe.toml); give the folder that "
                                      "`mien train --out` wrote");
  }
  return mien::train::read_recipe(recipe());
}

std::map<std::string, std::string> RunFolder::read_environment() const {
  const auto object = read_json(environment(), "the run's folder is incomplete");
  std::map<std::string, std::string> environment;
  for (const auto& [key, value] : object.items()) {
    if (value.is_string()) environment[key] = value.get<std::string>();
  }
  return environment;
}

void RunFolder::write_result(const RunResult& result) const {
  nlohmann::json object = {{"best_epoch", result.best_epoch},
                           {"temperature", result.temperature},
                           {"metrics", result.metrics}};
  if (!result.groups.empty()) object["groups"] = result.groups;
  write_file_atomically(this->result(), object.dump(2) + "\n");
}

RunResult RunFolder::read_result() const {
  const auto object =
      read_json(result(), "the run is not finished: continue it with `mien train --resume`");
  try {
    return {object.at("best_epoch").get<int>(), object.at("temperature").get<double>(),
            object.at("metrics").get<std::map<std::string, double>>(),
            object.value("groups", GroupMetrics())};
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorCode::model, result().string() + ": " + error.what() +
                                      "; remove it and run `mien train --resume`");
  }
}

}  // namespace mien::train
