#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/face_dataset.h"

namespace mien {

/// A part of a dataset that the data set itself does not name. It depends on the faces and the seed
/// alone, not on their order. Faces that are the same in every pixel are always in the same part.
struct HeldOut {
  enum class Kind {
    fraction,      ///< a share of the faces of each label
    subject,       ///< all faces of a share of the people
    fold,          ///< one of so many parts, each with the same share of every label
    subject_fold,  ///< one of so many parts that no two hold faces of the same person
  };

  Kind kind = Kind::fraction;
  double share = 0.1;    ///< fraction, subject: within 0..1
  std::size_t fold = 1;  ///< fold, subject_fold: 1..folds
  std::size_t folds = 5;
  std::uint64_t seed = 1;
  bool is_rest = false;  ///< all but that

  friend bool operator==(const HeldOut&, const HeldOut&) = default;
};

/// What --split and a recipe's data.train and data.validation say.
struct SplitName {
  std::string own;  ///< what the data set names, such as "Training"; empty: nothing was named
  std::optional<HeldOut> held_out;  ///< of that
};

/// Reads [OWN:][except:]PART, where PART is fraction[:SHARE[:SEED]], subject[:SHARE[:SEED]],
/// fold:I/K[:SEED] or subject-fold:I/K[:SEED]; "Training:except:fraction:0.1". Other text is the
/// name of a part of the data set's own. Throws Error (usage) for a PART out of range.
SplitName parse_split(std::string_view text);

/// The same as text, which parse_split() reads.
std::string to_text(const SplitName& split);

/// The indices of a part, rising. Throws Error (usage) when it has no face, or when people are
/// asked for and the data set does not tell them.
std::vector<std::size_t> part_of(const FaceDataset& faces, const HeldOut& part);

}  // namespace mien
