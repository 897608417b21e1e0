#include "core/landmark_fit.h"

#include <array>
#include <cmath>
#include <complex>
#include <numeric>

namespace mien {
namespace {

using Place = std::complex<double>;
using Places = std::array<Place, std::tuple_size_v<Landmarks>>;

/// In FER-2013's frame with side 1, from its centre, right and down: the medians over every eighth
/// picture of PublicTest as YuNet sees them, made symmetric.
const Places kTypical = {Place{-0.185, -0.112}, Place{0.185, -0.112}, Place{0, 0.107},
                         Place{-0.149, 0.28}, Place{0.149, 0.28}};

Place mean_of(const Places& places) {
  return std::accumulate(places.begin(), places.end(), Place{}) /
         static_cast<double>(places.size());
}

}  // namespace

LandmarkFit fit_typical_face(const Landmarks& landmarks) {
  Places found;
  for (std::size_t i = 0; i < found.size(); ++i) found[i] = {landmarks[i].x, landmarks[i].y};
  const Place typical_mean = mean_of(kTypical);
  const Place mean = mean_of(found);
  Place product;
  double typical_spread = 0;
  double spread = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    product += std::conj(kTypical[i] - typical_mean) * (found[i] - mean);
    typical_spread += std::norm(kTypical[i] - typical_mean);
    spread += std::norm(found[i] - mean);
  }
  const Place turn = product / typical_spread;  // and scale
  const Place centre = mean - turn * typical_mean;
  const double agreement = spread > 0 ? std::abs(product) / std::sqrt(typical_spread * spread) : 0;
  return {centre.real(), centre.imag(), std::abs(turn), std::arg(turn), agreement};
}

}  // namespace mien
