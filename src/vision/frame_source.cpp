#include "mien/frame_source.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "core/file_name.h"
#include "mien/error.h"
#include "vision/source/camera_reader.h"
#include "vision/source/interruption.h"
#include "vision/source/reconnecting_reader.h"
#include "vision/source/selected_frames.h"
#include "vision/source/sequence_reader.h"
#include "vision/source/source_name.h"
#include "vision/source/standard_input.h"
#include "vision/source/video_reader.h"

namespace mien {
namespace {

constexpr std::array<std::string_view, 4> kSchemes = {"http", "https", "rtsp", "rtsps"};
constexpr std::array<std::string_view, 22> kExtensions = {
    ".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg",  ".mpeg",  ".ts",   ".mts",  ".m2ts",
    ".wmv", ".asf", ".flv", ".f4v", ".ogv",  ".3gp", ".mjpg", ".mjpeg", ".h264", ".h265", ".vob"};

using Interrupted = std::shared_ptr<Interruption>;

struct Request {
  std::string input;
  FrameSourceOptions options;
  Interrupted interruption;
};

bool is_address(const std::string& input) {
  const auto scheme = scheme_of(input);
  return std::find(kSchemes.begin(), kSchemes.end(), scheme) != kSchemes.end();
}

bool is_file_name(const std::string& input) {
  return input != "-" && scheme_of(input).empty() && !input.starts_with("camera:");
}

/// With a place for a number, or what was meant for one.
bool is_sequence_name(const std::string& input) {
  return is_file_name(input) && input.find('%') != std::string::npos;
}

std::unique_ptr<FrameReader> keep_connected(std::unique_ptr<FrameReader> first,
                                            ReconnectingReader::Open open, const Request& request) {
  ReconnectOptions options{.most = request.options.reconnects, .notice = {}};
  if (const auto& notice = request.options.notice) {
    options.notice = [notice, input = request.input](const std::string& text) {
      notice(input + ": " + text);
    };
  }
  return std::make_unique<ReconnectingReader>(std::move(first), std::move(open), options,
                                              request.interruption);
}

std::unique_ptr<FrameReader> open_standard_input(const Request& request) {
  if (request.options.raw_size.empty()) {
    return make_mjpeg_reader(STDIN_FILENO, request.interruption);
  }
  return make_raw_reader(STDIN_FILENO, parse_raw_size(request.options.raw_size),
                         request.interruption);
}

std::unique_ptr<FrameReader> open_the_camera(const Request& request) {
  const int number = camera_number(request.input).value_or(0);
  const auto open = [number, interruption = request.interruption] {
    return open_camera(number, interruption);
  };
  return keep_connected(open(), open, request);
}

std::unique_ptr<FrameReader> open_address(const Request& request) {
  const auto address = scheme_of(request.input) + request.input.substr(request.input.find("://"));
  VideoReaderOptions options;
  options.network = true;
  options.answer_seconds = request.options.connect_seconds;
  const auto open = [address, options, interruption = request.interruption] {
    return std::make_unique<VideoReader>(address, options, interruption);
  };
  auto first = open();
  if (!first->info().live) return first;
  return keep_connected(std::move(first), open, request);
}

std::unique_ptr<FrameReader> open_sequence(const Request& request) {
  const auto pattern = sequence_pattern(request.input);
  if (!pattern) {
    throw Error(ErrorCode::input, "its name has no place for a number, such as img_%05d.png");
  }
  return make_sequence_reader(*pattern);
}

std::unique_ptr<FrameReader> open_video_file(const Request& request) {
  std::error_code error;
  const auto status = std::filesystem::status(request.input, error);
  if (!std::filesystem::exists(status)) {
    throw Error(ErrorCode::input, "no such file; check the path");
  }
  if (std::filesystem::is_directory(status)) {
    throw Error(ErrorCode::input, "a folder, not a video; give a file in it");
  }
  if (std::filesystem::is_regular_file(status) &&
      std::filesystem::file_size(request.input, error) == 0) {
    throw Error(ErrorCode::input, "the file is empty; get it again from where it came");
  }
  VideoReaderOptions options;
  options.formats = request.options.formats;
  options.most_pixels = request.options.most_pixels;
  options.decoder_threads = request.options.decoder_threads;
  return std::make_unique<VideoReader>("file:" + request.input, options, request.interruption);
}

struct ReaderKind {
  std::string_view name;
  bool (*fits)(const std::string& input);
  std::unique_ptr<FrameReader> (*open)(const Request& request);
};

/// In the order in which they are tried.
constexpr std::array<ReaderKind, 5> kReaders = {{
    {"standard input", [](const std::string& input) { return input == "-"; }, open_standard_input},
    {"camera", [](const std::string& input) { return input.starts_with("camera:"); },
     open_the_camera},
    {"network stream", is_address, open_address},
    {"image sequence", is_sequence_name, open_sequence},
    {"video file", is_file_name, open_video_file},
}};

/// One with the name before its words; all of a reader's own errors begin without it.
[[noreturn]] void fail_with(const std::string& input, const std::vector<std::string>& reasons) {
  if (reasons.empty()) {
    throw Error(ErrorCode::input, input + ": no reader for " + scheme_of(input) +
                                      "://; give a file, camera:N, rtsp:// or http://");
  }
  if (reasons.size() == 1) {
    const auto& reason = reasons.front();
    throw Error(ErrorCode::input, input + ": " + reason.substr(reason.find(": ") + 2));
  }
  std::string all;
  for (const auto& reason : reasons) all += (all.empty() ? "" : " | ") + reason;
  throw Error(ErrorCode::input, input + ": cannot be opened: " + all);
}

/// Puts the source's name before what its reader says.
class NamedReader final : public FrameReader {
 public:
  NamedReader(std::unique_ptr<FrameReader> reader, std::string name)
      : reader_(std::move(reader)), name_(std::move(name)) {}

