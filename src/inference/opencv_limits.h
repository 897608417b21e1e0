#pragma once

#include <opencv2/dnn.hpp>

namespace mien {

/// Whether a run takes at most the memory and work that Mien's own engines allow. OpenCV's own sum
/// of the memory is of 32 bits.
bool fits_in_a_run(const cv::dnn::Net& net, const cv::dnn::MatShape& input);

}  // namespace mien
