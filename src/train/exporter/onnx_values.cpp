#include "train/exporter/onnx_values.h"

namespace mien::train {

void describe_value(onnx::ValueInfoProto& value, const std::string& name,
                    std::initializer_list<Dimension> dimensions) {
  value.set_name(name);
  auto& type = *value.mutable_type()->mutable_tensor_type();
  type.set_elem_type(onnx::TensorProto::FLOAT);
  for (const auto& dimension : dimensions) {
    auto& written = *type.mutable_shape()->add_dim();
    if (dimension.name != nullptr) {
      written.set_dim_param(dimension.name);
    } else {
      written.set_dim_value(dimension.size);
    }
  }
}

}  // namespace mien::train
