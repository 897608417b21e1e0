#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace mien {

/// Finds the JPEGs in a stream of bytes that nobody has checked. What is between them, such as the
/// headers of a multipart stream, is passed over.
class JpegSplitter {
 public:
  static constexpr std::size_t kDefaultLimit = std::size_t{64} << 20U;

  /// `limit`: bytes of one JPEG, and bytes without one.
  explicit JpegSplitter(std::size_t limit = kDefaultLimit) : limit_(limit) {}

  /// Invalidates what next() returned.
  void append(std::span<const std::uint8_t> bytes);

  /// The next JPEG that is there from its beginning to its end. Throws Error (input) when a limit
  /// is passed.
  std::optional<std::span<const std::uint8_t>> next();

  /// Whether the bytes so far end within a JPEG.
  bool is_within() const { return state_ != State::between; }

  /// How many began and were not finished before something else began.
  long long broken() const { return broken_; }

 private:
  enum class State { between, segments, pixels };
  enum class Step { needs_more, went_on, found };

  Step find_begin();
  Step pass_segment();
  Step pass_pixels();
  void check_limit() const;

  std::size_t limit_;
  std::vector<std::uint8_t> buffer_;
  State state_ = State::between;
  std::size_t begin_ = 0;  ///< of the JPEG, or of what has not been looked at
  std::size_t at_ = 0;     ///< within the JPEG
  std::size_t passed_over_ = 0;
  long long broken_ = 0;
};

}  // namespace mien
