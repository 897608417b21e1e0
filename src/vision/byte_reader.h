#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>

namespace mien {

/// Why a file is no picture that can be used, and what to do about it. It stays within src/vision:
/// read_picture adds the file's name.
class BadPicture : public std::runtime_error {
 public:
  BadPicture(const std::string& what, const std::string& advice)
      : std::runtime_error(what + "; " + advice) {}
};

[[noreturn]] inline void throw_cut_off() {
  throw BadPicture("the file is cut off", "get it again from where it came");
}

/// Numbers of either byte order out of bytes that nobody has checked.
class ByteReader {
 public:
  enum class Order { big_endian, little_endian };

  ByteReader(std::span<const std::uint8_t> bytes, Order order) : bytes_(bytes), order_(order) {}

  std::size_t size() const { return bytes_.size(); }

  /// Throws BadPicture when the part is not all there.
  std::span<const std::uint8_t> part(std::size_t at, std::size_t count) const {
    if (at > bytes_.size() || count > bytes_.size() - at) throw_cut_off();
    return bytes_.subspan(at, count);
  }

  std::uint8_t u8(std::size_t at) const { return part(at, 1)[0]; }
  std::uint16_t u16(std::size_t at) const { return static_cast<std::uint16_t>(number(at, 2)); }
  std::uint32_t u24(std::size_t at) const { return number(at, 3); }
  std::uint32_t u32(std::size_t at) const { return number(at, 4); }

  bool has(std::size_t at, std::string_view text) const {
    if (at > bytes_.size() || text.size() > bytes_.size() - at) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (bytes_[at + i] != static_cast<std::uint8_t>(text[i])) return false;
    }
    return true;
  }

 private:
  std::uint32_t number(std::size_t at, std::size_t count) const {
    const auto bytes = part(at, count);
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const auto byte = order_ == Order::big_endian ? bytes[i] : bytes[count - 1 - i];
      value = (value << 8U) | byte;
    }
    return value;
  }

  std::span<const std::uint8_t> bytes_;
  Order order_;
};

}  // namespace mien
