#include "vision/scaled_face_detector.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <opencv2/core.hpp>
#include <utility>

#include "mien/error.h"
#include "vision/neighbourhood.h"
#include "vision/picture_scaler.h"

namespace mien {
namespace {

/// Of a picture's longer side, scaled, unless the smallest face is given.
constexpr double kLongestSide = 640;
/// Larger than this a picture shows no more.
constexpr double kMostEnlarged = 2;
/// So many times as large as the smallest that are seen at all, faces are seen well.
constexpr double kSeenWell = 1.5;
/// Pixels that are looked at, at most: with smaller faces in larger pictures the smallest ones are
/// missed.
constexpr double kMostPixels = 1 << 26;
/// The parts' side, where a picture has more.
constexpr double kTile = 1024;
/// Faces so many times as large as the smallest that are found in the whole count there; smaller
/// ones are found more exactly in the parts, which overlap by a little more.
constexpr double kFoundInWhole = 1.5;
constexpr double kOverlap = 2;

constexpr std::size_t kMostFaces = 1000;
constexpr std::size_t kMostCandidates = 20'000;

/// Near a face: of the input, at least, and of the input against the face. The face then has some
/// 41 pixels, which every detector sees well.
constexpr int kNearSide = 96;
constexpr double kNearShare = 2.35;
/// A face is believed there with that part of the odds that are asked for elsewhere.
constexpr double kLikely = 1.0 / 3;
/// It may have moved by that part of its size: it is seen whole then.
constexpr double kReach = 0.5;

/// Height of the faces that are looked for again at half the scale, scaled as at first.
constexpr double kLargeFace = 50;
/// In a picture whose longer side, scaled, is shorter, there are none that are too large.
constexpr double kWorthASecondLook = 256;

/// The sides of parts of frames, scaled; larger ones are multiples of the last.
constexpr std::array<int, 8> kPartSides = {64, 96, 128, 192, 256, 320, 448, 640};
constexpr int kPartStep = 320;
/// From this share of the picture on it is searched whole.
constexpr double kWhole = 0.5;

/// A face whose box comes that near to where its part was cut off, in its sizes, may not be seen
/// whole.
constexpr float kCut = 0.15F;
/// A face of which the picture shows less is none.
constexpr double kVisible = 1.0 / 3;
/// What lies within a face by that much, and has at most that part of its area, is a part of it: a
/// mouth, an eye.
constexpr double kInside = 0.85;
constexpr double kPart = 0.5;
/// Boxes are not exact: those of faces as small as is asked for may be that much smaller.
constexpr float kSmaller = 0.8F;

int rounded_up(int value, int unit) { return (value + unit - 1) / unit * unit; }

int scaled(int length, double scale) {
  return std::max(1, static_cast<int>(std::lround(length * scale)));
}

double pixels_of(const ScaledPart& part) {
  return static_cast<double>(part.input_width) * part.input_height;
}

Box whole_of(const ImageView& picture) { return {0, 0, picture.width, picture.height}; }

/// Of that many pixels a side, about a box, as far as the picture goes; it is moved rather than
/// cut.
Box square_about(const Box& box, double side, const ImageView& picture) {
  const int width = static_cast<int>(std::min<double>(picture.width, std::ceil(side)));
  const int height = static_cast<int>(std::min<double>(picture.height, std::ceil(side)));
  const auto begin = [](double centre, int length, int most) {
    return static_cast<int>(
        std::clamp(std::round(centre - 0.5 * length), 0.0, static_cast<double>(most - length)));
  };
  return {begin(box.x + 0.5 * box.width, width, picture.width),
          begin(box.y + 0.5 * box.height, height, picture.height), width, height};
}

/// Where parts of that length begin that together cover `from` to `to`.
std::vector<int> begins_of(int from, int to, int length, int overlap) {
  std::vector<int> begins{from};
  while (begins.back() + length < to) {
    begins.push_back(std::min(begins.back() + length - overlap, to - length));
  }
  return begins;
}

void map_to_picture(FaceCandidate& face, const ScaledPart& part) {
  const auto x = [&part, scale = part.scale_x()](float value) {
    return static_cast<float>(value / scale + part.place.x);
  };
  const auto y = [&part, scale = part.scale_y()](float value) {
    return static_cast<float>(value / scale + part.place.y);
  };
  face.left = x(face.left);
  face.right = x(face.right);
  face.top = y(face.top);
  face.bottom = y(face.bottom);
  for (auto& point : face.landmarks) point = {x(point.x), y(point.y)};
}

/// Whether the part ends within the face, and the picture goes on.
bool is_cut(const FaceCandidate& face, const Box& place, const ImageView& picture) {
  const float margin = kCut * std::max(face.right - face.left, face.bottom - face.top);
  const auto left = static_cast<float>(place.x);
  const auto top = static_cast<float>(place.y);
  const auto right = static_cast<float>(place.x + place.width);
  const auto bottom = static_cast<float>(place.y + place.height);
  return (place.x > 0 && face.left < left + margin) || (place.y > 0 && face.top < top + margin) ||
         (place.x + place.width < picture.width && face.right > right - margin) ||
         (place.y + place.height < picture.height && face.bottom > bottom - margin);
}

bool is_visible(const FaceCandidate& face, const Box& box) {
  const double whole = static_cast<double>(face.right - face.left) * (face.bottom - face.top);
  return area(box) > 0 && static_cast<double>(area(box)) >= kVisible * whole;
}

bool is_part_of(const Box& box, const Box& face) {
  const auto shared = static_cast<double>(area(intersection(box, face)));
  return shared >= kInside * static_cast<double>(area(box)) &&
         static_cast<double>(area(box)) <= kPart * static_cast<double>(area(face));
}

/// Its box cut to the picture.
DetectedFace to_detected(const FaceCandidate& face, const ImageView& picture) {
  const auto pixel = [](float value, int most) {
    return static_cast<int>(std::clamp(std::round(value), 0.0F, static_cast<float>(most)));
  };
  const int left = pixel(face.left, picture.width);
  const int top = pixel(face.top, picture.height);
  const int right = pixel(face.right, picture.width);
  const int bottom = pixel(face.bottom, picture.height);
  return {{left, top, right - left, bottom - top}, face.score, face.landmarks};
}

double likely(double min_score) {
  return kLikely * min_score / (kLikely * min_score + (1 - min_score));
}

bool is_near(const Box& box, const Box& expected) {
  const auto off = [](int a, int a_length, int b, int b_length) {
    return std::abs((a + 0.5 * a_length) - (b + 0.5 * b_length));
  };
  return off(box.x, box.width, expected.x, expected.width) <= kReach * expected.width &&
         off(box.y, box.height, expected.y, expected.height) <= kReach * expected.height;
}

class ScaledFaceDetector final : public FaceDetector {
 public:
  ScaledFaceDetector(std::unique_ptr<FaceFinder> finder, const FaceDetectorOptions& options)
      : finder_(std::move(finder)),
        min_face_(options.min_face),
        min_score_(options.min_score.value_or(finder_->card().min_score)),
        unit_(finder_->side_unit()),
        most_at_once_(finder_->most_pixels()) {}

