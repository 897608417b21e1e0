#include "server/jobs.h"

#include <sys/random.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <exception>
#include <system_error>
#include <utility>

#include "mien/error.h"
#include "output/shown_name.h"
#include "server/multipart.h"

namespace mien::server {
namespace {

using Path = std::filesystem::path;

constexpr int kNiceness = 10;
constexpr auto kShortestWait = std::chrono::milliseconds(10);

/// Nobody guesses it, so that it is known to those alone who were told.
std::string random_id() {
  std::array<unsigned char, 16> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    throw Error(ErrorCode::internal, "the system gives no random numbers; try again");
  }
  std::string id;
  for (const auto byte : bytes) {
    id += "0123456789abcdef"[byte >> 4U];
    id += "0123456789abcdef"[byte & 15U];
  }
  return id;
}

/// Removes what a request left, unless it was moved away.
class Removed {
 public:
  explicit Removed(Path path) : path_(std::move(path)) {}
  Removed(const Removed&) = delete;
  Removed& operator=(const Removed&) = delete;
  ~Removed() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  void keep() { path_.clear(); }

 private:
  Path path_;
};

[[noreturn]] void fail_to_store(const std::error_code& error) {
  throw Error(ErrorCode::internal,
              "the upload cannot be stored: " + error.message() + "; free space on the disk");
}

void move_file(const Path& from, const Path& to) {
  std::error_code error;
  std::filesystem::rename(from, to, error);
  if (!error) return;
  std::filesystem::copy_file(from, to, error);  // from another file system
  if (error) fail_to_store(error);
}

bool has_ended(JobState state) { return state != JobState::queued && state != JobState::running; }

}  // namespace

struct Jobs::Job {
  JobStatus status;
  JobFiles files;
  std::shared_ptr<DiskShare> share;  ///< of its files
  JobTimeline timeline;
  std::stop_source stop;
  Clock::time_point ended;
};

Jobs::Jobs(JobsOptions options)
    : options_(std::move(options)),
      folder_(options_.folder, "mien-jobs"),
      worker_([this](const std::stop_token& stop) { work(stop); }) {}

Jobs::~Jobs() { stop(); }

void Jobs::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const auto& job : jobs_) cancel(*job);
  }
  stop_.request_stop();
  worker_.request_stop();
  if (worker_.joinable()) worker_.join();
  files_.join();
  folder_.remove();
}

std::size_t Jobs::waiting() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      jobs_, [](const Shared& job) { return job->status.state == JobState::queued; }));
}

bool Jobs::is_full() const {
  const std::lock_guard lock(mutex_);
  return stopping_ || waiting() >= options_.most_waiting;
}

std::variant<JobStatus, NoJob> Jobs::add(const NewJob& wish) {
  const Removed body(wish.body);
  if (is_full()) return NoJob::too_many_wait;
  const auto job = std::make_shared<Job>();
  job->status.id = random_id();
  job->status.model = wish.model;
  job->status.created = std::chrono::system_clock::now();
  job->files.folder = folder_.path() / job->status.id;
  Removed folder(job->files.folder);
  if (!store(wish, *job)) return NoJob::no_space;
  const std::lock_guard lock(mutex_);
  if (stopping_ || waiting() >= options_.most_waiting) return NoJob::too_many_wait;
  folder.keep();
  jobs_.push_back(job);
  changed_.notify_all();
  return job->status;
}

/// Brings the video to its place and finds its name. False when there is no space for it.
bool Jobs::store(const NewJob& wish, Job& into) const {
  std::error_code error;
  const auto size = std::filesystem::file_size(wish.body, error);
  if (error) fail_to_store(error);
  into.share = wish.share ? wish.share : std::make_shared<DiskShare>(options_.space);
  // A multipart body and the file in it are there at the same time.
  if (!into.share->resize(wish.multipart.empty() ? size : 2 * size)) return false;
  std::filesystem::create_directory(into.files.folder, error);
  if (error) fail_to_store(error);
  const auto upload = into.files.upload();
  std::string sent_name;
  if (wish.multipart.empty()) {
    move_file(wish.body, upload);
  } else {
    sent_name = extract_multipart(wish.body, wish.multipart, upload, stop_.get_token());
  }
  into.status.name = shown_file_name(wish.name.empty() ? sent_name : wish.name, "video");
  check_is_video(upload, into.status.name);
  if (!wish.multipart.empty()) std::filesystem::remove(wish.body, error);
  return into.share->resize(size_of(into.files));
}

/// The job of that id, which was not forgotten. With the mutex locked.
Jobs::Shared Jobs::find_shared(const std::string& id) {
  forget_old();
  const auto found =
      std::ranges::find_if(jobs_, [&](const Shared& job) { return job->status.id == id; });
  return found == jobs_.end() ? nullptr : *found;
}

std::vector<JobStatus> Jobs::list() {
  const std::lock_guard lock(mutex_);
  forget_old();
  std::vector<JobStatus> all;
  for (const auto& job : jobs_) all.push_back(job->status);
  std::ranges::reverse(all);
  return all;
}

std::optional<JobStatus> Jobs::find(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto job = find_shared(id);
  return job ? std::optional(job->status) : std::nullopt;
}

std::optional<JobTimeline> Jobs::timeline(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto job = find_shared(id);
  return job ? std::optional(job->timeline) : std::nullopt;
}

std::optional<Jobs::StoredFiles> Jobs::files_of(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto job = find_shared(id);
  return job ? std::optional(StoredFiles{job->files, job->share}) : std::nullopt;
}

