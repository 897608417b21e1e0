#pragma once

#include <string>

namespace mien::test {

/// A fer2013.csv with a row for each split and expression, of gray ramps that differ.
inline std::string made_fer2013() {
  std::string csv = "emotion,pixels,Usage\n";
  for (const char* split : {"Training", "PublicTest"}) {
    for (int label = 0; label < 7; ++label) {
      csv += std::to_string(label) + ',';
      for (int i = 0; i < 48 * 48; ++i) {
        csv += (i > 0 ? " " : "") + std::to_string((i * (label + 3) + i / 48) % 256);
      }
      csv += std::string(",") + split + '\n';
    }
  }
  return csv;
}

}  // namespace mien::test
