#include "mien/video_analyzer.h"

#include <sched.h>

#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "mien/models.h"
#include "vision/attribute_reader.h"
#include "vision/bounded_queue.h"

namespace mien {
namespace {

/// Frames that wait between two stages: enough to even out that some take longer than others.
constexpr std::size_t kWaiting = 2;

/// What goes through the stages. Its memory is used again for a later frame.
struct Job {
  Frame frame;
  std::vector<TrackedFace> tracked;
  FrameResult result;
};

class SpareJobs {
 public:
  Job take() {
    const std::lock_guard lock(mutex_);
    if (jobs_.empty()) return {};
    Job job = std::move(jobs_.back());
    jobs_.pop_back();
    return job;
  }

  void give(Job job) {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
  }

 private:
  std::mutex mutex_;
  std::vector<Job> jobs_;
};

/// The stages of one source between decoding and the output.
class Stages {
 public:
  Stages(FaceFollower& follower, ExpressionClassifier& classifier, AttributeEstimator* attributes,
         const ReadingOptions& options, std::string source)
      : follower_(follower),
        classifier_(classifier),
        attributes_(attributes),
        reader_(options),
        attribute_reader_(options),
        source_(std::move(source)) {
    follower_.reset();
  }

  void follow(Job& job) {
    job.tracked = follower_.follow(job.frame.picture.view(), job.frame.time);
  }

  void classify(Job& job) {
    auto& result = job.result;
    result.source = source_;
    result.frame = job.frame.index;
    result.time = job.frame.time;
    result.width = job.frame.picture.width();
    result.height = job.frame.picture.height();
    const auto picture = job.frame.picture.view();
    result.faces = reader_.read(classifier_, picture, job.tracked, job.frame.time);
    if (attributes_ == nullptr) return;
    attribute_reader_.read(*attributes_, picture, job.tracked, job.frame.time, result.faces);
  }

 private:
  FaceFollower& follower_;
  ExpressionClassifier& classifier_;
  AttributeEstimator* attributes_;
  ExpressionReader reader_;
  AttributeReader attribute_reader_;
  std::string source_;
};

/// A run whose stages work side by side.
class Pipeline {
 public:
  Pipeline(FrameSource& source, Stages& stages, VideoReport& report)
      : source_(source), stages_(stages), report_(report) {}

  void run(const FrameOutput& output, const std::stop_token& stop) {
    {
      std::vector<std::jthread> threads;
      const Ending ending{*this};  // before the threads are joined, whatever happens here
      threads.emplace_back([this] { decode(); });
      threads.emplace_back([this] {
        work(
            decoded_, followed_, [this](Job& job) { stages_.follow(job); }, following_error_);
      });
      threads.emplace_back([this] {
        work(
            followed_, classified_, [this](Job& job) { stages_.classify(job); },
            classifying_error_);
      });
      const std::stop_callback on_stop(stop, [this] { end(); });
      while (auto job = classified_.pop()) {
        ++report_.frames;
        if (!output(job->frame, job->result)) return;
        spare_.give(std::move(*job));
      }
    }
    if (!stop.stop_requested()) rethrow();
  }

 private:
  struct Ending {
    Pipeline& pipeline;
    ~Ending() { pipeline.end(); }
  };

  /// Lets every stage end soon, without what is still under way.
  void end() {
    decoded_.discard();
    followed_.discard();
    classified_.discard();
    source_.interrupt();
  }

  void decode() {
    const bool live = source_.info().live;
    try {
      Job job;
      while (source_.next(job.frame)) {
        std::optional<Job> dropped;
        const bool taken = live ? decoded_.push_over_oldest(std::move(job), dropped)
                                : decoded_.push(std::move(job));
        if (!taken) break;
        if (dropped) ++report_.dropped;
        job = dropped ? std::move(*dropped) : spare_.take();
      }
    } catch (...) {
      reading_error_ = std::current_exception();
    }
    decoded_.close();
  }

  template <typename Work>
  void work(BoundedQueue<Job>& from, BoundedQueue<Job>& to, const Work& stage,
            std::exception_ptr& error) {
    try {
      while (auto job = from.pop()) {
        stage(*job);
        if (!to.push(std::move(*job))) break;
      }
    } catch (...) {
      error = std::current_exception();
      source_.interrupt();
    }
    from.discard();  // nobody takes it any more: the stages before end too
    to.close();
  }

