#include "inference/face_inputs.h"

#include "core/face_views.h"
#include "mien/face_crop.h"

namespace mien {
namespace {

void append(const ImageView& picture, const FaceCrop& crop, TestTimeAugmentation augmentation,
            const Preprocessing& input, std::vector<float>& inputs) {
  const auto size = static_cast<std::size_t>(input.width) * static_cast<std::size_t>(input.height);
  for (const auto& view : views_of(crop, augmentation)) {
    const Image gray = view_face(picture, view, input.width, input.height);
    inputs.resize(inputs.size() + size);
    prepare_input(gray.pixels(), input, std::span(inputs).last(size));
  }
}

}  // namespace

std::vector<float> face_inputs(const ImageView& picture, std::span<const DetectedFace> faces,
                               const CropOptions& crop, const Preprocessing& input) {
  std::vector<float> inputs;
  for (const auto& face : faces) {
    const auto part = crop.straighten ? straightened_crop(face, crop.framing, input)
                                      : upright_crop(face.box, crop.framing, input);
    append(picture, part, crop.augmentation, input, inputs);
  }
  return inputs;
}

std::vector<float> frame_inputs(std::span<const ImageView> frames,
                                TestTimeAugmentation augmentation, const Preprocessing& input) {
  std::vector<float> inputs;
  for (const auto& frame : frames) {
    const auto part = upright_crop({0, 0, frame.width, frame.height}, {}, input);
    append(frame, part, augmentation, input, inputs);
  }
  return inputs;
}

std::vector<float> crop_inputs(std::span<const ImageView> crops, const Preprocessing& input) {
  std::vector<float> inputs;
  for (const auto& crop : crops) {
    append(crop, whole_picture(crop), TestTimeAugmentation::none, input, inputs);
  }
  return inputs;
}

}  // namespace mien
