#include "inference/face_inputs.h"

#include "mien/face_crop.h"

namespace mien {
namespace {

/// `cut` gives the crop of each.
template <typename Cut>
std::vector<float> inputs_of(std::size_t count, const Preprocessing& input, const Cut& cut) {
  const auto size = static_cast<std::size_t>(input.width) * static_cast<std::size_t>(input.height);
  std::vector<float> inputs(count * size);
  for (std::size_t i = 0; i < count; ++i) {
    const Image gray = cut(i);
    prepare_input(gray.pixels(), input, std::span(inputs).subspan(i * size, size));
  }
  return inputs;
}

}  // namespace

std::vector<float> face_inputs(const ImageView& picture, std::span<const DetectedFace> faces,
                               const CropOptions& crop, const Preprocessing& input) {
  return inputs_of(faces.size(), input, [&](std::size_t i) {
    const auto part = crop.straighten ? straightened_crop(faces[i], crop.framing, input)
                                      : upright_crop(faces[i].box, crop.framing, input);
    return crop_face(picture, part, input.width, input.height);
  });
}

std::vector<float> crop_inputs(std::span<const ImageView> crops, const Preprocessing& input) {
  return inputs_of(crops.size(), input, [&](std::size_t i) {
    return crop_face(crops[i], whole_picture(crops[i]), input.width, input.height);
  });
}

}  // namespace mien
