#include <mien/analyzer.h>

#include <iostream>

int main(int, char** arguments) {
  mien::Analyzer analyzer;
  for (const mien::Face& face : analyzer.analyze(arguments[1]).faces) {
    std::cout << face.box.x << ',' << face.box.y << ": " << mien::name(face.expression) << ' '
              << face.confidence << '\n';
  }
}
