#include "output/annotation_panel.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "output/attribute_text.h"
#include "output/colour.h"

namespace mien {
namespace {

constexpr Colour kWhite = {255, 255, 255};
constexpr Colour kPale = {205, 205, 205};
constexpr Colour kBacking = {18, 20, 24};
constexpr double kBackingOpacity = 0.74;
constexpr double kEmptyOpacity = 0.14;
constexpr double kUncertainOpacity = 0.45;
/// For panels that must not change their width.
constexpr const char* kLongestAttributes = "female, about 100";

int scaled(double value, int least) {
  return std::max(least, static_cast<int>(std::lround(value)));
}

int column_gap(const AnnotationStyle& style) { return std::max(1, style.column / 3); }

int columns_width(const AnnotationStyle& style) {
  const int count = static_cast<int>(kExpressionCount);
  return count * style.column + (count - 1) * column_gap(style);
}

/// The two parts of a title, apart because their masks are kept: few names and few percentages.
std::string expression_part(const Face& face) {
  return fmt::format("{}{} ", name(face.expression), face.uncertain ? "?" : "");
}

std::string confidence_part(const Face& face) {
  return fmt::format("{:.0f}%", 100 * face.confidence);
}

int title_width(const Face& face, const AnnotationStyle& style) {
  if (style.widest > 0) return style.widest;
  return TextMasks::width(expression_part(face) + confidence_part(face), style.title);
}

std::string attributes_of(const Face& face) {
  return attribute_text(face.attributes.value_or(Attributes{}));
}

/// Of the line for gender and age below the title; 0 where they are not known.
int attributes_height(const Face& face, const AnnotationStyle& style) {
  return attributes_of(face).empty() ? 0 : style.label + style.padding;
}

int attributes_width(const Face& face, const AnnotationStyle& style) {
  const auto text = attributes_of(face);
  if (text.empty()) return 0;
  return TextMasks::width(style.widest > 0 ? kLongestAttributes : text, style.label);
}

void draw_title(Canvas& canvas, const Face& face, int left, int baseline, int height) {
  const auto expression = expression_part(face);
  canvas.text(expression, left, baseline, height, kWhite);
  canvas.text(confidence_part(face), left + TextMasks::width(expression, height), baseline, height,
              kWhite);
}

int bar_length(float probability, int whole) {
  return static_cast<int>(std::lround(probability * static_cast<float>(whole)));
}

float probability_of(const Face& face, Expression expression) {
  return face.probabilities[static_cast<std::size_t>(expression)];
}

void draw_bars(Canvas& canvas, const Box& panel, const Face& face, const AnnotationStyle& style) {
  const int left = panel.x + style.padding;
  const int bars = left + style.names + style.padding;
  const int track = panel.x + panel.width - style.padding - bars;
  int baseline = panel.y + 2 * style.padding + style.title + attributes_height(face, style);
  for (const auto expression : all_expressions()) {
    baseline += style.row;
    const bool chosen = expression == face.expression;
    canvas.text(std::string(name(expression)), left, baseline, style.label,
                chosen ? kWhite : kPale);
    Box bar{bars, baseline - style.label, track, style.label};
    canvas.fill(bar, style.label / 3, kWhite, kEmptyOpacity);
    bar.width = bar_length(probability_of(face, expression), track);
    canvas.fill(bar, style.label / 3, colour_of(expression), 1);
  }
}

void draw_columns(Canvas& canvas, const Box& panel, const Face& face,
                  const AnnotationStyle& style) {
  const int baseline = panel.y + style.padding + style.title;
  int x = panel.x + panel.width - style.padding - columns_width(style);
  for (const auto expression : all_expressions()) {
    const int height = std::max(1, bar_length(probability_of(face, expression), style.title));
    canvas.fill({x, baseline - style.title, style.column, style.title}, 0, kWhite, kEmptyOpacity);
    canvas.fill({x, baseline - height, style.column, height}, 0, colour_of(expression), 1);
    x += style.column + column_gap(style);
  }
}

/// The newest at the right end, which is `time`.
void draw_timeline(Canvas& canvas, const Box& strip, const std::deque<Timeline::Run>& runs,
                   double time) {
  canvas.fill(strip, 0, kWhite, kEmptyOpacity);
  const int end = strip.x + strip.width;
  const auto at = [&](double when) {
    const double share = std::clamp((time - when) / Timeline::kSeconds, 0.0, 1.0);
    return end - static_cast<int>(std::lround(share * strip.width));
  };
  for (const auto& run : runs) {
    const int right = at(run.end);
    const int left = std::max(strip.x, std::min(at(run.begin), right - 1));
    canvas.fill({left, strip.y, right - left, strip.height}, 0, colour_of(run.expression),
                run.uncertain ? kUncertainOpacity : 1);
  }
}

/// The face's number, by which the results name it: above the box, so that the face is not covered,
/// or within it at the picture's edge.
void draw_number(Canvas& canvas, const Face& face, const AnnotationStyle& style) {
  const std::string number = std::to_string(face.track);
  const int inset = std::max(2, style.label / 2);
  const int width = TextMasks::width(number, style.label) + 2 * inset;
  const int height = style.label + 2 * inset;
  if (face.track <= 0 || 2 * width > face.box.width) return;
  const int top = face.box.y >= height ? face.box.y - height : face.box.y;
  canvas.fill({face.box.x, top, width, height}, 2 * style.line, colour_of(face.expression), 1);
  canvas.text(number, face.box.x + inset, top + inset + style.label, style.label, kBacking);
}

}  // namespace

AnnotationStyle::AnnotationStyle(int width, int height, bool moving) {
  const double side = std::sqrt(static_cast<double>(width) * height);
  title = scaled(side / 62, 9);
  label = scaled(title * 0.78, 7);
  padding = scaled(title * 0.65, 4);
  row = label + scaled(label * 0.75, 5);
  line = scaled(side / 420, 2);
  track = scaled(title * 5.5, 30);
  column = scaled(title * 0.4, 3);
  names = 0;
  for (const auto expression : all_expressions()) {
    const std::string text(name(expression));
    names = std::max(names, TextMasks::width(text, label));
    if (moving) widest = std::max(widest, TextMasks::width(text + " 100%", title));
  }
  if (moving) strip = scaled(label * 0.75, 4);
}

PanelSizes panel_sizes(const Face& face, const AnnotationStyle& style) {
  const int title = title_width(face, style);
  const int rows = static_cast<int>(kExpressionCount) * style.row;
  const int bars = style.names + style.padding + style.track;
  const int strip = style.strip > 0 ? style.strip + style.padding : 0;
  const int attributes = attributes_height(face, style);
  const int least = attributes_width(face, style);
  const int compact = title + columns_width(style) + style.padding;
  return {.full = {std::max({title, bars, least}) + 2 * style.padding,
                   style.title + attributes + rows + 3 * style.padding + strip},
          .compact = {std::max(compact, least) + 2 * style.padding,
                      style.title + attributes + 2 * style.padding + strip}};
}

/// A dark edge on both sides keeps the box visible on any ground.
void draw_box(Canvas& canvas, const Face& face, const AnnotationStyle& style) {
  const int edge = std::max(1, style.line / 3);
  const int radius = 3 * style.line;
  const Box& box = face.box;
  canvas.outline({box.x - edge, box.y - edge, box.width + 2 * edge, box.height + 2 * edge},
                 radius + edge, kBacking, style.line + 2 * edge);
  canvas.outline(box, radius, colour_of(face.expression), style.line);
  draw_number(canvas, face, style);
}

void draw_panel(Canvas& canvas, const PlacedPanel& panel, const Face& face,
                const AnnotationStyle& style, const Timeline* timeline, double time) {
  const Box& box = panel.box;
  const int inset = style.padding;
  canvas.fill(box, style.padding, kBacking, kBackingOpacity);
  canvas.fill({box.x, box.y + inset, std::max(2, style.padding / 3), box.height - 2 * inset}, 0,
              colour_of(face.expression), 1);
  const int baseline = box.y + inset + style.title;
  draw_title(canvas, face, box.x + inset, baseline, style.title);
  if (const auto attributes = attributes_of(face); !attributes.empty()) {
    canvas.text(attributes, box.x + inset, baseline + attributes_height(face, style), style.label,
                kPale);
  }
  if (panel.full) {
    draw_bars(canvas, box, face, style);
  } else {
    draw_columns(canvas, box, face, style);
  }
  if (timeline == nullptr || style.strip == 0) return;
  const Box strip{box.x + inset, box.y + box.height - inset - style.strip, box.width - 2 * inset,
                  style.strip};
  draw_timeline(canvas, strip, timeline->runs(face.track), time);
}

}  // namespace mien
