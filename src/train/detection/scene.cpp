#include "train/detection/scene.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

namespace mien::train {
namespace {

/// Of a face that the canvas's edge cuts, the share that must be seen for it to be learnt.
constexpr double kVisibleShare = 0.4;
/// Boxes of partly marked pictures follow from landmarks' boxes and are only about right.
constexpr float kRoughBoxWeight = 0.3F;
/// Share of the canvas's width or height that a picture fills at least.
constexpr double kFilledShare = 0.9;
/// Scales of half of the pictures: about those at which they will be looked at.
constexpr double kUsualSmallest = 0.5;
constexpr double kUsualLargest = 1.6;
/// Around a lone face, background is known for that share of its size.
constexpr double kKnownMargin = 0.2;

std::size_t any_index(std::size_t count, Random& random) {
  return std::min(count - 1,
                  static_cast<std::size_t>(uniform(random, 0, 1) * static_cast<double>(count)));
}

double log_uniform(Random& random, double lowest, double highest) {
  return std::exp(uniform(random, std::log(lowest), std::log(highest)));
}

Region cut(double left, double top, double right, double bottom, const Region& region) {
  const auto within = [](double value, int lowest, int highest) {
    return static_cast<int>(
        std::clamp(value, static_cast<double>(lowest), static_cast<double>(highest)));
  };
  return {within(std::floor(left), region.left, region.right),
          within(std::floor(top), region.top, region.bottom),
          within(std::ceil(right), region.left, region.right),
          within(std::ceil(bottom), region.top, region.bottom)};
}

bool is_empty(const Region& region) {
  return region.left >= region.right || region.top >= region.bottom;
}

/// Where the picture's point lies that is shown at the region's centre: along one side, random so
/// that the picture fills the region, or lies within it when it is smaller.
double choose_source(double length, double scale, double region, double wanted, Random& random) {
  const double half_view = 0.5 * region / scale;
  if (length >= 2 * half_view) return std::clamp(wanted, half_view, length - half_view);
  return uniform(random, length - half_view, half_view);
}

Landmarks moved(const Landmarks& landmarks, const Placement& placement) {
  Landmarks all;
  for (std::size_t i = 0; i < all.size(); ++i) {
    double x = landmarks[i].x;
    double y = landmarks[i].y;
    placement.to_canvas(x, y);
    all[i] = {static_cast<float>(x), static_cast<float>(y)};
  }
  if (placement.mirrored) {  // the right eye is now a left one
    std::swap(all[0], all[1]);
    std::swap(all[3], all[4]);
  }
  return all;
}

/// Box of a face on the canvas: that of the ellipse in its box, turned.
struct Turned {
  double left, top, right, bottom;
};

Turned moved(const MarkedFace& face, const Placement& placement) {
  double x = face.x + 0.5 * face.width;
  double y = face.y + 0.5 * face.height;
  placement.to_canvas(x, y);
  const double half_width = 0.5 * face.width * placement.scale;
  const double half_height = 0.5 * face.height * placement.scale;
  const double cosine = std::cos(placement.angle);
  const double sine = std::sin(placement.angle);
  const double reach_x = std::hypot(half_width * cosine, half_height * sine);
  const double reach_y = std::hypot(half_width * sine, half_height * cosine);
  return {x - reach_x, y - reach_y, x + reach_x, y + reach_y};
}

}  // namespace

SceneMaker::SceneMaker(const SceneOptions& options, const std::vector<LearntPicture>& pictures,
                       const std::vector<LearntPicture>& faces, Jpeg jpeg)
    : options_(options), pictures_(pictures), faces_(faces), jpeg_(std::move(jpeg)) {
  if (faces_.empty()) options_.landmarks = 0;
}

Scene SceneMaker::make(std::size_t index, std::uint64_t seed) const {
  std::seed_seq seeds{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32),
                      static_cast<std::uint32_t>(index)};
  Random random(seeds);
  Scene scene{Image(options_.size, options_.size, PixelFormat::bgr), {}, {}, {}};
  const int size = options_.size;
  const double kind = uniform(random, 0, 1);
  if (kind < options_.empty) {
    draw_shapes(scene.canvas, random);
  } else if (kind < options_.empty + options_.landmarks) {
    place(any_face(random), {0, 0, size, size}, random, scene);
  } else if (chance(random, options_.mosaic)) {
    const int x = static_cast<int>(uniform(random, 0.3, 0.7) * size);
    const int y = static_cast<int>(uniform(random, 0.3, 0.7) * size);
    const std::array<Region, 4> parts = {
        {{0, 0, x, y}, {x, 0, size, y}, {0, y, x, size}, {x, y, size, size}}};
    for (const auto& part : parts) {
      const bool lone = !faces_.empty() && chance(random, 0.3);
      place(lone ? any_face(random) : any_picture(random), part, random, scene);
    }
  } else {
    place(pictures_[index % pictures_.size()], {0, 0, size, size}, random, scene);
  }
  hide_faces(scene, random);
  make_worse(scene, random);
  return scene;
}

const LearntPicture& SceneMaker::any_face(Random& random) const {
  return faces_[any_index(faces_.size(), random)];
}

const LearntPicture& SceneMaker::any_picture(Random& random) const {
  return pictures_[any_index(pictures_.size(), random)];
}

