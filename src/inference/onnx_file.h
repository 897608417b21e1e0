#pragma once

#include <filesystem>

namespace mien {

/// For programs that read ONNX files and believe what they say. Throws Error (model) unless the
/// file keeps all rules of ONNX and holds what it declares.
void check_onnx_file(const std::filesystem::path& path);

}  // namespace mien
