#pragma once

#include <map>
#include <optional>
#include <vector>

#include "history/session.h"
#include "mien/frame_result.h"
#include "mien/image.h"

namespace mien {

struct KeyFrameOptions {
  /// At most so many for each minute, 1..60. Of more stretches in a minute the longest stay.
  int per_minute = 6;
  /// Pixels of the longer side; larger pictures are made smaller.
  int longest_side = 480;
};

/// Finds in one pass the frames that best stand for each stretch in which a face showed one
/// expression for a second or more: of its frames the one in which the face is clearest (large,
/// well found, sure). Holds one picture per face and some of the last two minutes.
class KeyFrameFinder {
 public:
  /// Throws Error (usage) for an option out of range.
  explicit KeyFrameFinder(const KeyFrameOptions& options = {});

  /// The next frame, at `time` seconds, growing.
  void add(double time, const FrameResult& result, const ImageView& picture);

  /// Those that no later frame can replace; in the order of their times but for late ones.
  std::vector<KeyFrame> take(double now);
  /// The rest.
  std::vector<KeyFrame> finish();

 private:
  struct Stretch {
    KeyFrame frame;
    double begin = 0;
    double seen = 0;       ///< when the face was seen last
    double clearness = 0;  ///< of the frame
    bool emitted = false;  ///< while it lasts

    double length() const { return seen - begin; }
  };

  void follow(double time, const Face& face, const ImageView& picture);
  void close(const Stretch& stretch);
  static void keep_longest(std::vector<Stretch>& stretches, int most);
  void emit(long long minute, std::vector<KeyFrame>& frames);

  KeyFrameOptions options_;
  std::map<int, Stretch> open_;                       ///< by participant
  std::map<long long, std::vector<Stretch>> closed_;  ///< by the minute of the frame
  std::map<long long, int> emitted_;
};

}  // namespace mien
