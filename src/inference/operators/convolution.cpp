#include <array>

#include "inference/operators/operator.h"
#include "inference/operators/window.h"

namespace mien {
namespace {

Window window_of(const Node& node, const Shape& input, const Shape& weights) {
  return mien::window_of(node, input, {weights[2], weights[3]});
}

std::vector<Description> describe(const Node& node, Operands inputs) {
  check_floats(node, inputs);
  const auto& input = *inputs[0].shape;
  const auto& weights = *inputs[1].shape;
  if (input.size() != 4 || weights.size() != 4)
    unsupported(node, "Mien knows it for pictures alone");
  const auto groups = node.integer("group", 1);
  if (groups < 1 || groups > weights[0] || input[1] != weights[1] * groups ||
      weights[0] % groups != 0) {
    fail(node, "its weights " + to_string(weights) + " in " + std::to_string(groups) +
                   " groups do not fit its input " + to_string(input));
  }
  if (inputs.size() > 2 && inputs[2].given() && *inputs[2].shape != Shape{weights[0]}) {
    fail(node, "its bias " + to_string(*inputs[2].shape) + " does not fit its weights");
  }
  const auto window = window_of(node, input, weights);
  return {{{input[0], weights[0], window.output[0], window.output[1]}}};
}

struct Place {
  std::int64_t batch, channel, y, x;
};

float convolve_at(const Tensor& input, const Tensor& weights, const Window& window,
                  std::int64_t groups, const Place& place) {
  const auto height = input.shape[2];
  const auto width = input.shape[3];
  const auto channels = weights.shape[1];
  const auto first = place.channel / (weights.shape[0] / groups) * channels;
  double sum = 0;
  for (std::int64_t c = 0; c < channels; ++c) {
    for (std::int64_t ky = 0; ky < window.kernel[0]; ++ky) {
      const auto y = place.y * window.stride[0] + ky * window.dilation[0] - window.pad_begin[0];
      if (y < 0 || y >= height) continue;
      for (std::int64_t kx = 0; kx < window.kernel[1]; ++kx) {
        const auto x = place.x * window.stride[1] + kx * window.dilation[1] - window.pad_begin[1];
        if (x < 0 || x >= width) continue;
        const auto from = ((place.batch * input.shape[1] + first + c) * height + y) * width + x;
        const auto tap =
            ((place.channel * channels + c) * window.kernel[0] + ky) * window.kernel[1] + kx;
        sum += static_cast<double>(input.reals[static_cast<std::size_t>(from)]) *
               weights.reals[static_cast<std::size_t>(tap)];
      }
    }
  }
  return static_cast<float>(sum);
}

void compute(const Node& node, Operands inputs, std::span<Tensor> outputs) {
  const auto& weights = *inputs[1].tensor;
  const auto window = window_of(node, *inputs[0].shape, weights.shape);
  const auto groups = node.integer("group", 1);
  const bool biased = inputs.size() > 2 && inputs[2].given();
  const auto& shape = outputs[0].shape;
  std::size_t i = 0;
  for (Place p{}; p.batch < shape[0]; ++p.batch) {
    for (p.channel = 0; p.channel < shape[1]; ++p.channel) {
      const float bias =
          biased ? inputs[2].tensor->reals[static_cast<std::size_t>(p.channel)] : 0.0F;
      for (p.y = 0; p.y < shape[2]; ++p.y) {
        for (p.x = 0; p.x < shape[3]; ++p.x) {
          outputs[0].reals[i++] = bias + convolve_at(*inputs[0].tensor, weights, window, groups, p);
        }
      }
    }
  }
}

constexpr std::array<Operator, 1> kOperators = {{{"Conv", 2, describe, compute, false}}};

}  // namespace

std::span<const Operator> convolution_operators() { return kOperators; }

}  // namespace mien
