// Where FER-2013's frame lies to a detector's boxes, which is what FaceDetector::framing() says,
// where UTKFace's frame lies to FER-2013's, which is what the card of a model for attributes says,
// and what finding, framing and straightening faces cost of a model's accuracy.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cmath>
#include <exception>
#include <memory>
#include <numbers>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/attribute_evaluation.h"
#include "core/landmark_fit.h"
#include "dataset/fer2013.h"
#include "dataset/utkface.h"
#include "mien/attribute_estimator.h"
#include "mien/expression_classifier.h"
#include "mien/face_crop.h"
#include "mien/face_detector.h"
#include "mien/models.h"
#include "mien/network.h"
#include "mien/picture.h"

namespace {

constexpr double kDegree = std::numbers::pi / 180;

struct Options {
  std::string data;
  std::string pictures;
  std::string utkface;
  std::string detector = "haar-alt2";
  std::string model;
  double pad = 0;
  double turn = 0;  ///< degrees
  int side = 192;
  int min_face = 64;
  std::optional<double> min_score;
  int every = 1;
  bool grid = false;
};

/// The index within 0..size-1 at which a row that is continued by its mirror images repeats.
int reflected(int index, int size) {
  const int place = ((index % (2 * size)) + 2 * size) % (2 * size);
  return place < size ? place : 2 * size - 1 - place;
}

double interpolated(const mien::ImageView& picture, double x, double y) {
  const int left = static_cast<int>(std::floor(x));
  const int top = static_cast<int>(std::floor(y));
  const auto at = [&](int column, int row) {
    return static_cast<double>(
        picture.row(reflected(row, picture.height))[reflected(column, picture.width)]);
  };
  return std::lerp(std::lerp(at(left, top), at(left + 1, top), x - left),
                   std::lerp(at(left, top + 1), at(left + 1, top + 1), x - left), y - top);
}

/// The face enlarged to `frame` pixels and turned clockwise, in the middle of a square twice as
/// wide whose rest mirrors it: detectors need some space around a face.
mien::Image on_canvas(const mien::LabelledFace& face, int frame, double roll) {
  const int side = mien::Fer2013::kSide;
  const mien::ImageView view{face.pixels.data(), side, side, side, mien::PixelFormat::gray};
  mien::Image canvas(2 * frame, 2 * frame, mien::PixelFormat::gray);
  auto pixel = canvas.pixels().begin();
  for (int row = 0; row < canvas.height(); ++row) {
    for (int column = 0; column < canvas.width(); ++column) {
      const double right = (column + 0.5) / frame - 1;
      const double below = (row + 0.5) / frame - 1;
      const double x = std::cos(roll) * right + std::sin(roll) * below + 0.5;
      const double y = std::cos(roll) * below - std::sin(roll) * right + 0.5;
      *pixel++ =
          static_cast<std::uint8_t>(interpolated(view, x * side - 0.5, y * side - 0.5) + 0.5);
    }
  }
  return canvas;
}

/// The picture with its mirror images around it, `border` pixels wide.
mien::Image padded(const mien::ImageView& picture, int border) {
  mien::Image result(picture.width + 2 * border, picture.height + 2 * border, picture.format);
  const auto channels = static_cast<std::size_t>(picture.channels());
  auto* pixel = result.pixels().data();
  for (int row = 0; row < result.height(); ++row) {
    const auto* from = picture.row(reflected(row - border, picture.height));
    for (int column = 0; column < result.width(); ++column, pixel += channels) {
      const auto place = static_cast<std::size_t>(reflected(column - border, picture.width));
      std::copy_n(from + place * channels, channels, pixel);
    }
  }
  return result;
}

struct Found {
  mien::Image canvas;
  mien::DetectedFace face;
  mien::Expression label;
};

std::vector<Found> find_faces(mien::FaceDetector& detector, const mien::Fer2013& faces,
                              const Options& options) {
  constexpr double kLeastOverlap = 0.2;  // mirror images may be found as well
  const mien::Box frame{options.side / 2, options.side / 2, options.side, options.side};
  std::vector<Found> found;
  std::size_t looked_at = 0;
  for (std::size_t i = 0; i < faces.size(); i += static_cast<std::size_t>(options.every)) {
    ++looked_at;
    const auto face = faces.get(i);
    auto canvas = on_canvas(face, options.side, options.turn * kDegree);
    const auto all = detector.detect(canvas.view());
    const auto best = std::max_element(all.begin(), all.end(), [&](const auto& a, const auto& b) {
      return iou(a.box, frame) < iou(b.box, frame);
    });
    if (best == all.end() || iou(best->box, frame) < kLeastOverlap) continue;
    found.push_back({std::move(canvas), *best, face.label});
  }
  fmt::print("{}: found {} of {} faces of {} pixels, turned by {} degrees\n", options.detector,
             found.size(), looked_at, options.side, options.turn);
  return found;
}

void print_quartiles(const char* what, std::vector<double> values) {
  if (values.empty()) return;
  std::sort(values.begin(), values.end());
  const auto at = [&values](double share) {
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
  };
  fmt::print("{:<50} median {:.3f}, quartiles {:.3f} and {:.3f}\n", what, at(0.5), at(0.25),
             at(0.75));
}

/// How a square lies to another, along that one's own sides.
struct Offsets {
  std::vector<double> size;
  std::vector<double> down;
  std::vector<double> right;

