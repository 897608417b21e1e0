#include "vision/network_face_detector.h"

#include <algorithm>
#include <cstddef>

#include "inference/face_network.h"
#include "vision/scaled_face_detector.h"

namespace mien {
namespace {

/// Pictures with more cells that believe in a face are no pictures of faces, and comparing all with
/// all takes time.
constexpr std::size_t kMostCandidates = 3000;

void keep_surest(std::vector<FaceCandidate>& faces) {
  if (faces.size() <= kMostCandidates) return;
  const auto last = faces.begin() + static_cast<std::ptrdiff_t>(kMostCandidates);
  std::nth_element(faces.begin(), last, faces.end(),
                   [](const auto& a, const auto& b) { return a.score > b.score; });
  faces.erase(last, faces.end());
}

class NetworkFinder final : public FaceFinder {
 public:
  NetworkFinder(const std::filesystem::path& model, const FaceDetectorOptions& options)
      : network_(model, {.precision = options.precision, .threads = options.threads}) {}

  const DetectorCard& card() const override { return network_.card().detector; }
  int side_unit() const override { return network_.side_unit(); }

  std::vector<FaceCandidate> find(const ImageView& picture, float min_score) override {
    auto faces = decode_faces(network_.run(picture), kFaintestScore);
    keep_surest(faces);
    weigh_agreement(faces);
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
