#pragma once

#include <cstdint>
#include <opencv2/core.hpp>
#include <vector>

#include "mien/face.h"
#include "mien/image.h"

namespace mien {

/// Which parts of a source's frames should be searched for new faces: those whose picture is
/// another one than when they were searched last, and a few times more, as one search may miss a
/// face. Where that finds nothing the waits grow, up to `longest_wait` seconds.
class ChangeMap {
 public:
  explicit ChangeMap(double longest_wait) : longest_wait_(longest_wait) {}

  /// Compares the frame at `time` with what was there. Call it once a frame, before the others.
  void look(const ImageView& picture, double time);

  /// Nothing new is there: a face that was found.
  void close(const Box& box);

  /// It should be searched, changed or not: a face was lost there.
  void open(const Box& box);

  /// The parts that should be searched now, the smallest first; they hardly overlap.
  std::vector<Box> parts() const;

  void searched(const Box& part);

  void reset() { cells_.clear(); }

 private:
  struct Cell {
    int brightness = 0;
    int before = -1;  ///< brightness when it was searched last or a face was there; -1: never
    bool open = false;
    int fruitless = 0;  ///< searches in a row
    double changed = 0;
    double due = 0;
  };

  void resize(const ImageView& picture);
  void add_samples(const std::uint8_t* row);
  void look(Cell& cell) const;
  cv::Rect cells_of(const Box& box) const;
  template <typename Change>
  void change(const Box& box, const Change& apply);

  double longest_wait_;
  double time_ = 0;
  int side_ = 1;  ///< of a cell, pixels
  cv::Size size_;
  int width_ = 0;  ///< of the picture
  int height_ = 0;
  int channels_ = 0;
  std::vector<Cell> cells_;
  // What is looked at: rows of the picture, bytes of a row; kSamples for each cell.
  std::vector<int> rows_;
  std::vector<int> columns_;
  std::vector<int> sums_;  // of a row of cells
};

}  // namespace mien
