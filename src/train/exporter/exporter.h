#pragma once

#include <filesystem>
#include <optional>

#include "mien/model_card.h"

namespace mien::train {

/// What a detector's card says beyond its run.
struct DetectorUse {
  FaceFraming framing = {};
  std::optional<double> min_score = {};  ///< default: the best on the validation split
};

/// Writes the best weights of a finished run as ONNX, with its card under kModelCardKey. Of
/// expressions: input "input" N x 1 x H x W, output "logits" N x 7; of a detector: input "input"
/// N x 3 x H x W, outputs "faces_8" and so on, as DetectorCard says, height and width free; for
/// attributes: input "input" N x 1 x H x W, outputs "gender" N x 2 and "age" N x ages. All are
/// float32; N is free. The file passes ONNX's
/// own checker and is written whole or not at all. Returns the card. `use` is
/// for a detector. Throws Error.
ModelCard export_run(const std::filesystem::path& run, const std::filesystem::path& out,
                     const DetectorUse& use = {});

}  // namespace mien::train
