#include "inference/face_network.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <thread>
#include <utility>

#include "core/recently_used.h"
#include "inference/executor.h"
#include "inference/graph/graph_reader.h"
#include "inference/graph/simplify.h"
#include "inference/graph/unsupported.h"
#include "inference/onednn/onednn_executor.h"
#include "inference/onnx_model.h"
#include "mien/error.h"

namespace mien {
namespace {

/// Sides are multiples of the largest stride and of this, so that there are few sizes.
constexpr int kSmallestUnit = 32;
/// Executors are kept for sizes of that many pixels together: with 60 bytes or so a pixel, some 350
/// MB at most. An executor also costs what the next constant says, whatever its size.
constexpr std::size_t kMostPixels = std::size_t{6} << 20;
constexpr std::size_t kPixelsOfAnExecutor = std::size_t{1} << 17;

struct Size {
  int width = 0;
  int height = 0;

  friend bool operator==(const Size&, const Size&) = default;
};

std::size_t pixels_of(const Size& size) {
  return static_cast<std::size_t>(size.width) * static_cast<std::size_t>(size.height);
}

Precision precision_of(const FaceNetworkOptions& options) {
  if (!options.precision) {
    const bool halves = !options.reference && has_instructions_for(Precision::bfloat16);
    return halves ? Precision::bfloat16 : Precision::float32;
  }
  const auto precision = *options.precision;
  if (precision == Precision::int8 || (options.reference && precision != Precision::float32)) {
    throw Error(ErrorCode::usage, "the face detector does not compute in " +
                                      std::string(name(precision)) + "; use float32");
  }
  if (!has_instructions_for(precision)) {
    throw Error(ErrorCode::usage, "this processor has no instructions for " +
                                      std::string(name(precision)) + "; use float32");
  }
  return precision;
}

/// A layer may turn what is no number into one: max(NaN, 0) can be 0.
void check_constants(const Graph& graph) {
  for (const auto& value : graph.values) {
    if (!value.constant) continue;
    const auto& reals = value.constant->reals;
    if (std::any_of(reals.begin(), reals.end(), [](float v) { return std::isnan(v); })) {
      throw Error(ErrorCode::model, "its weights hold NaN, which is not a number");
    }
  }
}

/// Without a branch for each value, so that compilers take many at once.
bool all_finite(std::span<const float> values) {
  constexpr float kLargest = std::numeric_limits<float>::max();
  unsigned others = 0;
  for (const float value : values) others |= std::abs(value) <= kLargest ? 0U : 1U;
  return others == 0;
}

}  // namespace

class FaceNetwork::State {
 public:
  State(const OnnxModel& model, const FaceNetworkOptions& options)
      : card_(model.card),
        where_(model.where),
        reference_(options.reference),
        graph_(read_graph(model.proto, model.where)),
        constants_(make_onednn_constants()),
        outputs_(card_.detector.strides.size()) {
    onednn_.precision = precision_of(options);
    onednn_.threads = options.threads > 0
                          ? options.threads
                          : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    try_out();
  }

  const ModelCard& card() const { return card_; }

  int side_unit() const { return std::max(kSmallestUnit, card_.detector.strides.back()); }

  std::vector<FaceGrid> run(const ImageView& picture) {
    const Size size{picture.width, picture.height};
    const int unit = side_unit();
    if (picture.empty() || picture.format != PixelFormat::bgr ||
        picture.stride != std::ptrdiff_t{3} * size.width || size.width % unit != 0 ||
        size.height % unit != 0) {
      throw Error(ErrorCode::internal, "FaceNetwork::run: not a picture of such a size");
    }
    auto& executor = executors_.get(size, pixels_of(size) + kPixelsOfAnExecutor,
                                    [&] { return make_executor(size); });
    const auto grids = lay_out(size);
    executor->run({picture.data, 3 * pixels_of(size)}, spans_);
    for (const auto& grid : grids) {
      if (!all_finite(grid.values.first(grid.values.size() / FaceGrid::kPlanes))) {
        throw failure("its scores are not finite numbers");
      }
    }
    return grids;
  }

 private:
  /// What only shows when it runs is better told now than at the first picture.
  void try_out() {
    try {
      check_constants(graph_);
      shaped({2 * side_unit(), 3 * side_unit()});
    } catch (const Unsupported& error) {
      throw Error(ErrorCode::model, where_ + ": " + error.what() + "; export a simpler model");
    } catch (const Error& error) {
      throw failure(error.what());
    }
    const int side = 2 * side_unit();
    const std::vector<std::uint8_t> gray(3 * pixels_of({side, side}), 128);
    run({gray.data(), side, side, std::ptrdiff_t{3} * side, PixelFormat::bgr});
  }

  /// Places for the outputs of a picture of that size.
  std::vector<FaceGrid> lay_out(const Size& size) {
    spans_.clear();
    std::vector<FaceGrid> grids;
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      const int stride = card_.detector.strides[i];
      const Size cells{size.width / stride, size.height / stride};
      outputs_[i].resize(pixels_of(cells) * FaceGrid::kPlanes);
      spans_.emplace_back(outputs_[i]);
      grids.push_back({outputs_[i], cells.width, cells.height, stride});
    }
    return grids;
  }

  std::unique_ptr<PictureExecutor> make_executor(const Size& size) const {
    try {
      auto graph = simplify(shaped(size));
      if (reference_) return make_reference_picture_executor(std::move(graph));
      return make_onednn_picture_executor(graph, onednn_, constants_);
    } catch (const Unsupported& error) {
      throw Error(ErrorCode::model, where_ + ": " + error.what() + "; export a simpler model");
    } catch (const Error& error) {
      throw failure(error.what());
    }
  }

  Graph shaped(const Size& size) const {
    Graph graph = with_shapes(graph_, {{1, 3, size.height, size.width}});
    for (std::size_t i = 0; i < graph.outputs.size(); ++i) {
      const int stride = card_.detector.strides[i];
      const Shape expected{1, FaceGrid::kPlanes, size.height / stride, size.width / stride};
      const auto& output = graph.value(graph.outputs[i]);
      if (output.shape != expected || output.type != ElementType::real) {
        throw Error(ErrorCode::model, "for a picture of " + std::to_string(size.width) + " x " +
                                          std::to_string(size.height) + " pixels its output for " +
                                          "stride " + std::to_string(stride) + " is " +
                                          to_string(output.shape) + ", not " + to_string(expected));
      }
    }
    return graph;
  }

  Error failure(const std::string& what) const {
    return {ErrorCode::model, where_ + ": " + what + "; export the model again"};
  }

  ModelCard card_;
  std::string where_;
  bool reference_;
  OnednnOptions onednn_;
  Graph graph_;
  std::shared_ptr<onednn::Constants> constants_;
  RecentlyUsed<Size, std::unique_ptr<PictureExecutor>> executors_{kMostPixels};
  std::vector<std::vector<float>> outputs_;  // one for each stride
  std::vector<std::span<float>> spans_;      // of them
};

FaceNetwork::FaceNetwork(const std::filesystem::path& path, const FaceNetworkOptions& options)
    : state_(std::make_unique<State>(load_face_model(path), options)) {}
FaceNetwork::FaceNetwork(FaceNetwork&&) noexcept = default;
FaceNetwork& FaceNetwork::operator=(FaceNetwork&&) noexcept = default;
FaceNetwork::~FaceNetwork() = default;

const ModelCard& FaceNetwork::card() const { return state_->card(); }

int FaceNetwork::side_unit() const { return state_->side_unit(); }

std::vector<FaceGrid> FaceNetwork::run(const ImageView& picture) { return state_->run(picture); }

}  // namespace mien
