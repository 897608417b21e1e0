#include "vision/source/camera_reader.h"

#include <chrono>
#include <filesystem>
#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/videoio.hpp>
#include <string>
#include <utility>
#include <vector>

#include "mien/error.h"

namespace mien {
namespace {

using Clock = std::chrono::steady_clock;

/// While it lives, OpenCV keeps its words about cameras to itself.
class QuietOpenCv {
 public:
  QuietOpenCv() : before_(cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT)) {}
  QuietOpenCv(const QuietOpenCv&) = delete;
  QuietOpenCv& operator=(const QuietOpenCv&) = delete;
  ~QuietOpenCv() { cv::utils::logging::setLogLevel(before_); }

 private:
  cv::utils::logging::LogLevel before_;
};

class CameraReader final : public FrameReader {
 public:
  CameraReader(int number, std::shared_ptr<Interruption> interruption)
      : interruption_(std::move(interruption)), start_(Clock::now()) {
    const std::string device = "/dev/video" + std::to_string(number);
    std::error_code ignored;
    if (!std::filesystem::exists(device, ignored)) {
      throw Error(ErrorCode::input, "there is no " + device + "; plug the camera in");
    }
    const QuietOpenCv quiet;
    if (!camera_.open(number, cv::CAP_V4L2)) {
      throw Error(ErrorCode::input,
                  device + " cannot be opened; see that no other program uses it and that you may");
    }
    info_.live = true;
    info_.rate = camera_.get(cv::CAP_PROP_FPS);
    // Only a camera that has begun to send can be waited for.
    if (!camera_.grab()) fail_silent();
    first_waits_ = true;
  }

  const StreamInfo& info() const override { return info_; }
  std::optional<double> time() const override { return time_; }

  bool advance() override {
    const QuietOpenCv quiet;
    if (!std::exchange(first_waits_, false)) {
      if (!wait()) return false;
      if (!camera_.grab()) fail_silent();
    }
    time_ = std::chrono::duration<double>(Clock::now() - start_).count();
    return true;
  }

  bool read(Image& picture) override {
    const QuietOpenCv quiet;
    if (!camera_.retrieve(decoded_) || decoded_.type() != CV_8UC3) return false;
    picture.recreate(decoded_.cols, decoded_.rows, PixelFormat::bgr);
    cv::Mat target(decoded_.size(), CV_8UC3, picture.pixels().data());
    decoded_.copyTo(target);
    return true;
  }

 private:
  [[noreturn]] static void fail_silent() {
    throw Error(ErrorCode::input, "the camera gives no picture any more; plug it in again");
  }

  /// Waits for a frame in short steps, to be interrupted between them.
  bool wait() {
    constexpr int kSteps = 50;
    constexpr int64_t kStep = 100'000'000;  // nanoseconds
    std::vector<int> ready;
    for (int step = 0; step < kSteps && !interruption_->is_set(); ++step) {
      try {
        if (cv::VideoCapture::waitAny({camera_}, ready, kStep)) return true;
      } catch (const cv::Exception&) {  // the device is gone
        fail_silent();
      }
    }
    if (!interruption_->is_set()) fail_silent();
    return false;
  }

  std::shared_ptr<Interruption> interruption_;
  Clock::time_point start_;
  cv::VideoCapture camera_;
  cv::Mat decoded_;
  StreamInfo info_;
  std::optional<double> time_;
  bool first_waits_ = false;
};

}  // namespace

std::unique_ptr<FrameReader> open_camera(int number, std::shared_ptr<Interruption> interruption) {
  return std::make_unique<CameraReader>(number, std::move(interruption));
}

}  // namespace mien
