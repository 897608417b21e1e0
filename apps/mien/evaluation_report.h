#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "core/calibration.h"
#include "core/evaluation.h"
#include "labelled_faces.h"
#include "mien/model_card.h"

namespace mien::apps {

/// What --report is made of.
struct ReportSource {
  const ModelCard& card;
  const FaceDataset& faces;
  const Answers& answers;
  const Evaluation& evaluation;
  const std::vector<Coverage>& coverage;
  std::filesystem::path data;
  std::string split;
  std::vector<std::pair<std::string, std::string>> method;  ///< name and value
};

/// The whole page.
std::string report_html(const ReportSource& source);

}  // namespace mien::apps
