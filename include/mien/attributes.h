#pragma once

#include <optional>
#include <string_view>

namespace mien {

/// Gender as people labelled pictures of faces, in two classes: what a face looks like to others,
/// never what a person is.
enum class Gender { male, female };

std::string_view name(Gender gender);
std::optional<Gender> gender_from_name(std::string_view name);

struct GenderEstimate {
  Gender label = Gender::male;
  float confidence = 0;  ///< 0.5..1, the probability of the label, calibrated
};

/// The more probable of the two.
GenderEstimate gender_estimate(float female);

/// The probability that an estimate gives to Gender::female.
float female_share(const GenderEstimate& estimate);

/// Which attributes are asked for. Default: none.
struct AttributeChoice {
  bool gender = false;
  bool age = false;

  bool any() const { return gender || age; }
};

/// What a face looks like beyond its expression; what was not asked for is not there.
struct Attributes {
  std::optional<GenderEstimate> gender;
  std::optional<float> age;  ///< years, as the face looks
};

}  // namespace mien
