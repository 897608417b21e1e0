#include "train/face_tensors.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <numeric>

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

FaceTensors face_tensors(const FaceDataset& dataset, Contrast contrast,
                         const torch::Device& device) {
  const auto count = static_cast<std::int64_t>(dataset.size());
  auto pictures = torch::empty({count, 1, dataset.height(), dataset.width()}, torch::kByte);
  auto labels = torch::zeros({count, static_cast<std::int64_t>(kExpressionCount)});
  auto votes = torch::zeros({count, ExpressionNetwork::kVoteClasses});
  for (std::size_t i = 0; i < dataset.size(); ++i) {
    const auto face = dataset.get(i);
    std::copy(face.pixels.begin(), face.pixels.end(),
              pictures.data_ptr<std::uint8_t>() + i * face.pixels.size());
    labels.data_ptr<float>()[i * kExpressionCount + static_cast<std::size_t>(face.label)] = 1;
    write_votes(face.votes, votes.data_ptr<float>() + i * ExpressionNetwork::kVoteClasses);
  }
  return {with_contrast(contrast, pictures).to(device), labels.to(device), votes.to(device)};
}

torch::Tensor with_contrast(Contrast contrast, const torch::Tensor& pictures) {
  if (contrast == Contrast::none) return pictures;
  const auto changed = pictures.to(torch::kCPU).clone(at::MemoryFormat::Contiguous);
  const auto face_size = static_cast<std::size_t>(changed.size(2) * changed.size(3));
  auto* levels = changed.data_ptr<std::uint8_t>();
  at::parallel_for(0, changed.size(0), 64, [&](std::int64_t first, std::int64_t last) {
    for (auto i = static_cast<std::size_t>(first); i < static_cast<std::size_t>(last); ++i) {
      mien::apply(contrast, std::span(levels + i * face_size, face_size));
    }
  });
  return changed.to(pictures.device());
}

torch::Tensor normalised(Normalisation normalisation, const torch::Tensor& pictures) {
  switch (normalisation) {
    case Normalisation::unit:
      return pictures / 255.0;
    case Normalisation::symmetric:
      return pictures / 127.5 - 1.0;
    case Normalisation::standardise:
      break;
  }
  const auto centred = pictures - pictures.mean({1, 2, 3}, true);
  // One gray level at least, as core has it.
  const auto deviation = centred.square().mean({1, 2, 3}, true).sqrt().clamp_min(1.0);
  return centred / deviation;
}

}  // namespace mien::train
