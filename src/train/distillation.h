#pragma once

#include <torch/torch.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "train/augment/augmentation.h"
#include "train/expression_network.h"
#include "train/face_tensors.h"
#include "train/precision.h"
#include "train/recipe.h"

namespace mien::train {

/// Finished runs of expression models that teach together: the mean of their calibrated
/// probabilities, and of a picture's and its mirror image's.
class Teachers {
 public:
  /// Each path is a run's folder, or a folder of such. Throws Error.
  Teachers(const std::vector<std::filesystem::path>& paths, const torch::Device& device,
           Precision precision);

  /// N x 7. `pictures` are N x 1 x H x W bytes on the device.
  torch::Tensor answers(const torch::Tensor& pictures) const;

  /// Their recipes' names, with commas.
  std::string names() const;
  bool used_votes() const;

 private:
  struct Teacher {
    Recipe recipe;
    double temperature = 1;
    std::shared_ptr<ExpressionNetwork> network;
  };

  torch::Device device_;
  Precision precision_;
  std::vector<Teacher> teachers_;
};

/// What a student learns from: views of each face and the teachers' answers to them.
class Distillation {
 public:
  /// Called with the views that are done and all.
  using Progress = std::function<void(std::uintmax_t done, std::uintmax_t total)>;

  /// `faces` are without contrast, which each model applies to the views as its recipe says. Makes
  /// all views and answers.
  Distillation(const Recipe& recipe, const FaceTensors& faces, const Teachers& teachers,
               const torch::Device& device, const Progress& progress);

  /// The view that is due in that epoch, of these faces.
  torch::Tensor pictures(const torch::Tensor& indices, int epoch) const;
  torch::Tensor answers(const torch::Tensor& indices, int epoch) const;

 private:
  std::vector<torch::Tensor> views_;    // N x 1 x H x W bytes each, with the student's contrast
  std::vector<torch::Tensor> answers_;  // N x 7 each
};

/// Steps whose outcome has the same answer as what went in (a mirror image) or one that follows
/// from it (a blend): a student takes them anew in each epoch, the others make the views.
bool keeps_answers(const AugmentationOptions& step);

}  // namespace mien::train
