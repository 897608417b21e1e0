#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace mien {

enum class PictureKind { png, jpeg, webp, tiff, bmp };

/// What a picture file says of itself, read without decoding it.
struct PictureHeader {
  PictureKind kind = PictureKind::png;
  long long width = 0;  ///< pixels, before the orientation is applied
  long long height = 0;
  /// EXIF's 1..8; 1 is upright. Always 1 for TIFF: OpenCV's decoder turns those itself.
  int orientation = 1;
  bool transparent = false;
};

/// Reads the header, and walks through the file to see that all of it is there: decoders give a
/// half-gray picture for half a file. Throws BadPicture for what is cut off, damaged or not one of
/// the kinds. The bytes need not be trusted.
PictureHeader read_picture_header(std::span<const std::uint8_t> bytes);

/// The same PNG with nothing but its pixels and its palette. libpng writes what it thinks of the
/// other chunks, such as colour profiles, on standard error.
std::vector<std::uint8_t> essential_png(std::span<const std::uint8_t> bytes);

}  // namespace mien
