#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

#include "mien/frame_source.h"
#include "mien/video_analyzer.h"

namespace mien::server {

/// Where the files of one job are.
struct JobFiles {
  std::filesystem::path folder;

  std::filesystem::path upload() const { return folder / "upload"; }
  std::filesystem::path json() const { return folder / "result.json"; }
  std::filesystem::path lines() const { return folder / "result.jsonl"; }
  std::filesystem::path csv() const { return folder / "result.csv"; }
  std::filesystem::path video() const { return folder / "annotated.mp4"; }
};

struct JobLimits {
  std::chrono::seconds time;  ///< for the analysis
  std::uintmax_t bytes;       ///< of all that is written
};

/// What to do, and who is told of it, in the thread that does it.
struct JobWork {
  JobFiles files;
  std::string name;  ///< in results and messages, in place of the file's own
  FrameSourceOptions source;
  JobLimits limits;
  AttributeChoice attributes;  ///< that the analyzer estimates
  /// Told how many bytes the files take by now; false when there are not so many for them.
  std::function<bool(std::uintmax_t)> claim;
  std::function<void(const SourceInfo&)> on_open;
  std::function<void(const FrameResult&)> on_frame;
  std::function<void(const std::string&)> on_notice;  ///< of what is no error
};

/// Analyzes the upload and writes result.jsonl, result.csv and annotated.mp4 beside it. False when
/// it was stopped, which it is soon. Throws Error: input when the video is broken, has no frame, or
/// is over a limit.
bool run_job(const JobWork& work, VideoAnalyzer& analyzer, const std::stop_token& stop);

/// What follows a job's name when the disk's share is used up.
inline constexpr const char* kNoSpaceForResults =
    ": no space is left for its results; delete jobs that are done and send it again";

/// The bytes that all the files take.
std::uintmax_t size_of(const JobFiles& files);

/// Writes result.json: {"job":...,"frames":[...]} with the lines of result.jsonl.
void write_result_json(const JobFiles& files, const std::string& job);

}  // namespace mien::server