  FaceFraming framing() const override { return finder_->card().framing; }
  double default_min_score() const override { return finder_->card().min_score; }
  double min_score() const override { return min_score_; }

  std::vector<DetectedFace> detect(const ImageView& picture) override {
    if (picture.empty()) throw Error(ErrorCode::internal, "detect: the picture is empty");
    return guarded([&] {
      std::vector<FaceCandidate> found;
      const double scale = scale_of(picture);
      search(picture, whole_of(picture), scale, found);
      if (finder_->looks_twice()) search_again(picture, scale, found);
      return large_enough(found, picture);
    });
  }

  std::vector<DetectedFace> detect_near(const ImageView& picture, const Box& expected) override {
    if (area(intersection(expected, whole_of(picture))) == 0) return {};
    const int side = rounded_up(kNearSide, unit_);
    const double face = std::max(expected.width, expected.height);
    const double scale = std::min(kMostEnlarged, side / (kNearShare * face));
    return guarded([&] {
      std::vector<FaceCandidate> found;
      find(picture, square_part(square_about(expected, side / scale, picture), scale, side),
           likely(min_score_), found);
      auto faces = surest(std::move(found), picture);
      std::erase_if(faces, [&](const DetectedFace& other) {
        return !is_about_as_large(other.box, expected) || !is_near(other.box, expected);
      });
      return faces;
    });
  }

  std::vector<DetectedFace> detect_in(const ImageView& picture, const Box& part,
                                      int /*round*/) override {
    const auto place = intersection(part, whole_of(picture));
    if (area(place) == 0) return {};
    const double scale = scale_of(picture);
    const int side = part_side(std::max(scaled(place.width, scale), scaled(place.height, scale)));
    const double all = pixels_of(scaled_part(whole_of(picture), scale));
    if (static_cast<double>(side) * side > kWhole * all) return detect(picture);
    return guarded([&] {
      std::vector<FaceCandidate> found;
      search_square(picture, square_about(place, side / scale, picture), scale, side, found);
      return large_enough(found, picture);
    });
  }

 private:
  template <typename Work>
  static std::vector<DetectedFace> guarded(const Work& work) {
    try {
      return work();
    } catch (const cv::Exception& error) {
      throw Error(ErrorCode::internal, "the face detector failed (" + error.err + ")");
    }
  }

  /// Of what is looked at, against the picture.
  double scale_of(const ImageView& picture) const {
    const double longer = std::max(picture.width, picture.height);
    const double wanted =
        min_face_ == 0 ? std::min(1.0, kLongestSide / longer) : scale_for(min_face_);
    return shrunk(whole_of(picture), std::min(wanted, kMostEnlarged), kMostPixels);
  }

  /// A picture is made smaller only as far as the smallest faces are still seen well, and larger
  /// only as far as they are seen at all.
  double scale_for(int face) const {
    const double smallest = finder_->card().smallest_face;
    return std::max(smallest / face, std::min(1.0, kSeenWell * smallest / face));
  }