  /// In sides of `from`.
  void add(const mien::FaceCrop& from, const mien::FaceCrop& to) {
    const double x = (to.centre_x - from.centre_x) / from.side;
    const double y = (to.centre_y - from.centre_y) / from.side;
    size.push_back(to.side / from.side);
    right.push_back(std::cos(to.roll) * x + std::sin(to.roll) * y);
    down.push_back(std::cos(to.roll) * y - std::sin(to.roll) * x);
  }

  void print() const {
    print_quartiles("  side", size);
    print_quartiles("  down", down);
    print_quartiles("  right", right);
  }
};

/// FER-2013's frame on a canvas.
mien::FaceCrop frame_of(const Options& options) {
  const double centre = options.side;
  return {centre, centre, centre, options.turn * kDegree};
}

void print_geometry(const std::vector<Found>& found, const mien::FaceFraming& framing,
                    const Options& options) {
  Offsets from_box;
  Offsets from_crop;
  std::vector<double> roll;
  for (const auto& [canvas, face, label] : found) {
    from_box.add(mien::upright_crop(face.box, {}, {}), frame_of(options));
    from_crop.add(mien::straightened_crop(face, framing, {}), frame_of(options));
    const auto seen = face.landmarks ? head_roll(*face.landmarks, face.box) : std::nullopt;
    if (seen) roll.push_back(std::remainder(*seen / kDegree - options.turn, 360));
  }
  fmt::print("FER-2013's frame, in longer sides of the box\n");
  from_box.print();
  fmt::print("FER-2013's frame, in sides of the straightened crop\n");
  from_crop.print();
  if (roll.empty()) return;
  fmt::print("credible landmarks: {}\n", roll.size());
  print_quartiles("  roll by them beyond the turn, degrees", roll);
}

template <typename Cut>
double accuracy(mien::Network& network, const std::vector<Found>& found, const Cut& cut) {
  const auto& input = network.card().input;
  const std::size_t size =
      static_cast<std::size_t>(input.width) * static_cast<std::size_t>(input.height);
  std::vector<float> inputs(found.size() * size);
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto crop =
        mien::crop_face(found[i].canvas.view(), cut(found[i].face), input.width, input.height);
    mien::prepare_input(crop.pixels(), input, std::span(inputs).subspan(i * size, size));
  }
  const auto logits = network.run(inputs);
  std::size_t right = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto* first = logits.data() + i * mien::kExpressionCount;
    const auto best = std::max_element(first, first + mien::kExpressionCount) - first;
    right += static_cast<mien::Expression>(best) == found[i].label ? 1 : 0;
  }
  return static_cast<double>(right) / static_cast<double>(found.size());
}

void print_accuracies(mien::Network& network, const std::vector<Found>& found,
                      const mien::FaceFraming& framing, const Options& options) {
  const auto& input = network.card().input;
  const auto print = [&](const char* what, const auto& cut) {
    fmt::print("  {:<40} {:.4f}\n", what, accuracy(network, found, cut));
  };
  const auto frame = frame_of(options);
  auto unturned = frame;
  unturned.roll = 0;
  fmt::print("accuracy of {} on these faces\n", options.model);
  print("in FER-2013's own frame", [&](const auto&) { return frame; });
  print("in it, left tilted", [&](const auto&) { return unturned; });
  print("by the boxes, left tilted", [&](const mien::DetectedFace& face) {
    return mien::upright_crop(face.box, framing, input);
  });
  print("by the boxes, straightened", [&](const mien::DetectedFace& face) {
    return mien::straightened_crop(face, framing, input);
  });
}

