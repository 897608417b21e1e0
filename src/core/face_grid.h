#pragma once

#include <span>
#include <vector>

#include "mien/face.h"

namespace mien {

/// What a detector network says of a picture on one grid: `kPlanes` planes of `height` rows of
/// `width` values, one after the other. Cell (row, column) stands at the point
/// ((column + 0.5) * stride, (row + 0.5) * stride) of the network's input. With all lengths in
/// strides, its planes hold: 0 the logit that there is a face; 1, 2 the face's centre from that
/// point, right and down; 3, 4 the natural logarithms of its width and height; 5..14 the five
/// landmarks from that point, x and y in turn.
struct FaceGrid {
  static constexpr int kPlanes = 15;

  std::span<const float> values;
  int width = 0;
  int height = 0;
  int stride = 0;
};

/// A face as a network says it, in pixels of the network's input, not rounded and not cut at the
/// picture's edges.
struct FaceCandidate {
  float left = 0;
  float top = 0;
  float right = 0;
  float bottom = 0;
  float score = 0;  ///< 0..1
  Landmarks landmarks{};
};

/// The cells that say a face with at least that score (0..1), in no particular order. Cells whose
/// numbers are not finite are left out.
std::vector<FaceCandidate> decode_faces(std::span<const FaceGrid> grids, float min_score);

/// What decode_faces() and weigh_agreement() make of one run of a network: several candidates for
/// each face. Of more than 20,000 cells that may see a face, which is many hundreds of faces, the
/// surest count.
std::vector<FaceCandidate> find_faces(std::span<const FaceGrid> grids);

/// Intersection over union, 0..1.
float iou(const FaceCandidate& a, const FaceCandidate& b);

/// Candidates below this score say nothing of their neighbours.
inline constexpr float kFaintestScore = 0.1F;

/// Makes a candidate's score how sure all cells together are. With s its own score and S the sum of
/// the scores of all candidates that overlap it by half or more (intersection over union), itself
/// included, x = s (1 - exp(-0.3 S)) and the new score is 1 - 2^-(x / 0.31)^2: where many cells see
/// a face there is one, where one or two believe so there is seldom. About 0.5 is where precision
/// and recall are best together on the validation split (docs/results.md). Meant for all candidates
/// from kFaintestScore on of one run of a network.
void weigh_agreement(std::vector<FaceCandidate>& candidates);

/// Non-maximum suppression: the surest first, without those that overlap a surer one by more than
/// `max_overlap` (intersection over union), at most `max_faces` of them.
std::vector<FaceCandidate> suppress(std::vector<FaceCandidate> candidates, float max_overlap,
                                    std::size_t max_faces);

}  // namespace mien
