#include "mien/attributes.h"

namespace mien {

std::string_view name(Gender gender) { return gender == Gender::female ? "female" : "male"; }

std::optional<Gender> gender_from_name(std::string_view text) {
  for (const auto gender : {Gender::male, Gender::female}) {
    if (text == name(gender)) return gender;
  }
  return std::nullopt;
}

GenderEstimate gender_estimate(float female) {
  return female > 0.5F ? GenderEstimate{Gender::female, female}
                       : GenderEstimate{Gender::male, 1 - female};
}

float female_share(const GenderEstimate& estimate) {
  return estimate.label == Gender::female ? estimate.confidence : 1 - estimate.confidence;
}

}  // namespace mien