void print_grid(mien::Network& network, const std::vector<Found>& found) {
  constexpr std::array<double, 7> kMargins = {0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4};
  constexpr std::array<double, 4> kShifts = {-0.05, 0.0, 0.05, 0.1};
  fmt::print("accuracy by framing, left tilted\n{:>8}", "margin");
  for (const auto shift : kShifts) fmt::print("  down {:<6}", shift);
  fmt::print("\n");
  for (const auto margin : kMargins) {
    fmt::print("{:>8}", margin);
    for (const auto shift : kShifts) {
      fmt::print("  {:<11.4f}", accuracy(network, found, [&](const mien::DetectedFace& face) {
                   return mien::upright_crop(face.box, {margin, shift}, network.card().input);
                 }));
    }
    fmt::print("\n");
  }
}

/// The known frames of PublicTest.
void measure_fer2013(mien::FaceDetector& detector, const Options& options) {
  const auto splits = mien::read_fer2013({options.data, {}}, {mien::FerSplit::public_test});
  const auto found = find_faces(detector, splits.front(), options);
  if (found.empty()) return;
  print_geometry(found, detector.framing(), options);
  if (options.model.empty()) return;
  const auto network = mien::make_network(mien::find_model(options.model));
  print_accuracies(*network, found, detector.framing(), options);
  if (options.grid) print_grid(*network, found);
}

/// Where FER-2013's frame would be by the landmarks of other pictures' upright faces.
void measure_pictures(mien::FaceDetector& detector, const Options& options) {
  constexpr double kUpright = 15 * kDegree;
  const auto paths = mien::list_pictures(options.pictures);
  Offsets offsets;
  for (std::size_t i = 0; i < paths.size(); i += static_cast<std::size_t>(options.every)) {
    const auto picture = mien::read_picture(paths[i]);
    const int border = static_cast<int>(options.pad * std::max(picture.width(), picture.height()));
    const auto canvas = padded(picture.view(), border);
    for (const auto& [box, score, landmarks] : detector.detect(canvas.view())) {
      const auto whole = mien::upright_crop(box, {}, {});
      const bool is_mirrored =
          std::abs(whole.centre_x - canvas.width() / 2.0) > picture.width() / 2.0 ||
          std::abs(whole.centre_y - canvas.height() / 2.0) > picture.height() / 2.0;
      if (is_mirrored || !landmarks) continue;
      const auto roll = head_roll(*landmarks, box);
      if (!roll || std::abs(*roll) > kUpright) continue;
      const auto fit = mien::fit_typical_face(*landmarks);
      offsets.add(whole, {fit.centre_x, fit.centre_y, fit.side, 0});
    }
  }
  fmt::print("{}: {} upright faces with credible landmarks\n", options.detector,
             offsets.size.size());
  fmt::print("FER-2013's frame by the landmarks, in longer sides of the box\n");
  offsets.print();
}

/// UTKFace's frame, which is the whole picture, in a picture padded by `border`.
mien::FaceCrop utk_frame(const mien::Image& picture, int border) {
  auto frame = mien::whole_picture(picture.view());
  frame.centre_x += border;
  frame.centre_y += border;
  return frame;
}

/// How often attributes are right of faces in padded pictures.
class AttributeMeter {
 public:
  AttributeMeter(const std::string& model, const mien::FaceFraming& framing)
      : estimator_(mien::load_attribute_model({{true, true}, model}, {}), {.framing = framing}) {}

  void add(const mien::UtkFace& face, const mien::Image& picture, const mien::Image& canvas,
           const mien::DetectedFace& found) {
    const std::array<mien::ImageView, 1> whole = {picture.view()};
    const std::array<mien::DetectedFace, 1> faces = {found};
    own_.push_back(answer(face, estimator_.estimate_crops(whole).front()));
    by_box_.push_back(answer(face, estimator_.estimate(canvas.view(), faces).front()));
  }

  void print() const {
    print("in UTKFace's own frame", own_);
    print("by the boxes, straightened", by_box_);
  }

 private:
  static mien::AttributeAnswer answer(const mien::UtkFace& face, const mien::Attributes& said) {
    return {face.gender, static_cast<double>(face.age), female_share(*said.gender), *said.age, {}};
  }

