#pragma once

#include <string>

#include "mien/image.h"

namespace mien {

/// A window that shows frames as they come. For the program's first thread.
class PreviewWindow {
 public:
  /// Throws Error (usage) when there is no display to open a window on.
  explicit PreviewWindow(std::string title);
  PreviewWindow(const PreviewWindow&) = delete;
  PreviewWindow& operator=(const PreviewWindow&) = delete;
  ~PreviewWindow();

  /// Shows the picture, scaled to fit the screen. False once the user has pressed q or Escape or
  /// closed the window.
  bool show(const Image& picture);

 private:
  void open(const Image& picture);

  std::string title_;
  int screen_width_ = 0;
  int screen_height_ = 0;
  bool open_ = false;
  bool ended_ = false;
};

}  // namespace mien