  const StreamInfo& info() const override { return reader_->info(); }
  std::optional<double> time() const override { return reader_->time(); }
  bool advance() override {
    return named([this] { return reader_->advance(); });
  }
  bool read(Image& picture) override {
    return named([&] { return reader_->read(picture); });
  }
  long long skip_to(double seconds) override {
    return named([&] { return reader_->skip_to(seconds); });
  }

 private:
  template <typename Work>
  auto named(const Work& work) -> decltype(work()) {
    try {
      return work();
    } catch (const Error& error) {
      const std::string words = error.what();
      throw Error(error.code(), words.starts_with(name_) ? words : name_ + ": " + words);
    }
  }

  std::unique_ptr<FrameReader> reader_;
  std::string name_;
};

}  // namespace

std::unique_ptr<FrameSource> open_frame_source(const std::string& input,
                                               const FrameSourceOptions& options) {
  check_options(options);
  camera_number(input);
  if (!options.raw_size.empty() && input != "-") {
    throw Error(ErrorCode::usage, input + ": a size of raw frames goes with - alone; leave it out");
  }
  const Request request{input, options, std::make_shared<Interruption>()};
  const std::stop_callback on_stop(options.stop,
                                   [interruption = request.interruption] { interruption->set(); });
  std::vector<std::string> reasons;
  for (const auto& kind : kReaders) {
    if (!kind.fits(input)) continue;
    try {
      auto reader = std::make_unique<NamedReader>(kind.open(request), input);
      auto source =
          std::make_unique<SelectedFrames>(std::move(reader), request.interruption, input, options);
      if (kind.open == open_video_file) source->set_file(input);
      return source;
    } catch (const Error& error) {
      if (error.code() != ErrorCode::input) throw;
      reasons.push_back(std::string(kind.name) + ": " + error.what());
    }
  }
  fail_with(input, reasons);
}

bool has_frame_source_name(const std::string& input) {
  if (input == "-" || input.starts_with("camera:") || is_address(input)) return true;
  if (!is_file_name(input)) return false;
  std::error_code ignored;
  if (sequence_pattern(input)) return !std::filesystem::exists(input, ignored);
  const auto extension = lower_case_extension(input);
  return std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end();
}

}  // namespace mien
