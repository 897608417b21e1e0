#include "vision/network_face_detector.h"

#include "inference/face_network.h"
#include "vision/scaled_face_detector.h"

namespace mien {
namespace {

class NetworkFinder final : public FaceFinder {
 public:
  NetworkFinder(const std::filesystem::path& model, const FaceDetectorOptions& options)
      : network_(model, {.precision = options.precision, .threads = options.threads}) {}

  const DetectorCard& card() const override { return network_.card().detector; }
  int side_unit() const override { return network_.side_unit(); }

  std::vector<FaceCandidate> find(const ImageView& picture, float min_score) override {
    return decode_faces(network_.run(picture), min_score);
  }

 private:
  FaceNetwork network_;
};

}  // namespace

std::unique_ptr<FaceDetector> make_network_detector(const std::filesystem::path& model,
                                                    const FaceDetectorOptions& options) {
  return make_scaled_detector(std::make_unique<NetworkFinder>(model, options), options);
}

}  // namespace mien
