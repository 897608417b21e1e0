#include "vision/network_face_detector.h"

#include "inference/face_network.h"
#include "vision/scaled_face_detector.h"

namespace mien {
namespace {

/// So that memory is bounded; a frame of 1920x1080 fits.
constexpr double kMostPixels = 1 << 21;

class NetworkFinder final : public FaceFinder {
 public:
  NetworkFinder(const std::filesystem::path& model, const FaceDetectorOptions& options)
      : network_(model, {.precision = options.precision, .threads = options.threads}) {}

  const DetectorCard& card() const override { return network_.card().detector; }
  int side_unit() const override { return network_.side_unit(); }
  double most_pixels() const override { return kMostPixels; }

  std::vector<FaceCandidate> find(const ImageView& picture, float min_score) override {
    auto faces = find_faces(network_.run(picture));
    std::erase_if(faces, [min_score](const auto& face) { return face.score < min_score; });
    return faces;
  }

  bool looks_twice() const override { return true; }

 private:
  FaceNetwork network_;
};

}  // namespace

std::unique_ptr<FaceDetector> make_network_detector(const std::filesystem::path& model,
                                                    const FaceDetectorOptions& options) {
  return make_scaled_detector(std::make_unique<NetworkFinder>(model, options), options);
}

}  // namespace mien
