#include "train/augment/augmentation.h"

#include <array>
#include <cmath>
#include <numbers>

#include "mien/error.h"

namespace mien::train {
namespace {

using torch::Tensor;

/// N numbers, uniform within `lowest`..`highest`.
Tensor uniform(std::int64_t count, double lowest, double highest, at::Generator& generator) {
  return torch::empty({count}, generator.device()).uniform_(lowest, highest, generator);
}

/// Of that type, where the generator's numbers are.
torch::TensorOptions of(torch::ScalarType type, const at::Generator& generator) {
  return torch::TensorOptions(type).device(generator.device());
}

/// N x 1 x 1 x 1: true for about that share of the batch.
Tensor chosen(std::int64_t count, double probability, at::Generator& generator) {
  return (uniform(count, 0, 1, generator) < probability).view({count, 1, 1, 1});
}

class WithOptions : public Augmentation {
 public:
  explicit WithOptions(const AugmentationOptions& options) : options_(options) {}
  int last_epochs_without() const final { return options_.last_epochs_without; }

 protected:
  const AugmentationOptions& options() const { return options_; }

 private:
  AugmentationOptions options_;
};

/// Each picture is moved by up to `padding` pixels, its edges continued.
class RandomCrop final : public WithOptions {
 public:
  using WithOptions::WithOptions;
  void apply(AugmentedBatch& batch, at::Generator& generator) const override {
    const auto count = batch.pictures.size(0);
    const auto height = batch.pictures.size(2);
    const auto width = batch.pictures.size(3);
    const std::int64_t padding = options().padding;
    const auto padded =
        torch::replication_pad2d(batch.pictures, {padding, padding, padding, padding});
    const auto rows = offsets(count, height, generator).view({count, 1, height, 1});
    const auto columns = offsets(count, width, generator).view({count, 1, 1, width});
    const auto cropped = padded.gather(2, rows.expand({count, 1, height, padded.size(3)}))
                             .gather(3, columns.expand({count, 1, height, width}));
    batch.pictures =
        torch::where(chosen(count, options().probability, generator), cropped, batch.pictures);
  }

 private:
  Tensor offsets(std::int64_t count, std::int64_t length, at::Generator& generator) const {
    const auto starts = torch::randint(0, 2 * options().padding + 1, {count, 1}, generator,
                                       of(torch::kLong, generator));
    return starts + torch::arange(length, of(torch::kLong, generator)).view({1, length});
  }
};

class HorizontalFlip final : public WithOptions {
 public:
  using WithOptions::WithOptions;
  void apply(AugmentedBatch& batch, at::Generator& generator) const override {
    batch.pictures = torch::where(chosen(batch.pictures.size(0), options().probability, generator),
                                  batch.pictures.flip({3}), batch.pictures);
  }
};

/// Rotation, scale and translation in one resampling.
class Affine final : public WithOptions {
 public:
  using WithOptions::WithOptions;
  void apply(AugmentedBatch& batch, at::Generator& generator) const override {
    const auto count = batch.pictures.size(0);
    const double radians = options().rotation * std::numbers::pi / 180.0;
    const auto angle = uniform(count, -radians, radians, generator);
    const auto scale = uniform(count, 1 - options().scale, 1 + options().scale, generator);
    // A picture spans -1..1, so that a share of its side is twice that.
    const double reach = 2 * options().translation;
    const auto across = uniform(count, -reach, reach, generator);
    const auto down = uniform(count, -reach, reach, generator);
    const auto cosine = torch::cos(angle) / scale;
    const auto sine = torch::sin(angle) / scale;
    const auto matrix = torch::stack(
        {torch::stack({cosine, -sine, across}, 1), torch::stack({sine, cosine, down}, 1)}, 1);
    namespace functional = torch::nn::functional;
    const auto grid = functional::affine_grid(matrix, batch.pictures.sizes(), false);
    const auto moved = functional::grid_sample(batch.pictures, grid,
                                               functional::GridSampleFuncOptions()
                                                   .mode(torch::kBilinear)
                                                   .padding_mode(torch::kBorder)
                                                   .align_corners(false));
    batch.pictures =
        torch::where(chosen(count, options().probability, generator), moved, batch.pictures);
  }
};

class BrightnessContrast final : public WithOptions {
 public:
  using WithOptions::WithOptions;
  void apply(AugmentedBatch& batch, at::Generator& generator) const override {
    const auto count = batch.pictures.size(0);
    const auto shift = uniform(count, -options().brightness, options().brightness, generator)
                           .view({count, 1, 1, 1});
    const auto factor = uniform(count, 1 - options().contrast, 1 + options().contrast, generator)
                            .view({count, 1, 1, 1});
    const auto mean = batch.pictures.mean({1, 2, 3}, true);
    const auto changed =
        ((batch.pictures - mean) * factor + mean + 255.0 * shift).clamp(0.0, 255.0);
    batch.pictures =
        torch::where(chosen(count, options().probability, generator), changed, batch.pictures);
  }
};

/// A rectangle of noise (Zhong et al., 2017, "Random Erasing Data Augmentation").
class RandomErasing final : public WithOptions {
 public:
  using WithOptions::WithOptions;
  void apply(AugmentedBatch& batch, at::Generator& generator) const override {
    const auto count = batch.pictures.size(0);
    const auto height = batch.pictures.size(2);
    const auto width = batch.pictures.size(3);
    const auto share = uniform(count, options().smallest_area, options().largest_area, generator);
    constexpr double kLongest = 3.0;
    const auto shape =
        torch::exp(uniform(count, -std::log(kLongest), std::log(kLongest), generator));
    const auto inside_rows = span(height, torch::sqrt(share * shape), generator);
    const auto inside_columns = span(width, torch::sqrt(share / shape), generator);
    const auto inside = inside_rows.view({count, 1, height, 1}) &
                        inside_columns.view({count, 1, 1, width}) &
                        chosen(count, options().probability, generator);
    const auto noise = torch::empty_like(batch.pictures).uniform_(0, 255, generator);
    batch.pictures = torch::where(inside, noise, batch.pictures);
  }

