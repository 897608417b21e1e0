#include "train/metrics_log.h"

#include <fstream>
#include <nlohmann/json.hpp>

#include "core/atomic_file.h"

namespace mien::train {

MetricsLog::MetricsLog(std::filesystem::path path, int last_epoch) : path_(std::move(path)) {
  std::ifstream file(path_);
  for (std::string line; std::getline(file, line);) {
    const auto object = nlohmann::json::parse(line, nullptr, false);
    const auto epoch = object.is_object() ? object.find("epoch") : object.end();
    if (epoch == object.end() || !epoch->is_number_integer() || *epoch > last_epoch) break;
    text_ += line + "\n";
  }
}

void MetricsLog::append(const EpochMetrics& metrics) {
  nlohmann::ordered_json object = {{"epoch", metrics.epoch}, {"train_loss", metrics.train_loss}};
  for (const auto& [name, value] : metrics.train) object["train_" + name] = value;
  for (const auto& [name, value] : metrics.validation) object["validation_" + name] = value;
  object["learning_rate"] = metrics.learning_rate;
  object["seconds"] = metrics.seconds;
  object["images_per_second"] = metrics.images_per_second;
  object["best"] = metrics.best;
  text_ += object.dump() + "\n";
  write_file_atomically(path_, text_);
}

}  // namespace mien::train
