#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mien::train {

class WeightFile;

/// What a pickle holds. Values refer to others by their places in Pickle::values, so that one that
/// holds itself or stands in many places does no harm.
struct PickleValue {
  enum class Kind { none, number, text, sequence, dictionary, global, reference, call };

  Kind kind = Kind::none;
  std::int64_t number = 0;  ///< of an integer or a truth value; 0 for a fraction
  std::string text;         ///< of a text; "module name" of a global
  /// Of a sequence; of a dictionary key, value, key, value; of a reference what it refers to; of a
  /// call the global that is to be called, its arguments and, last, the state it is given, if any.
  std::vector<std::size_t> parts;
};

struct Pickle {
  std::vector<PickleValue> values;
  std::size_t root = 0;
  std::size_t length = 0;  ///< bytes that it took

  const PickleValue& operator[](std::size_t index) const { return values[index]; }
};

/// Reads a pickle of protocol 2 to 5 as data: what it wants to call is noted and never called.
/// What follows it in `bytes` is left alone. `file` rejects what is broken or something else.
Pickle read_pickle(std::string_view bytes, const WeightFile& file);

}  // namespace mien::train
