#include "output/preview_window.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <opencv2/highgui.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "mien/error.h"

namespace mien {
namespace {

/// The share of the screen's sides that a window may take.
constexpr double kLargestShare = 0.85;
constexpr int kEscape = 27;

struct Screen {
  int width = 0;
  int height = 0;
};

template <typename Function>
Function* symbol(void* library, const char* name) {
  return reinterpret_cast<Function*>(::dlsym(library, name));
}

/// The screen of the X server that DISPLAY names, if it answers. OpenCV's window libraries end the
/// whole program when they cannot connect, so this is tried first; Xlib is loaded for it alone.
std::optional<Screen> x_screen() {
  const std::unique_ptr<void, int (*)(void*)> library(::dlopen("libX11.so.6", RTLD_NOW), ::dlclose);
  if (!library) return {};
  const auto open = symbol<void*(const char*)>(library.get(), "XOpenDisplay");
  const auto close = symbol<int(void*)>(library.get(), "XCloseDisplay");
  const auto screen = symbol<int(void*)>(library.get(), "XDefaultScreen");
  const auto width = symbol<int(void*, int)>(library.get(), "XDisplayWidth");
  const auto height = symbol<int(void*, int)>(library.get(), "XDisplayHeight");
  if (!open || !close || !screen || !width || !height) return {};
  void* const display = open(nullptr);
  if (display == nullptr) return {};
  const int number = screen(display);
  const Screen result{width(display, number), height(display, number)};
  close(display);
  return result;
}

std::string environment(const char* name) {
  const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets it
  return value == nullptr ? "" : value;
}

/// Qt's drivers that draw into memory and need no display, as tests use them.
bool draws_into_memory() {
  const auto platform = environment("QT_QPA_PLATFORM");
  return platform == "offscreen" || platform == "minimal";
}

Screen find_screen() {
  if (const auto screen = x_screen()) return *screen;
  if (draws_into_memory()) return {1920, 1080};
  const auto display = environment("DISPLAY");
  throw Error(ErrorCode::usage,
              (display.empty() ? "there is no display to show frames on (DISPLAY is not set)"
                               : "the display " + display + " cannot be opened") +
                  "; run in a desktop session (of Wayland, one with XWayland) or over ssh -X, or "
                  "write a video in place of showing it");
}

}  // namespace

PreviewWindow::PreviewWindow(std::string title) : title_(std::move(title)) {
  const auto screen = find_screen();
  screen_width_ = screen.width;
  screen_height_ = screen.height;
}

PreviewWindow::~PreviewWindow() {
  if (!open_) return;
  try {
    cv::destroyWindow(title_);
  } catch (const cv::Exception&) {  // the user has closed it
  }
}

void PreviewWindow::open(const Image& picture) {
  cv::namedWindow(title_, cv::WINDOW_NORMAL | cv::WINDOW_KEEPRATIO | cv::WINDOW_GUI_NORMAL);
  const double scale = std::min({1.0, kLargestShare * screen_width_ / picture.width(),
                                 kLargestShare * screen_height_ / picture.height()});
  cv::resizeWindow(title_, std::max(1, cvRound(picture.width() * scale)),
                   std::max(1, cvRound(picture.height() * scale)));
  open_ = true;
}

bool PreviewWindow::show(const Image& picture) {
  if (ended_ || picture.empty()) return !ended_;
  try {
    const bool first = !open_;
    if (first) open(picture);
    ended_ = !first && cv::getWindowProperty(title_, cv::WND_PROP_VISIBLE) < 1;
    if (ended_) return false;
    cv::imshow(title_, cv::Mat(picture.height(), picture.width(), CV_8UC3,
                               const_cast<std::uint8_t*>(picture.pixels().data())));
    const int key = cv::waitKey(1);
    ended_ = key == 'q' || key == 'Q' || key == kEscape;
  } catch (const cv::Exception& error) {
    throw Error(ErrorCode::internal, "the window cannot be drawn: " + error.err);
  }
  return !ended_;
}

}  // namespace mien
