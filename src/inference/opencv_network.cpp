#include "inference/opencv_network.h"

#include <algorithm>
#include <cmath>
#include <opencv2/dnn.hpp>

#include "inference/joined_outputs.h"
#include "inference/opencv_limits.h"
#include "mien/error.h"

namespace mien {
namespace {

/// Faces of one call to OpenCV. With mien-base, 16 take a seventh less processor time a face than
/// one by one; more gain nothing.
constexpr int kBatch = 16;

/// OpenCV 4.6 fixes broadcasts for the batch size that it finds in the file, and an open one counts
/// as 1: a squeeze-and-excitation block then fails for any other. So each batch size gets its own
/// network, made from a graph that names it.
cv::dnn::Net load(const onnx::ModelProto& proto, int batch) {
  onnx::ModelProto fixed = proto;
  auto* graph = fixed.mutable_graph();
  graph->clear_value_info();
  const auto set_batch = [batch](onnx::ValueInfoProto& value) {
    auto* shape = value.mutable_type()->mutable_tensor_type()->mutable_shape();
    shape->mutable_dim(0)->set_dim_value(batch);
  };
  const std::string input = input_name(*graph);
  for (auto& value : *graph->mutable_input()) {
    if (value.name() == input) set_batch(value);
  }
  for (auto& value : *graph->mutable_output()) set_batch(value);
  const std::string bytes = fixed.SerializeAsString();
  auto net = cv::dnn::readNetFromONNX(bytes.data(), bytes.size());
  net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
  net.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
  return net;
}

class OpencvNetwork final : public Network {
 public:
  explicit OpencvNetwork(const OnnxModel& model)
      : card_(model.card), sizes_(output_sizes(model.card)), where_(model.where) {
    for (const auto& output : model.proto.graph().output()) names_.push_back(output.name());
    try {
      one_ = load(model.proto, 1);
      if (!fits_in_a_run(one_, input_shape(1)))
        fail("it takes too much memory or time for one run");
      many_ = load(model.proto, kBatch);
      if (fits_in_a_run(many_, input_shape(kBatch))) batch_ = kBatch;
    } catch (const cv::Exception& error) {
      fail("OpenCV cannot load it (" + error.err + ")");
    }
    // A model that loads may still fail when run: better here than at the first face.
    const std::vector<float> blank(face_size() * static_cast<std::size_t>(batch_ + 1));
    run(blank);
  }

  const ModelCard& card() const override { return card_; }

  std::vector<float> run(std::span<const float> faces) override {
    if (faces.size() % face_size() != 0) {
      throw Error(ErrorCode::internal, "Network::run: not a whole number of faces");
    }
    std::vector<float> values(faces.size() / face_size() * values_per_face(sizes_));
    std::span<float> rest = values;
    while (!faces.empty()) {
      const auto many = face_size() * static_cast<std::size_t>(batch_);
      const int batch = faces.size() >= many ? batch_ : 1;
      const auto part = faces.first(face_size() * static_cast<std::size_t>(batch));
      const auto output = rest.first(static_cast<std::size_t>(batch) * values_per_face(sizes_));
      run_batch(batch == 1 ? one_ : many_, part, batch, output);
      faces = faces.subspan(part.size());
      rest = rest.subspan(output.size());
    }
    return values;
  }

 private:
  std::size_t face_size() const {
    return static_cast<std::size_t>(card_.input.width) *
           static_cast<std::size_t>(card_.input.height);
  }

  cv::dnn::MatShape input_shape(int batch) const {
    return {batch, 1, card_.input.height, card_.input.width};
  }

  void run_batch(cv::dnn::Net& net, std::span<const float> faces, int batch,
                 std::span<float> joined) const {
    cv::Mat input(input_shape(batch), CV_32F);
    std::copy(faces.begin(), faces.end(), input.ptr<float>());
    std::vector<cv::Mat> outputs;
    try {
      net.setInput(input);
      if (sizes_.size() == 1) {
        outputs.push_back(net.forward());
      } else {
        net.forward(outputs, names_);
      }
    } catch (const cv::Exception& error) {
      fail("OpenCV cannot run it (" + error.err + ")");
    }
    std::vector<std::vector<float>> values;
    for (std::size_t i = 0; i < sizes_.size(); ++i) {
      values.push_back(checked(outputs[i], batch, sizes_[i]));
    }
    join_outputs(values, sizes_, joined);
  }

  std::vector<float> checked(const cv::Mat& output, int batch, std::size_t size) const {
    const std::size_t expected = static_cast<std::size_t>(batch) * size;
    if (output.type() != CV_32F || !output.isContinuous() || output.total() != expected) {
      fail("expected " + std::to_string(expected) + " outputs for " + std::to_string(batch) +
           " faces, found " + std::to_string(output.total()));
    }
    const std::span<const float> values(output.ptr<float>(), expected);
    if (!std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); })) {
      fail("its output is not a finite number");
    }
    return {values.begin(), values.end()};
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::model, where_ + ": " + what + "; export the model again");
  }

  ModelCard card_;
  std::vector<std::size_t> sizes_;  // of each output, for a face
  std::vector<cv::String> names_;   // of the outputs
  std::string where_;
  cv::dnn::Net one_;
  cv::dnn::Net many_;
  int batch_ = 1;  // faces of a run of many_
};

}  // namespace

std::unique_ptr<Network> make_opencv_network(const OnnxModel& model,
                                             const NetworkOptions& options) {
  if (options.precision != Precision::float32) {
    throw Error(ErrorCode::usage,
                "OpenCV's dnn computes in float32 alone; use --engine onednn for " +
                    std::string(name(options.precision)));
  }
  check_well_formed(model.proto, model.where);
  return std::make_unique<OpencvNetwork>(model);
}

}  // namespace mien
