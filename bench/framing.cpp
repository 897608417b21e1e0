// How wide and how far below a detector's box FER-2013's frame lies: what a recipe's crop margin
// and shift are chosen by.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include "dataset/fer2013.h"
#include "mien/expression_classifier.h"
#include "mien/face_detector.h"
#include "mien/models.h"
#include "mien/network.h"

namespace {

/// Each face is enlarged to this many pixels, and lies in the middle of a canvas twice as wide
/// whose rest continues the face's edges: detectors need some space around a face.
constexpr int kFrame = 192;
constexpr int kCanvas = 2 * kFrame;

struct Options {
  std::string data;
  std::string detector = "haar-alt2";
  std::string model;
  int every = 1;
};

struct Found {
  mien::Image canvas;
  mien::Box box;
  mien::Expression label;
};

mien::Image on_canvas(const mien::LabelledFace& face) {
  const int side = mien::Fer2013::kSide;
  const mien::ImageView view{face.pixels.data(), side, side, side, mien::PixelFormat::gray};
  return mien::crop_face(view, {0, 0, side, side},
                         {.width = kCanvas, .height = kCanvas, .margin = 2});
}

std::vector<Found> find_faces(const mien::Fer2013& faces, const Options& options) {
  const auto detector =
      mien::make_face_detector({.kind = options.detector, .min_face = kFrame / 3});
  std::vector<Found> found;
  std::size_t looked_at = 0;
  for (std::size_t i = 0; i < faces.size(); i += static_cast<std::size_t>(options.every)) {
    ++looked_at;
    const auto face = faces.get(i);
    auto canvas = on_canvas(face);
    const auto boxes = detector->detect(canvas.view());
    if (!boxes.empty()) found.push_back({std::move(canvas), boxes.front().box, face.label});
  }
  fmt::print("{}: found {} of {} faces\n", options.detector, found.size(), looked_at);
  return found;
}

void print_quartiles(const char* what, std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto at = [&values](double share) {
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
  };
  fmt::print("{:<42} median {:.3f}, quartiles {:.3f} and {:.3f}\n", what, at(0.5), at(0.25),
             at(0.75));
}

void print_geometry(const std::vector<Found>& found) {
  std::vector<double> margin;
  std::vector<double> down;
  std::vector<double> right;
  for (const auto& face : found) {
    const double side = face.box.width;
    margin.push_back(kFrame / side);
    down.push_back((kCanvas / 2.0 - face.box.y - face.box.height / 2.0) / side);
    right.push_back((kCanvas / 2.0 - face.box.x - face.box.width / 2.0) / side);
  }
  print_quartiles("margin: frame's width / box's width", margin);
  print_quartiles("shift down, in box widths", down);
  print_quartiles("shift to the right, in box widths", right);
}

double accuracy(mien::Network& network, const std::vector<Found>& found,
                const mien::Preprocessing& input) {
  const std::size_t size =
      static_cast<std::size_t>(input.width) * static_cast<std::size_t>(input.height);
  std::vector<float> inputs(found.size() * size);
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto crop = mien::crop_face(found[i].canvas.view(), found[i].box, input);
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

void print_accuracies(mien::Network& network, const std::vector<Found>& found) {
  constexpr std::array<double, 9> kMargins = {0.8, 0.9, 1.0, 1.05, 1.1, 1.15, 1.2, 1.3, 1.4};
  constexpr std::array<double, 6> kShifts = {-0.05, 0.0, 0.025, 0.05, 0.075, 0.1};
  const auto whole = mien::Box{kFrame / 2, kFrame / 2, kFrame, kFrame};
  auto framed = found;
  for (auto& face : framed) face.box = whole;
  mien::Preprocessing input = network.card().input;
  input.margin = 1;
  input.shift_down = 0;
  fmt::print("accuracy on these faces in FER-2013's own frame: {:.4f}\n",
             accuracy(network, framed, input));
  fmt::print("{:>8}", "margin");
  for (const auto shift : kShifts) fmt::print("  down {:<6}", shift);
  fmt::print("\n");
  for (const auto margin : kMargins) {
    fmt::print("{:>8}", margin);
    for (const auto shift : kShifts) {
      input.margin = margin;
      input.shift_down = shift;
      fmt::print("  {:<11.4f}", accuracy(network, found, input));
    }
    fmt::print("\n");
  }
}

void run(const Options& options) {
  const auto splits = mien::read_fer2013({options.data, {}}, {mien::FerSplit::public_test});
  const auto found = find_faces(splits.front(), options);
  if (found.empty()) return;
  print_geometry(found);
  if (options.model.empty()) return;
  const auto network = mien::make_network(mien::find_model(options.model));
  print_accuracies(*network, found);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Measures the crop that gives a detected face the framing of FER-2013, on PublicTest.");
  Options options;
  app.add_option("--data", options.data, "fer2013.csv")->required();
  app.add_option("--detector", options.detector, "the face detector")->capture_default_str();
  app.add_option("--every", options.every, "look at every n-th face")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--model", options.model, "also measure this model's accuracy for each crop");
  CLI11_PARSE(app, argc, argv);
  try {
    run(options);
  } catch (const std::exception& error) {
    fmt::print(stderr, "mien-bench-framing: {}\n", error.what());
    return 1;
  }
}
