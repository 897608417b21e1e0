#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "server/job_timeline.h"

namespace mien::server {

enum class JobState { queued, running, done, failed, cancelled };
std::string_view name(JobState state);

/// What is known of a job at one moment.
struct JobStatus {
  std::string id;    ///< 128 random bits, in hexadecimal
  std::string name;  ///< as it may be shown
  std::string model;
  JobState state = JobState::queued;
  std::string message;  ///< why it failed, or what its results lack
  long long frames = 0;
  std::optional<long long> frames_total;  ///< about as many
  std::chrono::system_clock::time_point created;
  std::optional<JobSummary> summary;  ///< of one that is done
};

/// The job as GET /api/v1/jobs/ID gives it.
std::string to_json(const JobStatus& status);

}  // namespace mien::server
