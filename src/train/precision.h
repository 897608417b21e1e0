#pragma once

#include <torch/torch.h>

#include <string>

namespace mien::train {

enum class Precision { float32, bfloat16 };

/// "auto" (bfloat16 where the device computes in it), "float32" or "bfloat16".
Precision choose_precision(const std::string& name, const torch::Device& device);

std::string name(Precision precision);

/// While it lives, layers run in bfloat16 where that is safe, if that is the precision.
class Autocast {
 public:
  Autocast(Precision precision, const torch::Device& device);
  Autocast(const Autocast&) = delete;
  Autocast& operator=(const Autocast&) = delete;
  ~Autocast();

 private:
  bool enabled_;
  torch::Device device_;
};

}  // namespace mien::train