  /// Of several errors that of the latest stage: it was at the earliest frame.
  void rethrow() const {
    for (const auto& error : {classifying_error_, following_error_, reading_error_}) {
      if (error) std::rethrow_exception(error);
    }
  }

  FrameSource& source_;
  Stages& stages_;
  VideoReport& report_;
  SpareJobs spare_;
  BoundedQueue<Job> decoded_{kWaiting};
  BoundedQueue<Job> followed_{kWaiting};
  BoundedQueue<Job> classified_{kWaiting};
  std::exception_ptr reading_error_;
  std::exception_ptr following_error_;
  std::exception_ptr classifying_error_;
};

/// The next frame with its result; false at the end. What breaks because of a stop is the end.
bool next(FrameSource& source, Stages& stages, const std::stop_token& stop, Job& job) {
  try {
    if (stop.stop_requested() || !source.next(job.frame)) return false;
    stages.follow(job);
    stages.classify(job);
    return true;
  } catch (...) {
    if (!stop.stop_requested()) throw;
    return false;
  }
}

/// A run in one thread.
void run_inline(FrameSource& source, Stages& stages, const FrameOutput& output,
                const std::stop_token& stop, VideoReport& report) {
  const std::stop_callback on_stop(stop, [&source] { source.interrupt(); });
  for (Job job; next(source, stages, stop, job);) {
    ++report.frames;
    if (!output(job.frame, job.result)) return;
  }
}

bool one_core() {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  return ::sched_getaffinity(0, sizeof cores, &cores) == 0 && CPU_COUNT(&cores) == 1;
}

}  // namespace

class VideoAnalyzer::State {
 public:
  State(std::unique_ptr<FaceDetector> detector, ExpressionModel model, const VideoOptions& options,
        AttributeModel attributes)
      : crop_(crop_options(options.analyzer, detector->framing())),
        classifier_(std::move(model), crop_),
        follower_(std::move(detector), options.follower),
        reading_(options.reading) {
    if (attributes.network) attributes_.emplace(std::move(attributes), crop_);
  }

  void run(FrameSource& source, const FrameOutput& output, const std::stop_token& stop) {
    report_ = {};
    Stages stages(follower_, classifier_, attributes_ ? &*attributes_ : nullptr, reading_,
                  source.info().name);
    // Threads gain nothing on one core, but a live source does not wait.
    if (one_core() && !source.info().live) {
      run_inline(source, stages, output, stop, report_);
    } else {
      Pipeline(source, stages, report_).run(output, stop);
    }
  }

  const VideoReport& report() const { return report_; }

 private:
  CropOptions crop_;  // before the follower, which takes the detector
  ExpressionClassifier classifier_;
  std::optional<AttributeEstimator> attributes_;
  FaceFollower follower_;
  ReadingOptions reading_;
  VideoReport report_;
};

VideoAnalyzer::VideoAnalyzer(const VideoOptions& options)
    : VideoAnalyzer(
          make_face_detector(options.analyzer.detector),
          make_expression_model(find_model(options.analyzer.model), options.analyzer.network),
          options, load_attribute_model(options.analyzer.attributes, options.analyzer.network)) {}

VideoAnalyzer::VideoAnalyzer(std::unique_ptr<FaceDetector> detector, ExpressionModel model,
                             const VideoOptions& options, AttributeModel attributes)
    : state_(std::make_unique<State>(std::move(detector), std::move(model), options,
                                     std::move(attributes))) {}

VideoAnalyzer::VideoAnalyzer(VideoAnalyzer&&) noexcept = default;
VideoAnalyzer& VideoAnalyzer::operator=(VideoAnalyzer&&) noexcept = default;
VideoAnalyzer::~VideoAnalyzer() = default;

VideoReport VideoAnalyzer::run(FrameSource& source, const FrameOutput& output,
                               std::stop_token stop) {
  state_->run(source, output, stop);
  return state_->report();
}

const VideoReport& VideoAnalyzer::report() const { return state_->report(); }

}  // namespace mien
