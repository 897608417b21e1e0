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
  const nlohmann::ordered_json object = {{"epoch", metrics.epoch},
                                         {"train_loss", metrics.train_loss},
                                         {"train_accuracy", metrics.train_accuracy},
                                         {"validation_loss", metrics.validation_loss},
                                         {"validation_accuracy", metrics.validation_accuracy},
                                         {"learning_rate", metrics.learning_rate},
                                         {"seconds", metrics.seconds},
                                         {"images_per_second", metrics.images_per_second},
                                         {"best", metrics.best}};
  text_ += object.dump() + "\n";
  write_file_atomically(path_, text_);
}

}  // namespace mien::train
