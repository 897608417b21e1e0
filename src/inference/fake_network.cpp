#include <cmath>
#include <numeric>

#include "mien/error.h"
#include "mien/network.h"

namespace mien {
namespace {

class FakeNetwork final : public Network {
 public:
  explicit FakeNetwork(const ModelCard& card) : card_(card) {
    const auto sizes = output_sizes(card);
    values_ = std::accumulate(sizes.begin(), sizes.end(), std::size_t{0});
  }

  const ModelCard& card() const override { return card_; }

  std::vector<float> run(std::span<const float> faces) override {
    const auto size =
        static_cast<std::size_t>(card_.input.width) * static_cast<std::size_t>(card_.input.height);
    if (faces.size() % size != 0) {
      throw Error(ErrorCode::internal, "Network::run: not a whole number of faces");
    }
    std::vector<float> logits;
    for (; !faces.empty(); faces = faces.subspan(size)) {
      for (std::size_t value = 0; value < values_; ++value) {
        logits.push_back(logit(faces.first(size), value));
      }
    }
    return logits;
  }

 private:
  /// The face's projection on a wave of its own for each value.
  static float logit(std::span<const float> face, std::size_t value) {
    double sum = 0;
    for (std::size_t i = 0; i < face.size(); ++i) {
      sum += face[i] * std::sin(0.01 * static_cast<double>((value + 1) * (i + 1)));
    }
    return static_cast<float>(10 * sum / static_cast<double>(face.size()));
  }

  ModelCard card_;
  std::size_t values_ = 0;  // for each face
};

}  // namespace

std::unique_ptr<Network> make_fake_network(const ModelCard& card) {
  return std::make_unique<FakeNetwork>(card);
}

}  // namespace mien