 private:
  /// N x length: true within a span of that share of the length, somewhere.
  static Tensor span(std::int64_t length, const Tensor& share, at::Generator& generator) {
    const auto size = (share.clamp_max(1.0) * static_cast<double>(length)).unsqueeze(1);
    const auto start =
        uniform(share.size(0), 0, 1, generator).unsqueeze(1) * (static_cast<double>(length) - size);
    const auto place = torch::arange(length, of(torch::kFloat, generator)).unsqueeze(0) + 0.5;
    return (place >= start) & (place < start + size);
  }
};

/// Each picture and its targets are blended with another's (Zhang et al., 2017, "mixup").
class Mixup final : public WithOptions {
 public:
  using WithOptions::WithOptions;
  void apply(AugmentedBatch& batch, at::Generator& generator) const override {
    const auto count = batch.pictures.size(0);
    const auto partner = torch::randperm(count, generator, of(torch::kLong, generator));
    auto share = beta(count, generator);
    share = torch::where(uniform(count, 0, 1, generator) < options().probability, share,
                         torch::ones_like(share));
    const auto blend = [&](const Tensor& values, const Tensor& weight) {
      return values * weight + values.index_select(0, partner) * (1 - weight);
    };
    batch.pictures = blend(batch.pictures, share.view({count, 1, 1, 1}));
    batch.labels = blend(batch.labels, share.view({count, 1}));
    batch.votes = blend(batch.votes, share.view({count, 1}));
    if (batch.answers.defined()) batch.answers = blend(batch.answers, share.view({count, 1}));
  }

 private:
  /// A beta distribution from two gamma distributions, the larger share first.
  Tensor beta(std::int64_t count, at::Generator& generator) const {
    const auto shape = torch::full({count}, options().alpha, of(torch::kDouble, generator));
    const auto a = at::_standard_gamma(shape, generator) + 1e-12;
    const auto b = at::_standard_gamma(shape, generator) + 1e-12;
    const auto share = a / (a + b);
    return torch::maximum(share, 1 - share).to(torch::kFloat);
  }
};

template <typename Kind>
std::unique_ptr<Augmentation> make(const AugmentationOptions& options) {
  return std::make_unique<Kind>(options);
}

struct Maker {
  const char* kind;
  std::unique_ptr<Augmentation> (*make)(const AugmentationOptions& options);
};

constexpr std::array kMakers = {
    Maker{"crop", make<RandomCrop>},     Maker{"flip", make<HorizontalFlip>},
    Maker{"affine", make<Affine>},       Maker{"brightness_contrast", make<BrightnessContrast>},
    Maker{"erase", make<RandomErasing>}, Maker{"mixup", make<Mixup>}};

}  // namespace

std::unique_ptr<Augmentation> make_augmentation(const AugmentationOptions& options) {
  for (const auto& maker : kMakers) {
    if (options.kind == maker.kind) return maker.make(options);
  }
  throw Error(ErrorCode::usage, "recipe: augmentation '" + options.kind + "' is unknown");
}

Augmentations make_augmentations(const std::vector<AugmentationOptions>& options) {
  Augmentations augmentations;
  for (const auto& step : options) augmentations.push_back(make_augmentation(step));
  return augmentations;
}

void apply(const Augmentations& augmentations, AugmentedBatch& batch, at::Generator& generator,
           int epochs_left) {
  for (const auto& augmentation : augmentations) {
    if (epochs_left > augmentation->last_epochs_without()) augmentation->apply(batch, generator);
  }
}

}  // namespace mien::train
