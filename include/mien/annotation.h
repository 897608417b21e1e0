#pragma once

#include <memory>

#include "mien/frame_result.h"
#include "mien/image.h"

namespace mien {

/// Draws what was found onto the picture: around each face a box in its expression's colour, beside
/// it the expression with its confidence and seven bars for the probabilities (a question mark
/// means uncertain), below it the attributes that were asked for. Sizes grow with the picture.
/// Where faces are close together the bars are small, and they keep off other faces and each other
/// as far as there is room. `picture` is PixelFormat::bgr, of the size that the result says. Throws
/// Error (internal) else.
void annotate(Image& picture, const FrameResult& result);

/// The same for the frames of one source, one after the other: each track also has a strip that
/// shows its expressions of the last ten seconds (pale where uncertain, empty where it was not
/// seen), and what stands beside a face stays at its place while there is room. One thread at a
/// time.
class Annotator {
 public:
  Annotator();
  Annotator(const Annotator&) = delete;
  Annotator& operator=(const Annotator&) = delete;
  Annotator(Annotator&&) noexcept;
  Annotator& operator=(Annotator&&) noexcept;
  ~Annotator();

  /// Throws as mien::annotate() does. A time before that of the last frame begins anew.
  void annotate(Image& picture, const FrameResult& result);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace mien
