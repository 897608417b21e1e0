#pragma once

#include "mien/frame_result.h"
#include "mien/image.h"

namespace mien {

/// Draws what was found onto the picture: around each face a box in its expression's colour, beside
/// it the expression with its confidence and seven bars for the probabilities (a question mark
/// means uncertain). Sizes grow with the picture. Where faces are close together the bars are
/// small, and they keep off other faces and each other as far as there is room. `picture` is
/// PixelFormat::bgr, of the size that the result says. Throws Error (internal) else.
void annotate(Image& picture, const FrameResult& result);

}  // namespace mien
