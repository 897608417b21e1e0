#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "dataset/annotated_pictures.h"
#include "train/detection/pixels.h"
#include "train/recipe.h"

namespace mien::train {

/// A face to be learnt, in pixels of the canvas.
struct TargetFace {
  float left = 0;
  float top = 0;
  float right = 0;
  float bottom = 0;
  float box_weight = 1;  ///< less where the box is only about right
  std::optional<Landmarks> landmarks;
};

/// What one step learns from one picture.
struct Scene {
  Image canvas;  ///< BGR, square
  std::vector<TargetFace> faces;
  std::vector<Region> unknown;  ///< where it is not known whether there are faces
  std::vector<Region> known;    ///< parts of those where it is
};

/// A picture in memory with what is marked in it.
struct LearntPicture {
  Pyramid pixels;
  MarkedPicture marked;
};

/// Makes scenes of pictures: scaled, cropped, turned, put together, made worse. Safe to be used by
/// several threads at once.
class SceneMaker {
 public:
  /// Compresses a picture to JPEG of that quality and back.
  using Jpeg = std::function<Image(const ImageView&, int quality)>;

  /// `pictures` are wholly marked, of `faces` one face each; both must outlive the maker.
  SceneMaker(const SceneOptions& options, const std::vector<LearntPicture>& pictures,
             const std::vector<LearntPicture>& faces, Jpeg jpeg);

  /// The same index and seed give the same scene. Mostly of pictures[index].
  Scene make(std::size_t index, std::uint64_t seed) const;

 private:
  void place(const LearntPicture& picture, const Region& region, Random& random,
             Scene& scene) const;
  Placement choose_placement(const LearntPicture& picture, const Region& region,
                             Random& random) const;
  void take_faces(const LearntPicture& picture, const Placement& placement, const Region& region,
                  Scene& scene) const;
  void hide_faces(Scene& scene, Random& random) const;
  void make_worse(Scene& scene, Random& random) const;
  const LearntPicture& any_face(Random& random) const;
  const LearntPicture& any_picture(Random& random) const;

  SceneOptions options_;
  const std::vector<LearntPicture>& pictures_;
  const std::vector<LearntPicture>& faces_;
  Jpeg jpeg_;
};

}  // namespace mien::train
