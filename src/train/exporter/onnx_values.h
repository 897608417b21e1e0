#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <initializer_list>
#include <string>

namespace mien::train {

/// A dimension of an input or output: a number, or a name when it is free.
struct Dimension {
  std::int64_t size = 0;
  const char* name = nullptr;
};

/// A float input or output.
void describe_value(onnx::ValueInfoProto& value, const std::string& name,
                    std::initializer_list<Dimension> dimensions);

}  // namespace mien::train
