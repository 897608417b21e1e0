#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "dataset/face_dataset.h"

namespace mien {

/// Some faces of a dataset, in the order of the indices.
class FaceSubset final : public FaceDataset {
 public:
  /// Each index is less than all->size().
  FaceSubset(std::shared_ptr<const FaceDataset> all, std::vector<std::size_t> indices)
      : all_(std::move(all)), indices_(std::move(indices)) {}

  std::size_t size() const override { return indices_.size(); }
  LabelledFace get(std::size_t index) const override { return all_->get(indices_.at(index)); }
  int width() const override { return all_->width(); }
  int height() const override { return all_->height(); }
  FaceGroups groups(std::size_t index) const override { return all_->groups(indices_.at(index)); }
  std::string subject(std::size_t index) const override {
    return all_->subject(indices_.at(index));
  }

 private:
  std::shared_ptr<const FaceDataset> all_;
  std::vector<std::size_t> indices_;
};

}  // namespace mien
