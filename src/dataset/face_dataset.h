#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>

#include "mien/expression.h"

namespace mien {

/// FER+ (Barsoum et al., 2016): how many of ten people chose each of neutral, happiness, surprise,
/// sadness, anger, disgust, fear, contempt, unknown, not a face.
using FerPlusVotes = std::array<std::uint8_t, 10>;

/// Which group a face belongs to, by kind: "gender" to "female", "age" to "30-39". What a data set
/// does not tell is not there.
using FaceGroups = std::map<std::string, std::string>;

/// One labelled face. `pixels` are gray, row after row, and belong to the dataset.
struct LabelledFace {
  std::span<const std::uint8_t> pixels;
  Expression label = Expression::neutral;
  std::optional<FerPlusVotes> votes;
};

/// Labelled faces of one size. Reading from several threads at once is safe.
class FaceDataset {
 public:
  virtual ~FaceDataset() = default;
  virtual std::size_t size() const = 0;
  /// `index` is less than size().
  virtual LabelledFace get(std::size_t index) const = 0;
  virtual int width() const = 0;  ///< of each face, in pixels
  virtual int height() const = 0;

  /// Nothing where the data set tells no groups.
  virtual FaceGroups groups(std::size_t /*index*/) const { return {}; }
  /// Whose face it is, as the data set calls them; empty where it does not tell.
  virtual std::string subject(std::size_t /*index*/) const { return {}; }
};

}  // namespace mien
