#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <string>
#include <vector>

namespace mien::test {

/// Writes small ONNX models node by node, so that the tests need no model files.
class OnnxBuilder {
 public:
  OnnxBuilder();

  /// A float input [N, channels, height, width] with N left open, and sizes of 0.
  std::string input(int channels, int height, int width);
  /// A float output [N, values].
  void output(const std::string& tensor, int values);
  /// A float output with so many axes of any size.
  void open_output(const std::string& tensor, int axes);

  std::string weights(const std::vector<std::int64_t>& shape, const std::vector<float>& values);
  /// The same weights for the same seed, uniform within +-scale.
  std::string random_weights(const std::vector<std::int64_t>& shape, float scale, unsigned seed);

  /// Adds a node with one output, and returns the output's name.
  std::string node(const std::string& operation, const std::vector<std::string>& inputs);
  /// Attributes of the node that was added last.
  void ints(const std::string& name, const std::vector<std::int64_t>& values);
  void number(const std::string& name, std::int64_t value);

  void metadata(const std::string& key, const std::string& value);

  const onnx::ModelProto& model() const { return model_; }
  onnx::ModelProto& model() { return model_; }
  std::string bytes() const { return model_.SerializeAsString(); }

 private:
  onnx::AttributeProto& attribute(const std::string& name);

  onnx::ModelProto model_;
  int names_ = 0;
};

}  // namespace mien::test
