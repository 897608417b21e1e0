#include "train/batch.h"

#include <algorithm>
#include <numeric>
#include <random>

#include "train/expression_network.h"

namespace mien::train {
namespace {

/// The share of each vote class; `unknown` and `not a face` are left out.
void write_votes(const std::optional<FerPlusVotes>& votes, float* shares) {
  if (!votes) return;
  const auto classes = std::span(*votes).first(ExpressionNetwork::kVoteClasses);
  const auto total = std::accumulate(classes.begin(), classes.end(), 0);
  if (total == 0) return;
  for (const auto count : classes)
    *shares++ = static_cast<float>(count) / static_cast<float>(total);
}

}  // namespace

BatchMaker::BatchMaker(const FaceDataset& dataset, const Preprocessing& input,
                       std::vector<std::unique_ptr<Augmentation>> augmentations)
    : dataset_(dataset), input_(input), augmentations_(std::move(augmentations)) {}

Batch BatchMaker::make(std::span<const std::size_t> indices, at::Generator& generator) const {
  const auto count = static_cast<std::int64_t>(indices.size());
  const auto face_size =
      static_cast<std::size_t>(dataset_.width()) * static_cast<std::size_t>(dataset_.height());
  AugmentedBatch batch{torch::empty({count, 1, dataset_.height(), dataset_.width()}),
                       torch::zeros({count, static_cast<std::int64_t>(kExpressionCount)}),
                       torch::zeros({count, ExpressionNetwork::kVoteClasses})};
  std::vector<std::uint8_t> gray(face_size);
  for (std::size_t i = 0; i < indices.size(); ++i) {
    const auto face = dataset_.get(indices[i]);
    std::copy(face.pixels.begin(), face.pixels.end(), gray.begin());
    mien::apply(input_.contrast, gray);
    std::copy(gray.begin(), gray.end(), batch.pictures.data_ptr<float>() + i * face_size);
    batch.labels.data_ptr<float>()[i * kExpressionCount + static_cast<std::size_t>(face.label)] = 1;
    write_votes(face.votes, batch.votes.data_ptr<float>() + i * ExpressionNetwork::kVoteClasses);
  }
  for (const auto& augmentation : augmentations_) augmentation->apply(batch, generator);

  auto inputs = batch.pictures.contiguous();
  for (std::size_t i = 0; i < indices.size(); ++i) {
    mien::apply(input_.normalisation,
                std::span(inputs.data_ptr<float>() + i * face_size, face_size));
  }
  return {inputs, batch.labels, batch.votes};
}

std::vector<std::size_t> shuffled_indices(std::size_t count, std::uint64_t seed, int epoch) {
  std::vector<std::size_t> indices(count);
  std::iota(indices.begin(), indices.end(), 0);
  std::mt19937_64 random(epoch_seed(seed, epoch));
  std::shuffle(indices.begin(), indices.end(), random);
  return indices;
}

std::uint64_t epoch_seed(std::uint64_t seed, int epoch) {
  // splitmix64's finaliser: neighbouring seeds and epochs give unrelated numbers.
  std::uint64_t mixed = seed * 0x9E3779B97F4A7C15ULL + static_cast<std::uint64_t>(epoch) + 1;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9ULL;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBULL;
  return mixed ^ (mixed >> 31);
}

}  // namespace mien::train