  /// The largest of some scales with which a part has that many pixels at most.
  double shrunk(const Box& place, double scale, double most) const {
    constexpr double kStep = 0.96;
    while (pixels_of(scaled_part(place, scale)) > most) scale *= kStep;
    return scale;
  }

  ScaledPart scaled_part(const Box& place, double scale) const {
    const int width = scaled(place.width, scale);
    const int height = scaled(place.height, scale);
    return {place, width, height, rounded_up(width, unit_), rounded_up(height, unit_)};
  }

  static ScaledPart square_part(const Box& place, double scale, int side) {
    return {place, std::min(side, scaled(place.width, scale)),
            std::min(side, scaled(place.height, scale)), side, side};
  }

  int part_side(int length) const {
    for (const int side : kPartSides) {
      if (side >= length && side % unit_ == 0) return side;
    }
    return rounded_up(length, kPartStep);
  }

  void search_square(const ImageView& picture, const Box& place, double scale, int side,
                     std::vector<FaceCandidate>& found) {
    const auto part = square_part(place, scale, side);
    if (pixels_of(part) > most_at_once_) {
      search(picture, place, scale, found);
    } else {
      find(picture, part, min_score_, found);
    }
  }

  void search(const ImageView& picture, const Box& place, double scale,
              std::vector<FaceCandidate>& found) {
    const auto all = scaled_part(place, scale);
    if (pixels_of(all) <= most_at_once_) return find(picture, all, min_score_, found);
    const double coarse = shrunk(place, scale, most_at_once_);
    const double smallest = finder_->card().smallest_face / coarse;
    find(picture, scaled_part(place, coarse), min_score_, found);
    std::erase_if(found, [&](const FaceCandidate& face) {
      return face.bottom - face.top < kFoundInWhole * smallest;
    });
    const int side = static_cast<int>(kTile / scale);
    const int overlap = static_cast<int>(std::min(kOverlap * smallest, 0.5 * side));
    const int width = std::min(side, place.width);
    const int height = std::min(side, place.height);
    for (const int y : begins_of(place.y, place.y + place.height, height, overlap)) {
      for (const int x : begins_of(place.x, place.x + place.width, width, overlap)) {
        find(picture, scaled_part({x, y, width, height}, scale), min_score_, found);
      }
    }
  }

  /// Large faces are seen best where they are not so large.
  void search_again(const ImageView& picture, double scale, std::vector<FaceCandidate>& found) {
    if (scale * std::max(picture.width, picture.height) < kWorthASecondLook) return;
    std::vector<FaceCandidate> large;
    search(picture, whole_of(picture), 0.5 * scale, large);
    std::erase_if(
        large, [scale](const auto& face) { return scale * (face.bottom - face.top) < kLargeFace; });
    found.insert(found.end(), large.begin(), large.end());
  }

  /// Adds the faces of a part that are seen whole, in pixels of the picture.
  void find(const ImageView& picture, const ScaledPart& part, double min_score,
            std::vector<FaceCandidate>& found) {
    const auto input = scaler_.scale(picture, part);
    for (auto& face : finder_->find(input, static_cast<float>(min_score))) {
      map_to_picture(face, part);
      if (!is_cut(face, part.place, picture)) found.push_back(face);
    }
  }

  std::vector<DetectedFace> large_enough(std::vector<FaceCandidate>& found,
                                         const ImageView& picture) const {
    const float least = kSmaller * static_cast<float>(min_face_);
    std::erase_if(found, [least](const auto& face) { return face.bottom - face.top < least; });
    return surest(std::move(found), picture);
  }

  /// One for each face, the surest first.
  std::vector<DetectedFace> surest(std::vector<FaceCandidate> found,
                                   const ImageView& picture) const {
    if (found.size() > kMostCandidates) {
      const auto last = found.begin() + static_cast<std::ptrdiff_t>(kMostCandidates);
      std::nth_element(found.begin(), last, found.end(),
                       [](const auto& a, const auto& b) { return a.score > b.score; });
      found.resize(kMostCandidates);
    }
    const auto overlap = static_cast<float>(finder_->card().max_overlap);
    std::vector<DetectedFace> faces;
    for (const auto& face : suppress(std::move(found), overlap, kMostFaces)) {
      const auto detected = to_detected(face, picture);
      const auto is_whole = [&](const auto& other) { return is_part_of(detected.box, other.box); };
      if (is_visible(face, detected.box) && std::none_of(faces.begin(), faces.end(), is_whole)) {
        faces.push_back(detected);
      }
    }
    return faces;
  }

  std::unique_ptr<FaceFinder> finder_;
  int min_face_;
  double min_score_;
  int unit_;
  double most_at_once_;
  PictureScaler scaler_;
};

}  // namespace

std::unique_ptr<FaceDetector> make_scaled_detector(std::unique_ptr<FaceFinder> finder,
                                                   const FaceDetectorOptions& options) {
  return std::make_unique<ScaledFaceDetector>(std::move(finder), options);
}

}  // namespace mien
