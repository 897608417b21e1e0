#pragma once

#include <array>

#include "mien/expression.h"

namespace mien {

struct Colour {
  int red = 0;
  int green = 0;
  int blue = 0;
};

/// Told apart also by colour-blind readers: after Okabe and Ito, 2008, "Color Universal Design".
inline Colour colour_of(Expression expression) {
  constexpr std::array<Colour, kExpressionCount> kColours = {{
      {230, 85, 30},    // angry: vermilion
      {0, 170, 125},    // disgust: bluish green
      {214, 130, 180},  // fear: reddish purple
      {245, 215, 60},   // happy: yellow
      {50, 140, 215},   // sad: blue
      {240, 160, 20},   // surprise: orange
      {190, 195, 200},  // neutral: gray
  }};
  return kColours.at(static_cast<std::size_t>(expression));
}

}  // namespace mien
