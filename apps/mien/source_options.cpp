#include "source_options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cmath>
#include <string_view>

#include "mien/error.h"

namespace mien::apps {
namespace {

/// CLI11's own checks of numbers name the largest number that there is, with 309 digits.
CLI::Validator number(bool zero_allowed) {
  const std::string wanted = zero_allowed ? "give a number from 0 on" : "give a number above 0";
  return CLI::Validator(
      [zero_allowed, wanted](std::string& text) {
        double value = 0;
        const bool is_number = CLI::detail::lexical_cast(text, value) && std::isfinite(value);
        return is_number && (value > 0 || (zero_allowed && value == 0)) ? std::string() : wanted;
      },
      "");
}

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || !std::isfinite(value) || std::signbit(value)) return std::nullopt;
  return value;
}

double checked_time(const char* option, const std::string& text) {
  const auto seconds = seconds_of(text);
  if (!seconds) {
    throw Error(ErrorCode::usage, fmt::format("{} {}: not a time; give seconds or [hours:]minutes:"
                                              "seconds, such as 90 or 1:30",
                                              option, text));
  }
  return *seconds;
}

}  // namespace

std::optional<double> seconds_of(const std::string& text) {
  constexpr int kMostParts = 3;
  double seconds = 0;
  std::string_view rest = text;
  for (int parts = 1; parts <= kMostParts; ++parts) {
    const auto colon = rest.find(':');
    const bool last = colon == std::string_view::npos;
    const auto part = number_of(rest.substr(0, colon));
    const bool fits = part && (last || std::floor(*part) == *part) && (parts == 1 || *part < 60);
    if (!fits) return std::nullopt;
    seconds = 60 * seconds + *part;
    if (last) return seconds;
    rest.remove_prefix(colon + 1);
  }
  return std::nullopt;
}

void SourceOptions::add_to(CLI::App& command) {
  const std::string group = "Videos, cameras and streams";
  command.add_option("--start", start, "begin there: seconds or [hours:]minutes:seconds")
      ->type_name("TIME")
      ->group(group);
  command.add_option("--end", end, "end there")->type_name("TIME")->group(group);
  auto* every = command.add_option("--every", frames.every, "take every Nth frame")
                    ->type_name("N")
                    ->check(CLI::Range(1, 1'000'000).description(""))
                    ->group(group);
  command.add_option("--rate", frames.rate, "take at most N frames a second")
      ->type_name("N")
      ->check(number(false))
      ->excludes(every)
      ->group(group);
  command
      .add_option("--longest-side", frames.longest_side,
                  "scale larger frames down to that many pixels")
      ->type_name("PIXELS")
      ->check(number(true))
      ->group(group);
  command
      .add_option("--raw-size", frames.raw_size,
                  "standard input gives raw frames of that size, blue, green, red, 8 bits each; "
                  "without it, JPEG pictures one after the other (MJPEG)")
      ->type_name("WIDTHxHEIGHT[@RATE]")
      ->group(group);
  command
      .add_option("--timeout", frames.connect_seconds,
                  "give a network address up that does not answer for that many seconds")
      ->type_name("SECONDS")
      ->check(number(false))
      ->capture_default_str()
      ->group(group);
}

FrameSourceOptions SourceOptions::checked() const {
  auto options = frames;
  if (start) options.start = checked_time("--start", *start);
  if (end) options.end = checked_time("--end", *end);
  if (options.end && *options.end <= options.start) {
    throw Error(ErrorCode::usage, "--end " + *end + ": not after the start; give a later time");
  }
  return options;
}

void FollowingOptions::add_to(CLI::App& command) {
  const std::string group = "Finding and following faces";
  DetectorOptions::add_to(command, group);
  auto* every = command
                    .add_option("--detect-every", follower.detect_every,
                                "look for new faces in the whole of every Nth frame; 1 is every "
                                "frame. Without it, where the picture changed")
                    ->type_name("N")
                    ->check(CLI::Range(1, 1'000'000).description(""))
                    ->group(group);
  command
      .add_flag("!--no-straighten", straighten,
                "leave tilted heads as they are; by default they are set upright for the model, "
                "where the detector gives landmarks")
      ->group(group);
  command
      .add_option("--searches-per-second", follower.searches_per_second,
                  "without --detect-every: at most that many whole frames a second; 0 searches "
                  "every frame")
      ->type_name("N")
      ->check(number(true))
      ->excludes(every)
      ->capture_default_str()
      ->group(group);
  command
      .add_option("--smoothing", smoothing,
                  "steady each face's expression over time: none, majority or exponential")
      ->type_name("KIND")
      ->capture_default_str()
      ->group(group);
  command
      .add_option("--readings-per-second", reading.steady_readings_per_second,
                  "a face whose expression stays is read that often, 1 or more; one that is new or "
                  "changes, in every frame. 0 reads all in every frame")
      ->type_name("N")
      ->check(number(true))
      ->capture_default_str()
      ->group(group);
}

VideoOptions FollowingOptions::video(const ModelOptions& model) const {
  const auto kind = smoothing_from_name(smoothing);
  if (!kind) {
    throw Error(ErrorCode::usage,
                "--smoothing " + smoothing + ": give none, majority or exponential");
  }
  VideoOptions options;
  options.analyzer = {.model = model.model,
                      .network = model.network(),
                      .detector = detector,
                      .straighten = straighten,
                      .augmentation = TestTimeAugmentation::none,
                      .limits = {}};
  options.analyzer.detector.threads = model.threads;
  options.follower = follower;
  options.reading = reading;
  options.reading.smoothing.kind = *kind;
  return options;
}

}  // namespace mien::apps
