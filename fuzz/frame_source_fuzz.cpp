// Feeds what a user or a pipe gives to the parts of the frame sources that read it: names, sizes of
// raw frames, options, and the bytes of MJPEG and raw frames. Opens no file, camera or address.
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "mien/error.h"
#include "vision/source/jpeg_splitter.h"
#include "vision/source/selected_frames.h"
#include "vision/source/source_name.h"
#include "vision/source/standard_input.h"
#include "vision/source/stream_clock.h"

namespace mien {
namespace {

using Bytes = std::span<const std::uint8_t>;

void require(bool holds) {
  if (!holds) __builtin_trap();
}

/// Takes values from the front of the input; zeros when there is no more.
class Input {
 public:
  explicit Input(Bytes bytes) : bytes_(bytes) {}

  template <typename Value>
  Value take() {
    Value value{};
    const auto count = std::min(sizeof value, bytes_.size());
    std::memcpy(&value, bytes_.data(), count);
    bytes_ = bytes_.subspan(count);
    return value;
  }
  std::string text() {
    const auto count = std::min<std::size_t>(take<std::uint8_t>(), bytes_.size());
    std::string result(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(count));
    bytes_ = bytes_.subspan(count);
    return result;
  }
  Bytes rest() const { return bytes_; }

 private:
  Bytes bytes_;
};

void read_names(const std::string& name) {
  try {
    const auto number = camera_number(name);
    require(!number || (*number >= 0 && *number <= 999));
  } catch (const Error& error) {
    require(error.code() == ErrorCode::usage);
  }
  scheme_of(name);
  const auto pattern = sequence_pattern(name);
  if (!pattern) return;
  const auto file = pattern->path(12).filename().string();
  require(pattern->number(file) == 12);
  pattern->number(name);
}

std::optional<RawSize> read_raw_size(const std::string& text) {
  try {
    const auto size = parse_raw_size(text);
    require(size.width > 0 && size.height > 0 && size.rate > 0);
    return size;
  } catch (const Error& error) {
    require(error.code() == ErrorCode::usage);
    return std::nullopt;
  }
}

FrameSourceOptions take_options(Input& input) {
  FrameSourceOptions options;
  const auto which = input.take<std::uint8_t>();
  if ((which & 1U) != 0) options.start = input.take<double>();
  if ((which & 2U) != 0) options.end = input.take<double>();
  if ((which & 4U) != 0) options.every = input.take<int>();
  if ((which & 8U) != 0) options.rate = input.take<double>();
  if ((which & 16U) != 0) options.longest_side = input.take<int>();
  if ((which & 32U) != 0) options.connect_seconds = input.take<double>();
  if ((which & 64U) != 0) options.reconnects = input.take<int>();
  return options;
}

/// The pieces that come out must not depend on how the bytes come in.
void split(Bytes bytes, std::size_t block) {
  constexpr std::size_t kLimit = 1 << 16;
  JpegSplitter at_once(kLimit);
  JpegSplitter in_blocks(kLimit);
  long long difference = 0;
  const auto count = [&](JpegSplitter& splitter, int sign) {
    while (const auto jpeg = splitter.next()) {
      require(jpeg->size() >= 4 && (*jpeg)[0] == 0xFF && jpeg->back() == 0xD9);
      difference += sign * static_cast<long long>(jpeg->size());
    }
  };
  try {
    at_once.append(bytes);
    count(at_once, 1);
    for (std::size_t at = 0; at < bytes.size(); at += block) {
      in_blocks.append(bytes.subspan(at, std::min(block, bytes.size() - at)));
      count(in_blocks, -1);
    }
  } catch (const Error& error) {
    require(error.code() == ErrorCode::input);
    return;
  }
  require(difference == 0);
  require(at_once.broken() == in_blocks.broken() && at_once.is_within() == in_blocks.is_within());
}

void read_stream(Bytes bytes, const std::optional<RawSize>& size,
                 const FrameSourceOptions& options) {
  constexpr int kMostPixels = 1 << 16;  // or most of the time would go into blank memory
  if (size && size->width > kMostPixels / size->height) return;
  const int file = ::memfd_create("input", MFD_CLOEXEC);
  [[maybe_unused]] const auto written = ::write(file, bytes.data(), bytes.size());
  ::lseek(file, 0, SEEK_SET);
  auto interruption = std::make_shared<Interruption>();
  auto reader =
      size ? make_raw_reader(file, *size, interruption) : make_mjpeg_reader(file, interruption);
  SelectedFrames source(std::move(reader), interruption, "-", options);
  Frame frame;
  double before = -1;
  try {
    while (source.next(frame)) {
      require(frame.time > before && !frame.picture.empty());
      before = frame.time;
    }
  } catch (const Error& error) {
    require(error.code() == ErrorCode::input);
  }
  ::close(file);
}

void run(Bytes bytes) {
  Input input(bytes);
  read_names(input.text());
  const auto size = read_raw_size(input.text());
  const auto options = take_options(input);
  const auto block = std::size_t{input.take<std::uint8_t>()} + 1;
  split(input.rest(), block);
  StreamClock clock(size ? size->rate : 0);
  double time = -1;
  Input times(input.rest().first(std::min<std::size_t>(64, input.rest().size())));
  while (!times.rest().empty()) {
    const double next = clock.next(static_cast<double>(times.take<std::int32_t>()) / 1000);
    require(next > time);
    time = next;
  }
  try {
    check_options(options);
  } catch (const Error& error) {
    require(error.code() == ErrorCode::usage);
    return;
  }
  read_stream(input.rest(), size, options);
}

}  // namespace
}  // namespace mien

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  mien::run({data, size});
  return 0;
}
