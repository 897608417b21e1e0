#include "train/checkpoint.h"

#include <sstream>

#include "core/atomic_file.h"
#include "mien/error.h"

namespace mien::train {
namespace {

using torch::serialize::InputArchive;
using torch::serialize::OutputArchive;

void write_archive(const std::filesystem::path& path, OutputArchive& archive) {
  std::ostringstream bytes;
  archive.save_to(bytes);
  write_file_atomically(path, bytes.view());
}

InputArchive read_archive(const std::filesystem::path& path, const torch::Device& device) {
  if (!std::filesystem::is_regular_file(path)) {
    throw Error(ErrorCode::input, path.string() + ": cannot be read; is this a run's folder?");
  }
  InputArchive archive;
  archive.load_from(path.string(), device);
  return archive;
}

template <typename Work>
auto reading(const std::filesystem::path& path, Work&& work) {
  try {
    return work();
  } catch (const c10::Error&) {
    throw Error(ErrorCode::model,
                path.string() + ": not a checkpoint of this recipe; restore it or train anew");
  }
}

torch::Tensor packed(const Progress& progress) {
  return torch::tensor(
      {static_cast<double>(progress.epochs_done), static_cast<double>(progress.average_updates),
       progress.best_accuracy, static_cast<double>(progress.epochs_without_gain),
       progress.schedule.factor, progress.schedule.best_loss,
       static_cast<double>(progress.schedule.epochs_without_gain)},
      torch::kDouble);
}

Progress unpacked(const torch::Tensor& tensor) {
  const auto on_cpu = tensor.to(torch::kCPU);
  TORCH_CHECK(on_cpu.numel() == 7 && on_cpu.scalar_type() == torch::kDouble);
  const auto* values = on_cpu.data_ptr<double>();
  Progress progress;
  progress.epochs_done = static_cast<int>(values[0]);
  progress.average_updates = static_cast<std::int64_t>(values[1]);
  progress.best_accuracy = values[2];
  progress.epochs_without_gain = static_cast<int>(values[3]);
  progress.schedule = {values[4], values[5], static_cast<int>(values[6])};
  return progress;
}

template <typename Part>
void write_part(OutputArchive& archive, const char* key, const Part& part) {
  OutputArchive inner(archive.compilation_unit());
  part.save(inner);
  archive.write(key, inner);
}

template <typename Part>
void read_part(InputArchive& archive, const char* key, Part& part) {
  InputArchive inner;
  archive.read(key, inner);
  part.load(inner);
}

std::vector<std::vector<std::int64_t>> sizes_of(const torch::nn::Module& network) {
  std::vector<std::vector<std::int64_t>> sizes;
  for (const auto& parameter : network.parameters()) sizes.push_back(parameter.sizes().vec());
  return sizes;
}

/// LibTorch takes weights of any size, also those of another width of the same architecture.
void read_network(InputArchive& archive, const char* key, torch::nn::Module& network) {
  const auto expected = sizes_of(network);
  read_part(archive, key, network);
  TORCH_CHECK(sizes_of(network) == expected);
}

}  // namespace

void save_checkpoint(const std::filesystem::path& path, const TrainingState& state,
                     const Progress& progress) {
  OutputArchive archive;
  archive.write("progress", packed(progress), true);
  write_part(archive, "network", state.network);
  if (state.average != nullptr) write_part(archive, "average", *state.average);
  write_part(archive, "optimiser", state.optimiser);
  write_archive(path, archive);
}

void save_weights(const std::filesystem::path& path, torch::nn::Module& network) {
  OutputArchive archive;
  write_part(archive, "network", network);
  write_archive(path, archive);
}

Progress load_checkpoint(const std::filesystem::path& path, const TrainingState& state,
                         const torch::Device& device) {
  return reading(path, [&] {
    auto archive = read_archive(path, device);
    torch::Tensor progress;
    archive.read("progress", progress, true);
    read_network(archive, "network", state.network);
    if (state.average != nullptr) read_network(archive, "average", *state.average);
    read_part(archive, "optimiser", state.optimiser);
    return unpacked(progress);
  });
}

void load_weights(const std::filesystem::path& path, torch::nn::Module& network,
                  const torch::Device& device) {
  reading(path, [&] {
    auto archive = read_archive(path, device);
    read_network(archive, "network", network);
    return 0;
  });
}

}  // namespace mien::train
