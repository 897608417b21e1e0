#include "train/augment/augmentation.h"

#include <gtest/gtest.h>

#include "mien/error.h"

namespace mien::train {
namespace {

AugmentedBatch some_batch(std::int64_t count = 8) {
  torch::manual_seed(5);
  return {torch::rand({count, 1, 48, 48}) * 255,
          torch::eye(7).index_select(0, torch::arange(count).remainder(7)),
          torch::eye(8).index_select(0, torch::arange(count).remainder(8))};
}

AugmentedBatch augmented(const AugmentationOptions& options, std::uint64_t seed = 1,
                         std::int64_t count = 8) {
  auto batch = some_batch(count);
  auto generator = at::detail::createCPUGenerator(seed);
  make_augmentation(options)->apply(batch, generator);
  return batch;
}

TEST(Augmentation, EachIsRepeatableAndChangesSomething) {
  for (const auto* kind : {"crop", "flip", "affine", "brightness_contrast", "erase", "mixup"}) {
    AugmentationOptions options{.kind = kind,
                                .rotation = 10,
                                .scale = 0.1,
                                .translation = 0.1,
                                .brightness = 0.1,
                                .contrast = 0.2};
    const auto first = augmented(options);
    EXPECT_TRUE(first.pictures.equal(augmented(options).pictures)) << kind;
    EXPECT_TRUE(first.pictures.sizes() == some_batch().pictures.sizes()) << kind;
    EXPECT_FALSE(first.pictures.equal(some_batch().pictures)) << kind;
    if (options.kind != "flip") {
      EXPECT_FALSE(first.pictures.equal(augmented(options, 2).pictures)) << kind;
    }
    EXPECT_GE(first.pictures.min().item<float>(), 0) << kind;
    EXPECT_LE(first.pictures.max().item<float>(), 255) << kind;
  }
}

TEST(Augmentation, ProbabilityZeroChangesNothing) {
  for (const auto* kind : {"crop", "flip", "affine", "brightness_contrast", "erase", "mixup"}) {
    const auto batch = augmented({.kind = kind, .probability = 0, .rotation = 10, .contrast = 0.2});
    EXPECT_TRUE(batch.pictures.equal(some_batch().pictures)) << kind;
    EXPECT_TRUE(batch.labels.equal(some_batch().labels)) << kind;
  }
}

TEST(Augmentation, FlipMirrors) {
  const auto batch = augmented({.kind = "flip"});
  EXPECT_TRUE(batch.pictures.equal(some_batch().pictures.flip({3})));
}

TEST(Augmentation, CropMovesByWholePixels) {
  const auto original = some_batch(1).pictures;
  const auto moved = augmented({.kind = "crop", .padding = 2}, 1, 1).pictures;
  bool found = false;
  for (int down = -2; down <= 2; ++down) {
    for (int across = -2; across <= 2; ++across) {
      const auto inner = torch::roll(original, {down, across}, {2, 3});
      found |= inner.slice(2, 2, 46).slice(3, 2, 46).equal(moved.slice(2, 2, 46).slice(3, 2, 46));
    }
  }
  EXPECT_TRUE(found);
}

TEST(Augmentation, AffineWithoutMotionIsTheIdentity) {
  const auto batch = augmented({.kind = "affine"});
  EXPECT_LT((batch.pictures - some_batch().pictures).abs().max().item<float>(), 0.05);
}

TEST(Augmentation, AffineTranslatesByItsShareOfTheSide) {
  auto batch = some_batch(256);
  batch.pictures.zero_();
  batch.pictures.slice(2, 23, 25).slice(3, 23, 25).fill_(255);
  auto generator = at::detail::createCPUGenerator(1);
  make_augmentation({.kind = "affine", .translation = 0.25})->apply(batch, generator);
  const auto columns = batch.pictures.sum({1, 2});
  const auto place = (columns * torch::arange(48)).sum(1) / columns.sum(1) - 23.5;
  EXPECT_LE(place.abs().max().item<float>(), 12.1);
  EXPECT_GE(place.abs().max().item<float>(), 11);
  EXPECT_LT(place.mean().abs().item<float>(), 1.5);
}

TEST(Augmentation, EraseStaysWithinItsShare) {
  const auto batch = augmented({.kind = "erase", .smallest_area = 0.1, .largest_area = 0.2}, 1, 64);
  const auto changed =
      (batch.pictures != some_batch(64).pictures).to(torch::kFloat).mean({1, 2, 3});
  EXPECT_LT(changed.max().item<float>(), 0.23);
  EXPECT_GT(changed.min().item<float>(), 0.07);
}

TEST(Augmentation, MixupBlendsTargetsAsPictures) {
  const auto batch = augmented({.kind = "mixup", .alpha = 1.0}, 1, 64);
  const auto original = some_batch(64);
  EXPECT_TRUE(torch::allclose(batch.labels.sum(1), torch::ones({64})));
  EXPECT_TRUE(torch::allclose(batch.votes.sum(1), torch::ones({64})));
  // The own share is the larger one, so that the label with most weight is still right.
  EXPECT_TRUE(batch.labels.argmax(1).equal(original.labels.argmax(1)));
  EXPECT_LT(batch.labels.amax(1).mean().item<float>(), 0.95);
}

TEST(Augmentation, MixupBlendsTeachersAnswers) {
  auto batch = some_batch(64);
  batch.answers = batch.labels.clone();
  auto generator = at::detail::createCPUGenerator(1);
  make_augmentation({.kind = "mixup", .alpha = 1.0})->apply(batch, generator);
  EXPECT_TRUE(batch.answers.equal(batch.labels));
}

TEST(Augmentation, TheLastEpochsMayDoWithoutAStep) {
  const auto steps = make_augmentations({{.kind = "flip", .last_epochs_without = 3}});
  const auto mirrored = [&](int epochs_left) {
    auto batch = some_batch();
    auto generator = at::detail::createCPUGenerator(1);
    apply(steps, batch, generator, epochs_left);
    return !batch.pictures.equal(some_batch().pictures);
  };
  EXPECT_TRUE(mirrored(4));
  EXPECT_FALSE(mirrored(3));
  EXPECT_FALSE(mirrored(1));  // the last epoch
}

TEST(Augmentation, UnknownKindIsAnError) {
  EXPECT_THROW(make_augmentation({.kind = "warp"}), Error);
}

}  // namespace
}  // namespace mien::train
