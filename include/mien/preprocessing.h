#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace mien {

/// What is done to the gray levels of a face before the model sees it.
enum class Contrast {
  none,
  equalise,  ///< histogram equalisation
  binarise,  ///< black and white at Otsu's threshold (Otsu, 1979)
};

/// How gray levels 0..255 become the model's input.
enum class Normalisation {
  unit,         ///< 0..1
  symmetric,    ///< -1..1
  standardise,  ///< mean 0, deviation 1 over the face's own pixels
};

/// Where FER-2013 would cut out a face, seen from a detector's box: a square of `margin` times the
/// box's longer side, its centre moved down by `shift_down` times that side. Detectors draw boxes
/// differently; expression models expect FER-2013's framing.
struct FaceFraming {
  double margin = 1;
  double shift_down = 0;

  friend bool operator==(const FaceFraming&, const FaceFraming&) = default;
};

/// From a face in a picture to the model's input. The same code serves training and analysis.
struct Preprocessing {
  int width = 48;  ///< of the model's input, in pixels
  int height = 48;
  /// The crop is a square of this many times the side of FER-2013's frame about the face. 1 for a
  /// model that was trained on FER-2013's pictures whole.
  double margin = 1.0;
  /// The crop's centre is moved down by this many times that frame's side.
  double shift_down = 0.0;
  Contrast contrast = Contrast::none;
  Normalisation normalisation = Normalisation::standardise;

  friend bool operator==(const Preprocessing&, const Preprocessing&) = default;
};

std::string_view name(Contrast contrast);
std::string_view name(Normalisation normalisation);
std::optional<Contrast> contrast_from_name(std::string_view name);
std::optional<Normalisation> normalisation_from_name(std::string_view name);

/// Changes gray levels in place.
void apply(Contrast contrast, std::span<std::uint8_t> pixels);

/// Changes values on the scale 0..255 into the model's input, in place, for one face.
void apply(Normalisation normalisation, std::span<float> values);

/// Gray levels of one face to the model's input: contrast, then normalisation.
/// `gray` and `input` have width x height values.
void prepare_input(std::span<const std::uint8_t> gray, const Preprocessing& preprocessing,
                   std::span<float> input);

}  // namespace mien
