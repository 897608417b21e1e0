#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace mien {

/// How many views of each face a model is asked about; the answer is the mean of its calibrated
/// probabilities. More views are a little more often right, and take as many times as long.
enum class TestTimeAugmentation : std::uint8_t {
  none,  ///< the face as it is
  flip,  ///< and its mirror image: 2 views
  /// The corners and the centre of the crop, each kTenCropSide of its side, and their mirror
  /// images: 10 views (Krizhevsky et al., 2012, "ImageNet Classification with Deep Convolutional
  /// Neural Networks").
  ten_crop,
};

/// 44 of FER-2013's 48 pixels, so that the corners lie 2 pixels from the centre.
inline constexpr double kTenCropSide = 11.0 / 12;

/// "none", "flip" or "ten-crop".
std::string_view name(TestTimeAugmentation augmentation);
std::optional<TestTimeAugmentation> test_time_augmentation_from_name(std::string_view name);

}  // namespace mien