  static void print(const char* what, const std::vector<mien::AttributeAnswer>& answers) {
    const auto scores = mien::evaluate_attributes(answers).all;
    fmt::print("  {:<40} gender accuracy {:.4f}, age error {:.2f}\n", what, scores.gender_accuracy,
               scores.age_error);
  }

  mien::AttributeEstimator estimator_;
  std::vector<mien::AttributeAnswer> own_;
  std::vector<mien::AttributeAnswer> by_box_;
};

/// UTKFace's frame in sides of FER-2013's.
void measure_utkface(mien::FaceDetector& detector, const Options& options) {
  constexpr double kLeastOverlap = 0.2;
  const auto faces = mien::read_utk_faces(options.utkface, mien::UtkFaceSplit::validation).faces;
  std::optional<AttributeMeter> meter;
  if (!options.model.empty()) meter.emplace(options.model, detector.framing());
  Offsets by_box;
  Offsets by_landmarks;
  for (std::size_t i = 0; i < faces.size(); i += static_cast<std::size_t>(options.every)) {
    const auto picture = mien::read_picture(faces[i].path);
    const int border = static_cast<int>(options.pad * std::max(picture.width(), picture.height()));
    const auto canvas = padded(picture.view(), border);
    const mien::Box frame{border, border, picture.width(), picture.height()};
    const auto all = detector.detect(canvas.view());
    const auto best = std::max_element(all.begin(), all.end(), [&](const auto& a, const auto& b) {
      return iou(a.box, frame) < iou(b.box, frame);
    });
    if (best == all.end() || iou(best->box, frame) < kLeastOverlap) continue;
    const auto whole = utk_frame(picture, border);
    by_box.add(mien::upright_crop(best->box, detector.framing(), {}), whole);
    if (best->landmarks && mien::head_roll(*best->landmarks, best->box)) {
      const auto fit = mien::fit_typical_face(*best->landmarks);
      by_landmarks.add({fit.centre_x, fit.centre_y, fit.side, 0}, whole);
    }
    if (meter) meter->add(faces[i], picture, canvas, *best);
  }
  fmt::print("{}: found {} of every {} of {} faces\n", options.detector, by_box.size.size(),
             options.every, faces.size());
  if (by_box.size.empty()) return;
  fmt::print("UTKFace's frame, in sides of FER-2013's by the boxes\n");
  by_box.print();
  fmt::print("UTKFace's frame, in sides of FER-2013's by the landmarks\n");
  by_landmarks.print();
  if (meter) meter->print();
}

void run(const Options& options) {
  const auto detector = mien::make_face_detector(
      {.kind = options.detector, .min_face = options.min_face, .min_score = options.min_score});
  if (!options.pictures.empty()) measure_pictures(*detector, options);
  if (!options.data.empty()) measure_fer2013(*detector, options);
  if (!options.utkface.empty()) measure_utkface(*detector, options);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Measures the crop that gives a detected face the framing of FER-2013: on PublicTest, whose "
      "frames are known, and by the landmarks of other pictures.");
  Options options;
  app.add_option("--data", options.data, "fer2013.csv");
  app.add_option("--pictures", options.pictures, "a folder of pictures with faces");
  app.add_option("--utkface", options.utkface, "the folder of UTKFace: its validation split");
  app.add_option("--pad", options.pad, "mirror those pictures around them, in their longer sides")
      ->check(CLI::Range(0.0, 4.0));
  app.add_option("--detector", options.detector, "the face detector")->capture_default_str();
  app.add_option("--every", options.every, "look at every n-th face or picture")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--side", options.side, "pixels to which faces of FER-2013 are enlarged")
      ->check(CLI::Range(24, 1000))
      ->capture_default_str();
  app.add_option("--min-face", options.min_face, "the smallest face that the detector looks for")
      ->capture_default_str();
  app.add_option("--min-score", options.min_score, "and the least score; default: the detector's");
  app.add_option("--rotate", options.turn, "degrees by which they are turned clockwise")
      ->check(CLI::Range(-180.0, 180.0))
      ->capture_default_str();
  app.add_option("--model", options.model, "also measure this model's accuracy on them");
  app.add_flag("--grid", options.grid, "and that for other framings");
  CLI11_PARSE(app, argc, argv);
  try {
    run(options);
  } catch (const std::exception& error) {
    fmt::print(stderr, "mien-bench-framing: {}\n", error.what());
    return 1;
  }
}
