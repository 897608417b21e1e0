#include <mien/analyzer.h>

#include <iostream>

int main(int count, char** arguments) {
  if (count != 2) return 2;
  mien::Analyzer analyzer;
  for (const mien::Face& face : analyzer.analyze(arguments[1]).faces) {
    std::cout << face.box.x << ',' << face.box.y << ": " << mien::name(face.expression) << ' '
              << face.confidence << '\n';
  }
}
