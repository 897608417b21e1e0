#pragma once

#include <span>
#include <vector>

#include "train/detection/scene.h"

namespace mien::train {

/// The cells of all grids of a network, one after the other: stride 8 first, row after row.
class GridCells {
 public:
  struct Cell {
    float x = 0;  ///< in pixels of the network's input
    float y = 0;
    float stride = 0;
  };

  /// For an input of `width` x `height` pixels.
  GridCells(int width, int height, const std::vector<int>& strides);

  std::size_t size() const { return cells_.size(); }
  const Cell& operator[](std::size_t index) const { return cells_[index]; }

 private:
  std::vector<Cell> cells_;
};

/// What one cell is to say.
struct CellTarget {
  std::size_t cell = 0;
  std::size_t face = 0;
  float quality = 0;  ///< overlap of what the cell says now with the face: the score to learn
};

/// Chooses the cells that are to learn each face: those that say it best already and stand near its
/// centre, as many as their overlaps sum up to (Ge et al., 2021, "OTA", in the simple form of
/// "YOLOX"; the costs are those of Lyu et al., 2022, "RTMDet"). `outputs` holds FaceGrid::kPlanes
/// values for each cell, as the network gives them.
std::vector<CellTarget> assign(const GridCells& cells, std::span<const float> outputs,
                               const std::vector<TargetFace>& faces);

/// Marks the cells about which the scene says whether there is a face.
void mark_known(const GridCells& cells, const Scene& scene, std::span<float> known);

}  // namespace mien::train
