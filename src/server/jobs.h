#pragma once

#include <atomic>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "mien/frame_source.h"
#include "mien/video_analyzer.h"
#include "server/disk_space.h"
#include "server/job_run.h"
#include "server/job_status.h"
#include "server/job_timeline.h"
#include "server/private_folder.h"
#include "server/video_container.h"

namespace mien::server {

struct JobsOptions {
  /// Makes the analyzer for a model of `models`. Called in the thread that runs the jobs.
  std::function<VideoAnalyzer(const std::string& model)> make_analyzer;
  /// The names that a client may ask for, at least one; the first is the default. Never a path.
  std::vector<std::string> models;
  /// How uploads are read. Default: larger frames than 1920 pixels are scaled down, which bounds
  /// memory and the annotated video; larger ones than 8K are refused, and few threads decode, which
  /// bounds the decoder's memory; none but containers of video are opened, never playlists.
  FrameSourceOptions source = {.longest_side = 1920,
                               .formats = std::string(kVideoFormats),
                               .most_pixels = 36'000'000,
                               .decoder_threads = 2};
  AttributeChoice attributes;  ///< that the analyzers estimate
  std::size_t most_waiting = 8;
  /// Jobs that have ended and are kept, with their results. Default 20 and an hour; more take disk.
  std::size_t most_kept = 20;
  std::chrono::milliseconds keep = std::chrono::hours(1);
  std::uint64_t most_upload = 500ULL << 20;
  /// Of uploads and results, shared with whoever stores uploads before they become jobs.
  std::shared_ptr<DiskSpace> space = std::make_shared<DiskSpace>(10'000'000'000);
  /// Of one job. Default 2 hours and 2 GB: a hostile video blocks the others no longer than that.
  JobLimits limits = {std::chrono::hours(2), 2ULL << 30};
  /// Where the private folder is made.
  std::filesystem::path folder = temporary_folder();
};

struct NewJob {
  std::filesystem::path body;             ///< becomes the job's, or is removed when there is none
  std::shared_ptr<DiskShare> share = {};  ///< what the body takes; none: it is not counted yet
  std::string multipart;                  ///< the Content-Type, when the body is multipart
  std::string name;                       ///< as the client says; empty: that of the multipart file
  std::string model;                      ///< one of JobsOptions::models
};

/// Why there is no job.
enum class NoJob { too_many_wait, no_space };

/// Videos that are analyzed one after the other, in a thread of its own. Any thread may call any
/// function. Files are in one private folder, which begins empty and goes at the end.
class Jobs {
 public:
  /// Throws Error (internal) when the private folder cannot be made.
  explicit Jobs(JobsOptions options);
  Jobs(const Jobs&) = delete;
  Jobs& operator=(const Jobs&) = delete;
  ~Jobs();

  /// Cancels what runs and ends the threads. To be called before the io_context is destroyed in
  /// which coroutines wait for files(). No job is taken afterwards.
  void stop();

  const JobsOptions& options() const { return options_; }

  /// Where add() and remove(), which may take long, are to be called.
  boost::asio::thread_pool& files() { return files_; }

  /// Throws Error (input) when the body holds no video.
  std::variant<JobStatus, NoJob> add(const NewJob& job);
  /// All frames that were analyzed, and the faces in them.
  std::uint64_t frames() const { return frames_; }
  std::uint64_t faces() const { return faces_; }

  /// Whether add() would find too many waiting.
  bool is_full() const;

  std::vector<JobStatus> list();  ///< the newest first
  std::optional<JobStatus> find(const std::string& id);
  std::optional<JobTimeline> timeline(const std::string& id);
  /// The files of a job, and what they take of the disk: as long as somebody reads one of them it
  /// takes that, deleted or not. Those of its results are there when it is done.
  struct StoredFiles {
    JobFiles files;
    std::shared_ptr<DiskShare> share;
  };
  std::optional<StoredFiles> files_of(const std::string& id);

  /// Stops a job that waits or runs; its status afterwards, or nothing when there is none.
  std::optional<JobStatus> cancel(const std::string& id);
  /// Stops a job, waits for its end and deletes its files. False when there is none.
  bool remove(const std::string& id);

 private:
  struct Job;
  using Shared = std::shared_ptr<Job>;
  using Clock = std::chrono::steady_clock;

  bool store(const NewJob& job, Job& into) const;
  void work(const std::stop_token& stop);
  Shared next(const std::stop_token& stop);
  void run(const Shared& job);
  bool analyze(Job& job);
  void end(const Shared& job, JobState state, const std::string& message);
  void cancel(Job& job);
  void forget_old();
  std::size_t waiting() const;
  Shared find_shared(const std::string& id);
  static void remove_files(const Job& job);
  static void claim_space_for_json(Job& job);

  JobsOptions options_;
  PrivateFolder folder_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<Shared> jobs_;  ///< in the order in which they came
  Shared running_;
  bool stopping_ = false;
  std::atomic<std::uint64_t> frames_ = 0;
  std::atomic<std::uint64_t> faces_ = 0;
  std::string model_;                      ///< of analyzer_; the worker's own
  std::optional<VideoAnalyzer> analyzer_;  ///< of the last job, as the next often wants the same
  std::stop_source stop_;
  boost::asio::thread_pool files_{2};
  std::jthread worker_;
};

}  // namespace mien::server
