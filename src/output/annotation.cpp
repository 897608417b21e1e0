#include "mien/annotation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "mien/error.h"
#include "output/annotation_layout.h"
#include "output/canvas.h"
#include "output/colour.h"

namespace mien {
namespace {

constexpr Colour kWhite = {255, 255, 255};
constexpr Colour kPale = {205, 205, 205};
constexpr Colour kBacking = {18, 20, 24};
constexpr double kBackingOpacity = 0.74;

/// All sizes follow from the picture's, in pixels.
struct Style {
  explicit Style(const Image& picture) {
    const double side = std::sqrt(static_cast<double>(picture.width()) * picture.height());
    title = std::max(9, static_cast<int>(std::lround(side / 62)));
    label = std::max(7, static_cast<int>(std::lround(title * 0.78)));
    padding = std::max(4, static_cast<int>(std::lround(title * 0.65)));
    row = label + std::max(5, static_cast<int>(std::lround(label * 0.75)));
    line = std::max(2, static_cast<int>(std::lround(side / 420)));
    names = 0;
    for (const auto expression : all_expressions()) {
      names = std::max(names, Canvas::text_width(std::string(name(expression)), label));
    }
    track = std::max(30, static_cast<int>(std::lround(title * 5.5)));
    column = std::max(3, static_cast<int>(std::lround(title * 0.4)));
  }

  int columns_width() const {
    const int count = static_cast<int>(kExpressionCount);
    return count * column + (count - 1) * std::max(1, column / 3);
  }

  int title;    ///< height of the expression's capitals
  int label;    ///< height of a bar's name
  int padding;  ///< within a panel
  int row;      ///< from one bar to the next
  int line;     ///< thickness of a box
  int names;    ///< width of the longest bar's name
  int track;    ///< length of a bar that says 1
  int column;   ///< width of a bar in a compact panel
};

std::string title_of(const Face& face) {
  return fmt::format("{}{} {:.0f}%", name(face.expression), face.uncertain ? "?" : "",
                     100 * face.confidence);
}

PanelSizes panel_sizes(const Face& face, const Style& style) {
  const int title = Canvas::text_width(title_of(face), style.title);
  const int rows = static_cast<int>(kExpressionCount) * style.row;
  const int bars = style.names + style.padding + style.track;
  return {
      .full = {std::max(title, bars) + 2 * style.padding, style.title + rows + 3 * style.padding},
      .compact = {title + style.columns_width() + 3 * style.padding,
                  style.title + 2 * style.padding}};
}

int bar_length(float probability, int whole) {
  return static_cast<int>(std::lround(probability * static_cast<float>(whole)));
}

void draw_full(Canvas& canvas, const Box& panel, const Face& face, const Style& style) {
  const int left = panel.x + style.padding;
  int baseline = panel.y + style.padding + style.title;
  canvas.text(title_of(face), left, baseline, style.title, kWhite);
  baseline += style.padding;
  const int bars = left + style.names + style.padding;
  const int track = panel.x + panel.width - style.padding - bars;
  for (const auto expression : all_expressions()) {
    baseline += style.row;
    const bool chosen = expression == face.expression;
    canvas.text(std::string(name(expression)), left, baseline, style.label,
                chosen ? kWhite : kPale);
    const Box empty{bars, baseline - style.label, track, style.label};
    canvas.fill(empty, style.label / 3, kWhite, 0.14);
    Box filled = empty;
    filled.width = bar_length(face.probabilities[static_cast<std::size_t>(expression)], track);
    canvas.fill(filled, style.label / 3, colour_of(expression), 1);
  }
}

void draw_compact(Canvas& canvas, const Box& panel, const Face& face, const Style& style) {
  const int baseline = panel.y + style.padding + style.title;
  canvas.text(title_of(face), panel.x + style.padding, baseline, style.title, kWhite);
  int x = panel.x + panel.width - style.padding - style.columns_width();
  for (const auto expression : all_expressions()) {
    const int height = std::max(
        1, bar_length(face.probabilities[static_cast<std::size_t>(expression)], style.title));
    canvas.fill({x, baseline - style.title, style.column, style.title}, 0, kWhite, 0.14);
    canvas.fill({x, baseline - height, style.column, height}, 0, colour_of(expression), 1);
    x += style.column + std::max(1, style.column / 3);
  }
}

/// A dark edge on both sides keeps the box visible on any ground.
void draw_box(Canvas& canvas, const Face& face, const Style& style) {
  const int edge = std::max(1, style.line / 3);
  const int radius = 3 * style.line;
  const Box& box = face.box;
  canvas.outline({box.x - edge, box.y - edge, box.width + 2 * edge, box.height + 2 * edge},
                 radius + edge, kBacking, style.line + 2 * edge);
  canvas.outline(box, radius, colour_of(face.expression), style.line);
}

void draw_panel(Canvas& canvas, const PlacedPanel& panel, const Face& face, const Style& style) {
  canvas.fill(panel.box, style.padding, kBacking, kBackingOpacity);
  const int inset = style.padding;
  const Box stripe{panel.box.x, panel.box.y + inset, std::max(2, style.padding / 3),
                   panel.box.height - 2 * inset};
  canvas.fill(stripe, 0, colour_of(face.expression), 1);
  if (panel.full) {
    draw_full(canvas, panel.box, face, style);
  } else {
    draw_compact(canvas, panel.box, face, style);
  }
}

}  // namespace

void annotate(Image& picture, const FrameResult& result) {
  if (picture.format() != PixelFormat::bgr || picture.width() != result.width ||
      picture.height() != result.height) {
    throw Error(ErrorCode::internal, "annotate: the result is not of this picture");
  }
  if (picture.empty()) return;
  const Style style(picture);
  std::vector<Box> boxes;
  std::vector<PanelSizes> sizes;
  for (const auto& face : result.faces) {
    boxes.push_back(face.box);
    sizes.push_back(panel_sizes(face, style));
  }
  const auto panels =
      place_panels({0, 0, picture.width(), picture.height()}, boxes, sizes, 2 * style.line);
  Canvas canvas(picture);
  for (const auto& face : result.faces) draw_box(canvas, face, style);
  for (std::size_t i = 0; i < panels.size(); ++i) {
    draw_panel(canvas, panels[i], result.faces[i], style);
  }
}

}  // namespace mien
