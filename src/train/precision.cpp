#include "train/precision.h"

#include <ATen/autocast_mode.h>
#include <torch/version.h>

#include "mien/error.h"

namespace mien::train {
namespace {

bool computes_in_bfloat16(const torch::Device& device) {
  if (device.is_cuda()) return true;
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512bf16") != 0;
#else
  return false;
#endif
}

void set_autocast(const torch::Device& device, bool enabled) {
#if TORCH_VERSION_MAJOR >= 2
  at::autocast::set_autocast_dtype(device.type(), at::kBFloat16);
  at::autocast::set_autocast_enabled(device.type(), enabled);
#else
  if (device.is_cuda()) {
    at::autocast::set_autocast_gpu_dtype(at::kBFloat16);
    at::autocast::set_enabled(enabled);
  } else {
    at::autocast::set_autocast_cpu_dtype(at::kBFloat16);
    at::autocast::set_cpu_enabled(enabled);
  }
#endif
}

}  // namespace

Precision choose_precision(const std::string& name, const torch::Device& device) {
  if (name == "float32") return Precision::float32;
  if (name == "bfloat16") return Precision::bfloat16;
  if (name == "auto") {
    return computes_in_bfloat16(device) ? Precision::bfloat16 : Precision::float32;
  }
  throw Error(ErrorCode::usage, "recipe: training.precision '" + name +
                                    "' is unknown; choose auto, float32 or bfloat16");
}

std::string name(Precision precision) {
  return precision == Precision::bfloat16 ? "bfloat16" : "float32";
}

Autocast::Autocast(Precision precision, const torch::Device& device)
    : enabled_(precision == Precision::bfloat16), device_(device) {
  if (enabled_) set_autocast(device_, true);
}

Autocast::~Autocast() {
  if (!enabled_) return;
  at::autocast::clear_cache();  // the cast weights are stale after the next optimiser step
  set_autocast(device_, false);
}

}  // namespace mien::train
