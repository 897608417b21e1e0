// A day that thirty people were recorded: how long it takes to write, to look at and to report.
// Prints JSON.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "history/history.h"
#include "history/session_report.h"
#include "history/session_view.h"

namespace {

using Clock = std::chrono::steady_clock;

constexpr double kStart = 1.7e9;
constexpr int kBatch = 600;  // seconds that are written at once

struct Options {
  std::filesystem::path folder = std::filesystem::temp_directory_path();
  int people = 30;
  int hours = 24;
};

/// Somebody who shows the seven expressions in turn, for as long as fits their number.
mien::RecordedSecond second_of(int person, long long second) {
  const auto place = static_cast<std::size_t>(second / (20 + person) % 7);
  mien::RecordedSecond recorded{.participant = person, .second = second, .seen = 1};
  recorded.expression = mien::all_expressions().at(place);
  recorded.probabilities.fill(0.05F);
  recorded.probabilities.at(place) = 0.7F;
  recorded.confidence = 0.7;
  return recorded;
}

void record_day(mien::History& history, const Options& options) {
  const auto id = history.begin({.name = "a day", .started = kStart, .source = "camera:0"});
  mien::SessionBatch people;
  for (int person = 1; person <= options.people; ++person) {
    people.participants.push_back({.number = person, .last = 3600.0 * options.hours});
  }
  history.write(id, people);
  for (long long begin = 0; begin < 3600LL * options.hours; begin += kBatch) {
    mien::SessionBatch batch;
    for (int person = 1; person <= options.people; ++person) {
      for (long long i = 0; i < kBatch; ++i) {
        batch.seconds.push_back(second_of(person, begin + i));
      }
    }
    history.write(id, batch);
  }
  history.end(id, kStart + 3600.0 * options.hours);
}

template <typename Work>
double seconds_of(const Work& work) {
  const auto begun = Clock::now();
  work();
  return std::chrono::duration<double>(Clock::now() - begun).count();
}

void run(const Options& options) {
  const auto file = options.folder / "mien-bench-sessions.db";
  const auto clear = [&] {
    for (const auto* end : {"", "-wal", "-shm", ".lock"}) {
      std::filesystem::remove(file.string() + end);
    }
  };
  clear();
  nlohmann::ordered_json result;
  {
    mien::History history(file);
    result["write_seconds"] = seconds_of([&] { record_day(history, options); });
  }
  result["file_bytes"] = std::filesystem::file_size(file);
  const mien::History history(file, mien::History::Use::look);
  result["view_seconds"] = seconds_of([&] { mien::view_session(history, 1); });
  std::string page;
  result["report_seconds"] =
      seconds_of([&] { page = mien::report_of(history, {1}, {.indicators = true}); });
  result["report_bytes"] = page.size();
  fmt::print("{}\n", result.dump());
  clear();
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("A long session of many people: written, looked at, reported; prints JSON.");
  app.add_option("--folder", options.folder, "where the history is made")->capture_default_str();
  app.add_option("--people", options.people)->check(CLI::Range(1, 1000))->capture_default_str();
  app.add_option("--hours", options.hours)->check(CLI::Range(1, 100))->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    run(options);
  } catch (const std::exception& error) {
    fmt::print(stderr, "mien-bench-sessions: {}\n", error.what());
    return 1;
  }
}
