#pragma once

#include <dnnl.hpp>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "inference/graph/tensor.h"

namespace mien::onednn {

/// Weights in the layouts that primitives want, shared by the plans of all batch sizes.
class Constants {
 public:
  /// What was put in for this tensor and layout; empty when nothing was.
  dnnl::memory find(const std::shared_ptr<const Tensor>& tensor,
                    const dnnl::memory::desc& desc) const {
    const auto found = kept_.find(tensor);
    if (found == kept_.end()) return {};
    for (const auto& memory : found->second) {
      if (memory.get_desc() == desc) return memory;
    }
    return {};
  }

  void put(const std::shared_ptr<const Tensor>& tensor, const dnnl::memory& memory) {
    kept_[tensor].push_back(memory);
  }

 private:
  std::map<std::shared_ptr<const Tensor>, std::vector<dnnl::memory>> kept_;
};

}  // namespace mien::onednn
