#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "dataset/picture_listing.h"
#include "mien/attributes.h"

namespace mien {

struct ImdbFace {
  std::filesystem::path file;
  int age = 0;  ///< years, 0..100
  Gender gender = Gender::male;
  std::string person;  ///< the name in the file; empty where there is none
  double score = 0;    ///< of the face detector of the data set's authors
};

struct ImdbFilter {
  /// Faces with a lower score are left out. Default 1, as is usual: fewer pictures without a face,
  /// or with another person's; a higher one leaves fewer.
  double min_score = 1;
};

struct ImdbFaces {
  std::vector<ImdbFace> faces;  ///< in the order of the file
  LeftOut left_out;
};

/// IMDB-WIKI (Rothe et al., 2015, "DEX: Deep EXpectation of apparent age from a single image"): the
/// faces of imdb.mat or wiki.mat, whose pictures lie in the folders beside it. Left out, and
/// counted, is a face whose score is not finite or is low, beside which there is a second face,
/// whose gender is not known, or whose age, at the middle of the year in which the picture was
/// taken, is not within 0..100. Throws Error: input when the file cannot be read, model when it
/// holds something else.
ImdbFaces read_imdb(const std::filesystem::path& mat, const ImdbFilter& filter = {});

}  // namespace mien
