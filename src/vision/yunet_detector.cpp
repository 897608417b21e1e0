#include "vision/yunet_detector.h"

#include <algorithm>
#include <array>
#include <opencv2/core.hpp>
#include <opencv2/dnn.hpp>
#include <opencv2/dnn/shape_utils.hpp>
#include <opencv2/objdetect.hpp>
#include <string>

#include "core/recently_used.h"
#include "inference/onnx_file.h"
#include "inference/opencv_limits.h"
#include "mien/error.h"
#include "vision/scaled_face_detector.h"

namespace mien {
namespace {

constexpr int kUnit = 32;
/// Its largest stride: a smaller side has no cell of it.
constexpr int kSmallestSide = 64;
constexpr int kMostCandidates = 5000;
/// With more, a run takes more memory than fits_in_a_run() allows.
constexpr double kMostPixels = 1 << 20;
/// Each holds the model and its memory for one size of pictures.
constexpr std::size_t kMostDetectors = 3;

/// OpenCV's own default of the score; its documentation's overlap.
DetectorCard yunet_card() {
  DetectorCard card;
  card.smallest_face = 16;
  card.min_score = 0.9;
  card.max_overlap = 0.3;
  card.framing = {.margin = 0.9, .shift_down = 0};  // measured: docs/decisions.md
  return card;
}

/// How many boxes YuNet says for a picture of that size: some for each cell of four grids.
int boxes_of(const cv::Size& picture) {
  constexpr std::array<int, 4> kBoxesOfACell = {3, 2, 2, 3};
  cv::Size grid((picture.width + 1) / 2 / 2, (picture.height + 1) / 2 / 2);
  int boxes = 0;
  for (const int of_a_cell : kBoxesOfACell) {
    grid = {grid.width / 2, grid.height / 2};
    boxes += of_a_cell * grid.area();
  }
  return boxes;
}

class YunetFinder final : public FaceFinder {
 public:
  explicit YunetFinder(const std::filesystem::path& model) : where_(model.string()) {
    check_onnx_file(model);
    try {
      net_ = cv::dnn::readNetFromONNX(where_);
      check_weights();
      const cv::Mat gray(3 * kUnit, 2 * kUnit, CV_8UC3, cv::Scalar::all(128));
      find(gray, 1);
    } catch (const cv::Exception& error) {
      fail(error.err);
    }
  }

  const DetectorCard& card() const override { return card_; }
  int side_unit() const override { return kUnit; }
  double most_pixels() const override { return kMostPixels; }

  std::vector<FaceCandidate> find(const ImageView& picture, float min_score) override {
    // OpenCV has no view of constant pixels; these are only read.
    cv::Mat given(picture.height, picture.width, CV_8UC3, const_cast<std::uint8_t*>(picture.data));
    if (std::min(given.rows, given.cols) < kSmallestSide) {
      cv::copyMakeBorder(given, given, 0, std::max(0, kSmallestSide - given.rows), 0,
                         std::max(0, kSmallestSide - given.cols), cv::BORDER_CONSTANT);
    }
    return find(given, min_score);
  }

 private:
  std::vector<FaceCandidate> find(const cv::Mat& picture, float min_score) {
    const auto size = picture.size();
    auto& detector = detectors_.get(size, 1, [&] {
      check_outputs(size);
      return cv::FaceDetectorYN::create(where_, "", size, min_score,
                                        static_cast<float>(card_.max_overlap), kMostCandidates);
    });
    detector->setScoreThreshold(min_score);
    cv::Mat found;
    detector->detect(picture, found);
    std::vector<FaceCandidate> faces;
    for (int row = 0; row < found.rows; ++row) {
      if (cv::checkRange(found.row(row))) faces.push_back(to_candidate(found.ptr<float>(row)));
    }
    return faces;
  }

  /// x, y, width, height, five landmarks in Mien's order, score.
  static FaceCandidate to_candidate(const float* values) {
    FaceCandidate face{values[0],  values[1], values[0] + values[2], values[1] + values[3],
                       values[14], {}};
    for (std::size_t i = 0; i < face.landmarks.size(); ++i) {
      face.landmarks[i] = {values[4 + 2 * i], values[5 + 2 * i]};
    }
    return face;
  }

  /// Else it finds nothing, or anything, without a word.
  void check_weights() const {
    for (const auto& name : net_.getLayerNames()) {
      for (const auto& values : net_.getLayer(net_.getLayerId(name))->blobs) {
        if (!cv::checkRange(values)) fail("a weight of '" + name + "' is no finite number");
      }
    }
  }

  /// OpenCV reads as many boxes as a YuNet gives, whatever the model does.
  void check_outputs(const cv::Size& picture) const {
    const cv::dnn::MatShape input{1, 3, picture.height, picture.width};
    if (!fits_in_a_run(net_, input)) fail("it takes too much memory or time for one run");
    constexpr std::array<std::pair<const char*, int>, 3> kOutputs = {
        {{"loc", 14}, {"conf", 2}, {"iou", 1}}};
    for (const auto& [name, values] : kOutputs) {
      const int layer = net_.getLayerId(name);
      std::vector<cv::dnn::MatShape> inputs;
      std::vector<cv::dnn::MatShape> outputs;
      if (layer < 0) fail(std::string("it has no output '") + name + "'");
      net_.getLayerShapes(input, layer, inputs, outputs);
      if (outputs.empty() || cv::dnn::total(outputs.front()) != values * boxes_of(picture)) {
        fail(std::string("its output '") + name + "' is of another size");
      }
    }
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::model, where_ + ": not a YuNet that OpenCV 4.6 runs (" + what +
                                      "); give face_detection_yunet_2022mar.onnx");
  }

  DetectorCard card_ = yunet_card();
  std::string where_;
  cv::dnn::Net net_;  ///< for the shapes of its outputs
  RecentlyUsed<cv::Size, cv::Ptr<cv::FaceDetectorYN>> detectors_{kMostDetectors};
};

}  // namespace

std::unique_ptr<FaceDetector> make_yunet_detector(const std::filesystem::path& model,
                                                  const FaceDetectorOptions& options) {
  return make_scaled_detector(std::make_unique<YunetFinder>(model), options);
}

}  // namespace mien
