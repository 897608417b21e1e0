#pragma once

#include "mien/face.h"
#include "mien/image.h"
#include "output/annotation_layout.h"
#include "output/canvas.h"
#include "output/timeline.h"

namespace mien {

/// The sizes of what is drawn, in pixels. All follow from the picture's.
struct AnnotationStyle {
  /// `moving`: with a strip for the last seconds, and panels whose width does not depend on what
  /// they say.
  AnnotationStyle(int width, int height, bool moving);

  int title;       ///< height of the expression's capitals
  int label;       ///< height of a bar's name
  int padding;     ///< within a panel
  int row;         ///< from one bar to the next
  int line;        ///< thickness of a box
  int names;       ///< width of the longest bar's name
  int track;       ///< length of a bar that says 1
  int column;      ///< width of a bar in a compact panel
  int strip = 0;   ///< height of the strip for the last seconds; 0: none
  int widest = 0;  ///< of the titles, where panels must not change their width; else 0
};

PanelSizes panel_sizes(const Face& face, const AnnotationStyle& style);

void draw_box(Canvas& canvas, const Face& face, const AnnotationStyle& style);

/// `timeline` may be null; `time` is that of the frame.
void draw_panel(Canvas& canvas, const PlacedPanel& panel, const Face& face,
                const AnnotationStyle& style, const Timeline* timeline, double time);

}  // namespace mien
