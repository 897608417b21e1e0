#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "dataset/annotated_pictures.h"

namespace mien {

/// The lines of an annotation with their numbers, one after the other. Line ends may be those of
/// any system; empty lines are passed over.
class AnnotationLines {
 public:
  /// Throws Error (input) when the file cannot be read or has more than 256 MiB.
  explicit AnnotationLines(std::filesystem::path path);

  bool at_end() const { return line_.empty(); }
  std::string_view line() const { return line_; }  ///< empty at the end
  std::size_t number() const { return number_; }   ///< of the line, from 1
  std::string_view following() const;              ///< the line after it; empty when there is none
  void advance();

  const std::filesystem::path& path() const { return path_; }

  /// Keeps what is wrong with a line, unless too much was wrong before.
  void complain(MarkedPictures& pictures, std::size_t number, const std::string& what) const;

 private:
  /// A line, and where the one after it begins.
  struct Found {
    std::string_view line;
    std::size_t next = 0;
    std::size_t number = 0;
  };

  Found find_next() const;

  std::filesystem::path path_;
  std::string text_;
  std::size_t next_ = 0;  ///< where the next line begins
  std::string_view line_;
  std::size_t number_ = 0;
};

enum class ParsedNumbers {
  good,
  other_text,    ///< more numbers, fewer, or no numbers
  out_of_range,  ///< one is over a million
};

/// Fills `numbers` from a text that holds as many, set apart by blanks or, when `separator` is no
/// blank, by one of it.
ParsedNumbers parse_numbers(std::string_view text, char separator, std::span<float> numbers);

/// Where a picture that an annotation names lies; nothing when the name leads out of the folder.
std::optional<std::filesystem::path> picture_in(const std::filesystem::path& folder,
                                                std::string_view name);

/// Compares faces with their picture's edges. Of a picture that is no JPEG file only the upper and
/// the left one are known: its faces' boxes are left as they are until it is decoded.
class FaceCheck {
 public:
  explicit FaceCheck(const std::filesystem::path& picture);
  std::optional<std::string> complaint(const MarkedFace& face) const;
  void cut(MarkedFace& face) const;

 private:
  float width_;
  float height_;
};

}  // namespace mien
