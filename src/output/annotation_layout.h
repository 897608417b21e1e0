#pragma once

#include <optional>
#include <vector>

#include "mien/box.h"

namespace mien {

struct PanelSize {
  int width = 0;
  int height = 0;
};

/// What may stand beside a face: a full panel where there is room, else a compact one.
struct PanelSizes {
  PanelSize full;
  PanelSize compact;
};

struct PlacedPanel {
  Box box;
  bool full = false;
  int place = 0;  ///< which of the places around the face
};

/// Where a face's panel was in the frame before.
struct PreviousPanel {
  int place = 0;
  bool full = false;
  bool may_grow = true;  ///< from compact to full
};

/// A place for the panel of each face, within a picture of this size (or from its top left corner
/// when the panel is larger). Compact panels keep off other faces and panels as far as there is
/// room; a full one is chosen only where it covers neither. A panel that has a previous place stays
/// there until another one is clearly better. `previous` is empty or has one value per face.
std::vector<PlacedPanel> place_panels(
    const Box& picture, const std::vector<Box>& faces, const std::vector<PanelSizes>& sizes,
    int gap, const std::vector<std::optional<PreviousPanel>>& previous = {});

}  // namespace mien