/// With the mutex locked. It counts as cancelled at once; what runs ends soon.
void Jobs::cancel(Job& job) {
  if (has_ended(job.status.state)) return;
  const bool waits = job.status.state == JobState::queued;
  job.status.state = JobState::cancelled;
  job.ended = Clock::now();
  job.stop.request_stop();
  if (waits) {
    boost::asio::post(files_, [folder = job.files.folder, share = job.share] {
      std::error_code ignored;
      std::filesystem::remove_all(folder, ignored);
      share->resize(0);
    });
  }
}

std::optional<JobStatus> Jobs::cancel(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const auto job = find_shared(id);
  if (!job) return {};
  cancel(*job);
  return job->status;
}

bool Jobs::remove(const std::string& id) {
  std::unique_lock lock(mutex_);
  const auto job = find_shared(id);
  if (!job) return false;
  cancel(*job);
  std::erase(jobs_, job);
  changed_.wait(lock, [&] { return running_ != job; });
  lock.unlock();
  remove_files(*job);
  return true;
}

void Jobs::remove_files(const Job& job) {
  std::error_code ignored;
  std::filesystem::remove_all(job.files.folder, ignored);
}

/// Those that ended long ago, and the oldest when there are too many. With the mutex locked.
void Jobs::forget_old() {
  const auto now = Clock::now();
  auto ended = static_cast<std::size_t>(
      std::ranges::count_if(jobs_, [](const Shared& job) { return has_ended(job->status.state); }));
  std::erase_if(jobs_, [&](const Shared& job) {
    if (!has_ended(job->status.state) || job == running_) return false;
    if (ended <= options_.most_kept && now - job->ended < options_.keep) return false;
    --ended;
    boost::asio::post(files_, [job] { remove_files(*job); });
    return true;
  });
}

void Jobs::work(const std::stop_token& stop) {
  // Live clients go before. On Linux this is of the thread and of those that it starts.
  ::setpriority(PRIO_PROCESS, 0, kNiceness);
  while (const auto job = next(stop)) run(job);
}

/// Waits for a job; nothing when there will be none.
Jobs::Shared Jobs::next(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  const auto is_queued = [](const Shared& job) { return job->status.state == JobState::queued; };
  while (!stop.stop_requested()) {
    const auto found = std::ranges::find_if(jobs_, is_queued);
    if (found != jobs_.end()) {
      (*found)->status.state = JobState::running;
      running_ = *found;
      return running_;
    }
    forget_old();
    auto wake = Clock::now() + options_.keep;
    for (const auto& job : jobs_) wake = std::min(wake, job->ended + options_.keep);
    wake = std::max(wake, Clock::now() + kShortestWait);
    changed_.wait_until(lock, stop, wake, [&] { return std::ranges::any_of(jobs_, is_queued); });
  }
  return nullptr;
}

void Jobs::run(const Shared& job) {
  try {
    if (analyze(*job)) {
      end(job, JobState::done, "");
    } else {
      end(job, JobState::cancelled, "");
    }
  } catch (const std::exception& error) {
    end(job, JobState::failed, error.what());
  }
}

/// False when it was stopped.
bool Jobs::analyze(Job& job) {
  const auto with_lock = [&](const auto& change) {
    const std::lock_guard lock(mutex_);
    change(job);
  };
  if (model_ != job.status.model || !analyzer_) {
    analyzer_.reset();
    analyzer_.emplace(options_.make_analyzer(job.status.model));
    model_ = job.status.model;
  }
  JobWork work{.files = job.files,
               .name = job.status.name,
               .source = options_.source,
               .limits = options_.limits,
               .attributes = options_.attributes,
               .claim = [&job](std::uintmax_t bytes) { return job.share->resize(bytes); },
               .on_open = {},
               .on_frame = {},
               .on_notice = {}};
  work.on_open = [&](const SourceInfo& source) {
    with_lock([&](Job& j) { j.status.frames_total = source.frames; });
  };
  work.on_frame = [&](const FrameResult& result) {
    ++frames_;
    faces_ += result.faces.size();
    with_lock([&](Job& j) {
      ++j.status.frames;
      j.timeline.add(result);
    });
  };
  work.on_notice = [&](const std::string& notice) {
    with_lock([&](Job& j) { j.status.message = notice; });
  };
  if (!run_job(work, *analyzer_, job.stop.get_token())) return false;
  JobStatus done;
  with_lock([&](Job& j) {
    j.status.summary = j.timeline.summary();
    done = j.status;
  });
  done.state = JobState::done;
  claim_space_for_json(job);
  write_result_json(job.files, to_json(done));
  return true;
}

/// The frames are in it once more.
void Jobs::claim_space_for_json(Job& job) {
  std::error_code unknown;
  const auto lines = std::filesystem::file_size(job.files.lines(), unknown);
  if (job.share->resize(size_of(job.files) + (unknown ? 0 : lines))) return;
  throw Error(ErrorCode::input, job.status.name + kNoSpaceForResults);
}

/// The state that it ended in, unless it was cancelled meanwhile; what is of no use any more goes.
void Jobs::end(const Shared& job, JobState state, const std::string& message) {
  bool done = false;
  {
    const std::lock_guard lock(mutex_);
    auto& status = job->status;
    if (status.state != JobState::cancelled) {
      status.state = state;
      if (!message.empty()) status.message = message;
    }
    done = status.state == JobState::done;
    if (!done) status.summary.reset();
    job->ended = Clock::now();
  }
  if (done) {
    std::error_code ignored;
    std::filesystem::remove(job->files.upload(), ignored);
  } else {
    remove_files(*job);
  }
  job->share->resize(size_of(job->files));
  const std::lock_guard lock(mutex_);
  running_.reset();
  forget_old();
  changed_.notify_all();
}

}  // namespace mien::server