Placement SceneMaker::choose_placement(const LearntPicture& picture, const Region& region,
                                       Random& random) const {
  const double width = region.right - region.left;
  const double height = region.bottom - region.top;
  const auto& faces = picture.marked.faces;
  Placement placement;
  placement.mirrored = chance(random, 0.5);
  if (chance(random, 1.0 / 3)) {
    const double largest = options_.rotation * std::numbers::pi / 180;
    placement.angle = uniform(random, -largest, largest);
  }
  placement.canvas_x = 0.5 * (region.left + region.right);
  placement.canvas_y = 0.5 * (region.top + region.bottom);
  double wanted_x = uniform(random, 0, picture.pixels.width());
  double wanted_y = uniform(random, 0, picture.pixels.height());
  placement.scale = log_uniform(random, kUsualSmallest, kUsualLargest);
  if (!faces.empty() && (!picture.marked.all_marked || chance(random, 0.5))) {
    // Faces of all sizes equally often: in the pictures as they are, most are small.
    const auto& face = faces[any_index(faces.size(), random)];
    const double height_wanted =
        log_uniform(random, picture.marked.all_marked ? 10 : 24, 0.9 * std::min(width, height));
    placement.scale = height_wanted / std::max(1.0F, face.height);
    wanted_x = face.x + 0.5 * face.width + uniform(random, -0.4, 0.4) * width / placement.scale;
    wanted_y = face.y + 0.5 * face.height + uniform(random, -0.4, 0.4) * height / placement.scale;
  }
  double smallest = options_.smallest_scale;
  if (picture.marked.all_marked) {  // a canvas that is mostly empty teaches little
    smallest = std::max(smallest, kFilledShare * std::min(width / picture.pixels.width(),
                                                          height / picture.pixels.height()));
  }
  placement.scale =
      std::clamp(placement.scale, smallest, std::max(smallest, options_.largest_scale));
  placement.source_x =
      choose_source(picture.pixels.width(), placement.scale, width, wanted_x, random);
  placement.source_y =
      choose_source(picture.pixels.height(), placement.scale, height, wanted_y, random);
  return placement;
}

void SceneMaker::place(const LearntPicture& picture, const Region& region, Random& random,
                       Scene& scene) const {
  const auto placement = choose_placement(picture, region, random);
  std::array<std::uint8_t, 3> outside{};
  if (chance(random, 0.5)) {
    for (auto& value : outside) value = static_cast<std::uint8_t>(uniform(random, 0, 255));
  }
  const int coarser = chance(random, options_.blur) ? 1 : 0;
  draw(picture.pixels, placement, coarser, region, outside.data(), scene.canvas);
  take_faces(picture, placement, region, scene);
}

void SceneMaker::take_faces(const LearntPicture& picture, const Placement& placement,
                            const Region& region, Scene& scene) const {
  if (!picture.marked.all_marked) scene.unknown.push_back(region);
  for (const auto& face : picture.marked.faces) {
    const auto box = moved(face, placement);
    const double width = box.right - box.left;
    const double height = box.bottom - box.top;
    const auto visible = cut(box.left, box.top, box.right, box.bottom, region);
    if (is_empty(visible)) continue;
    const double left = std::max<double>(box.left, region.left);
    const double top = std::max<double>(box.top, region.top);
    const double right = std::min<double>(box.right, region.right);
    const double bottom = std::min<double>(box.bottom, region.bottom);
    const double share = (right - left) * (bottom - top) / std::max(1e-6, width * height);
    if (!face.valid || height < options_.smallest_face || share < kVisibleShare) {
      scene.unknown.push_back(visible);
      continue;
    }
    TargetFace target{static_cast<float>(left),
                      static_cast<float>(top),
                      static_cast<float>(right),
                      static_cast<float>(bottom),
                      picture.marked.all_marked ? 1.0F : kRoughBoxWeight,
                      std::nullopt};
    if (face.landmarks) target.landmarks = moved(*face.landmarks, placement);
    scene.faces.push_back(target);
    if (!picture.marked.all_marked) {
      scene.known.push_back(cut(left - kKnownMargin * width, top - kKnownMargin * height,
                                right + kKnownMargin * width, bottom + kKnownMargin * height,
                                region));
    }
  }
}

void SceneMaker::hide_faces(Scene& scene, Random& random) const {
  const Region all{0, 0, options_.size, options_.size};
  for (const auto& face : scene.faces) {
    const double width = face.right - face.left;
    const double height = face.bottom - face.top;
    if (height < 20 || !chance(random, options_.occlusion)) continue;
    const double hidden_width = width * uniform(random, 0.2, 0.9);
    const double hidden_height = height * uniform(random, 0.15, 0.45);
    const double left = face.left + uniform(random, -0.1, 1.1) * (width - hidden_width);
    const double top = face.top + uniform(random, -0.1, 1.1) * (height - hidden_height);
    cover(scene.canvas, cut(left, top, left + hidden_width, top + hidden_height, all), random);
  }
}

void SceneMaker::make_worse(Scene& scene, Random& random) const {
  auto& canvas = scene.canvas;
  if (chance(random, options_.colour)) change_colours(canvas, random);
  if (chance(random, options_.gray)) make_gray(canvas);
  if (chance(random, 0.5 * options_.blur)) blur(canvas, static_cast<int>(uniform(random, 1, 3)));
  if (chance(random, options_.noise)) add_noise(canvas, uniform(random, 1, 18), random);
  if (jpeg_ && chance(random, options_.jpeg)) {
    canvas = jpeg_(canvas.view(), static_cast<int>(uniform(random, 25, 90)));
  }
}

}  // namespace mien::train
