#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "history/history.h"
#include "mien/face.h"

namespace mien {

/// A new folder for a test's history, gone at its end.
class HistoryTest : public testing::Test {
 protected:
  HistoryTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "mien-history-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
  }
  ~HistoryTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }

  std::filesystem::path file() const { return folder / "history.db"; }

  /// All bytes of the history and of the files beside it.
  std::string bytes() const {
    std::string all;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      std::ifstream in(entry.path(), std::ios::binary);
      all.append(std::istreambuf_iterator<char>(in), {});
    }
    return all;
  }

  std::filesystem::path folder;
};

inline Probabilities surely(Expression expression, float confidence = 0.9F) {
  Probabilities probabilities{};
  probabilities.fill((1 - confidence) / 6);
  probabilities.at(static_cast<std::size_t>(expression)) = confidence;
  return probabilities;
}

inline Face some_face(int track, Expression expression, float confidence = 0.9F) {
  Face face;
  face.track = track;
  face.box = {10, 10, 60, 60};
  face.score = 0.9F;
  face.expression = expression;
  face.confidence = confidence;
  face.probabilities = surely(expression, confidence);
  return face;
}

inline RecordedSecond some_second(int participant, long long second, Expression expression,
                                  double seen = 1) {
  return {.participant = participant,
          .second = second,
          .seen = seen,
          .expression = expression,
          .confidence = 0.9,
          .probabilities = surely(expression)};
}

}  // namespace mien
