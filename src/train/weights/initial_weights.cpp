#include "train/weights/initial_weights.h"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "mien/error.h"
#include "train/weights/stored_tensors.h"

namespace mien::train {
namespace {

StoredTensors read_stored_tensors(WeightFile& file) {
  constexpr std::uint64_t kBraceOfHeader = 8;
  if (file.size() > kBraceOfHeader && file.read(kBraceOfHeader, 1) == "{") {
    return read_safetensors(file);
  }
  return read_torch_file(file);
}

/// Without the names that checkpoints and wrappers put before those of a network, ours among them.
StoredTensors unwrapped(const StoredTensors& tensors) {
  for (const std::string wrapper : {"network.", "state_dict.", "model_state_dict.", "module."}) {
    StoredTensors inner;
    for (const auto& [name, tensor] : tensors) {
      if (name.starts_with(wrapper)) inner[name.substr(wrapper.size())] = tensor;
    }
    if (!inner.empty()) return unwrapped(inner);
  }
  return tensors;
}

/// By their names without the prefix.
std::map<std::string, torch::Tensor> tensors_of(const torch::nn::Module& network,
                                                const std::string& prefix) {
  std::map<std::string, torch::Tensor> tensors;
  const auto add = [&](const std::string& name, const torch::Tensor& tensor) {
    tensors[name.starts_with(prefix) ? name.substr(prefix.size()) : name] = tensor;
  };
  for (const auto& parameter : network.named_parameters()) add(parameter.key(), parameter.value());
  for (const auto& buffer : network.named_buffers()) add(buffer.key(), buffer.value());
  return tensors;
}

bool is_colour_for_gray(const std::vector<std::int64_t>& shape,
                        const std::vector<std::int64_t>& wanted) {
  if (shape.size() != 4 || wanted.size() != 4 || shape[1] != 3 || wanted[1] != 1) return false;
  return shape[0] == wanted[0] && shape[2] == wanted[2] && shape[3] == wanted[3];
}

/// A fitted tensor is computed from at most this many times as many values.
constexpr std::int64_t kMostSummed = 64;

std::int64_t count_of(const std::vector<std::int64_t>& shape) {
  std::int64_t count = 1;
  for (const auto size : shape) {
    if (size > 0 && count > (std::int64_t{1} << 40) / size) return std::int64_t{1} << 40;
    count *= size;
  }
  return count;
}

/// Undefined when the file's tensor cannot be made the network's.
torch::Tensor fitting(WeightFile& file, const StoredTensor& stored, const std::string& name,
                      const torch::Tensor& target, const Fit& fit) {
  const auto wanted = target.sizes().vec();
  const auto is_floating = [](torch::ScalarType type) { return c10::isFloatingType(type); };
  if (is_floating(stored.type) != is_floating(target.scalar_type())) return {};
  if (stored.shape == wanted) return load(file, stored);
  if (stored.shape.size() != wanted.size() ||
      count_of(stored.shape) > kMostSummed * std::max<std::int64_t>(1, target.numel())) {
    return {};
  }
  auto loaded = load(file, stored).to(torch::kFloat);
  if (is_colour_for_gray(stored.shape, wanted)) return loaded.sum(1, true);
  if (fit) loaded = fit(name, loaded);
  return loaded.sizes() == target.sizes() ? loaded : torch::Tensor();
}

std::filesystem::path file_of(const std::filesystem::path& weights) {
  if (!std::filesystem::is_directory(weights)) return weights;
  if (std::filesystem::exists(weights / "best.pt")) return weights / "best.pt";
  throw Error(ErrorCode::input, weights.string() +
                                    ": holds no best.pt; give the folder of a run that has "
                                    "finished an epoch, or a file of weights");
}

nlohmann::json listed(const InitialTensor& tensor) {
  nlohmann::json object = {{"name", tensor.name}, {"shape", tensor.shape}};
  if (!tensor.into.empty() && tensor.into != tensor.name) object["into"] = tensor.into;
  if (tensor.fitted || (!tensor.used && !tensor.into.empty())) object["wanted"] = tensor.wanted;
  return object;
}

}  // namespace

std::size_t InitialWeights::used() const {
  return static_cast<std::size_t>(std::ranges::count_if(tensors, &InitialTensor::used));
}

std::size_t InitialWeights::mismatched() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      tensors, [](const auto& tensor) { return !tensor.used && !tensor.into.empty(); }));
}

std::size_t InitialWeights::skipped() const { return tensors.size() - used() - mismatched(); }

std::string InitialWeights::summary() const {
  const auto fitted =
      static_cast<std::size_t>(std::ranges::count_if(tensors, &InitialTensor::fitted));
  return std::to_string(used()) + " tensors used" +
         (fitted > 0 ? " (" + std::to_string(fitted) + " of them summed to the network's shape)"
                     : "") +
         ", " + std::to_string(mismatched()) + " of another shape, " + std::to_string(skipped()) +
         " that the network does not have; " + std::to_string(random.size()) +
         " of the network's begin at random";
}

std::string InitialWeights::to_json() const {
  nlohmann::json used = nlohmann::json::array();
  nlohmann::json mismatched = nlohmann::json::array();
  nlohmann::json skipped = nlohmann::json::array();
  for (const auto& tensor : tensors) {
    (tensor.used ? used : tensor.into.empty() ? skipped : mismatched).push_back(listed(tensor));
  }
  // A name from a file may be no UTF-8.
  return nlohmann::json{
      {"used", used}, {"mismatched", mismatched}, {"skipped", skipped}, {"random", random}}
      .dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
}

InitialWeights initialise(torch::nn::Module& network, const std::filesystem::path& weights,
                          const std::string& prefix, const Fit& fit) {
  const torch::NoGradGuard no_gradient;
  const auto path = file_of(weights);
  WeightFile file(path);
  auto targets = tensors_of(network, prefix);
  InitialWeights result;
  for (const auto& [name, stored] : unwrapped(read_stored_tensors(file))) {
    auto& tensor = result.tensors.emplace_back(InitialTensor{.name = name, .shape = stored.shape});
    const auto own = name.starts_with(prefix) ? name.substr(prefix.size()) : name;
    const auto target = targets.find(own);
    if (target == targets.end()) continue;
    tensor.into = own;
    tensor.wanted = target->second.sizes().vec();
    const auto values = fitting(file, stored, own, target->second, fit);
    if (!values.defined()) continue;
    target->second.copy_(values);
    tensor.used = true;
    tensor.fitted = tensor.shape != tensor.wanted;
  }
  if (result.used() == 0) {
    throw Error(ErrorCode::model,
                path.string() + ": none of its " + std::to_string(result.tensors.size()) +
                    " tensors fits the recipe's architecture; give weights of the same "
                    "architecture, with torchvision's names or Mien's");
  }
  std::set<std::string> given;
  for (const auto& tensor : result.tensors) {
    if (tensor.used) given.insert(tensor.into);
  }
  for (const auto& [name, tensor] : targets) {
    if (!given.contains(name)) result.random.push_back(name);
  }
  return result;
}

}  // namespace mien::train
