#include "server/analysis_pool.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "mien/error.h"
#include "mien/models.h"
#include "server/follower.h"

namespace mien::server {
namespace {

namespace asio = boost::asio;

/// The stages of one thread, made when they are needed.
class Worker {
 public:
  explicit Worker(const AnalysisPoolOptions& options) : options_(options) {}

  FaceDetector& detector() {
    if (!detector_) detector_ = options_.make_detector();
    return *detector_;
  }

  ExpressionClassifier& classifier(const std::string& name) {
    const auto& model = name.empty() ? options_.video.analyzer.model : name;
    const auto found = classifiers_.find(model);
    if (found != classifiers_.end()) return found->second;
    return classifiers_.try_emplace(model, options_.make_model(model), crop()).first->second;
  }

  /// Null when no attributes are wanted.
  AttributeEstimator* attributes() {
    if (!options_.video.analyzer.attributes.wanted.any()) return nullptr;
    if (!attributes_) attributes_.emplace(options_.make_attributes(), crop());
    return &*attributes_;
  }

  FrameResult analyze(const Image& picture, const std::string& model) {
    return mien::analyze(detector(), classifier(model), picture.view(), "", attributes());
  }

  FrameResult follow(Follower& follower, const Image& picture, double time) {
    return follower.analyze(detector(), classifier(follower.model()), attributes(), picture.view(),
                            time);
  }

 private:
  CropOptions crop() { return crop_options(options_.video.analyzer, detector().framing()); }

  const AnalysisPoolOptions& options_;
  std::unique_ptr<FaceDetector> detector_;
  std::map<std::string, ExpressionClassifier> classifiers_;
  std::optional<AttributeEstimator> attributes_;
};

/// A client's next frame, which is soon old, or a picture.
enum class Kind { frame, picture };

/// A piece of work, and who waits for it.
class Task : public std::enable_shared_from_this<Task> {
 public:
  Task(const asio::any_io_executor& executor, Kind kind, std::function<void(Worker&)> work)
      : kind_(kind),
        work_(std::move(work)),
        done_(executor, asio::steady_timer::time_point::max()) {}

  Kind kind() const { return kind_; }

  /// In a worker's thread.
  void run(Worker& worker) {
    if (abandoned_) return;
    std::exception_ptr error;
    try {
      work_(worker);
    } catch (...) {
      error = std::current_exception();
    }
    finish(std::move(error));
  }

  /// From any thread, once: lets the wait end.
  void finish(std::exception_ptr error) {
    asio::post(done_.get_executor(), [self = shared_from_this(), error = std::move(error)] {
      self->finished_ = true;
      self->error_ = error;
      self->done_.cancel();
    });
  }

  /// In the coroutine of who asked.
  asio::awaitable<void> wait() {
    if (!finished_) co_await done_.async_wait(asio::as_tuple(asio::use_awaitable));
    if (!finished_) {
      abandoned_ = true;
      throw boost::system::system_error(asio::error::operation_aborted);
    }
    if (error_) std::rethrow_exception(error_);
  }

 private:
  Kind kind_;
  std::function<void(Worker&)> work_;
  asio::steady_timer done_;
  std::atomic<bool> abandoned_ = false;
  bool finished_ = false;
  std::exception_ptr error_;
};

/// Tasks in the order in which they are to be done, for so many workers. Pictures of one client,
/// which take long, shall neither keep the frames of others waiting nor wait for ever.
class TaskQueue {
 public:
  using Shared = std::shared_ptr<Task>;

  TaskQueue(int workers, std::chrono::milliseconds between_frames)
      : workers_(workers), between_frames_(between_frames) {}

  void push(const Shared& task) {
    if (task->kind() == Kind::frame) last_frame_ = Clock::now();
    (task->kind() == Kind::picture ? pictures_ : frames_).push_back(task);
  }

  bool has_next() const { return !frames_.empty() || may_take_picture(); }

  /// Only while has_next(). To be told when a picture is done.
  Shared pop() {
    const bool turn = frames_.empty() || frames_in_a_row_ >= kFramesForAPicture;
    const bool picture = turn && may_take_picture();
    auto& tasks = picture ? pictures_ : frames_;
    frames_in_a_row_ = picture ? 0 : frames_in_a_row_ + 1;
    if (picture) ++pictures_under_way_;
    auto task = std::move(tasks.front());
    tasks.pop_front();
    return task;
  }

  void done(Kind kind) {
    if (kind == Kind::picture) --pictures_under_way_;
  }

  std::size_t size() const { return frames_.size() + pictures_.size(); }

  std::deque<Shared> take_all() {
    auto all = std::exchange(frames_, {});
    for (auto& task : pictures_) all.push_back(std::move(task));
    pictures_.clear();
    return all;
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr int kFramesForAPicture = 8;

  /// While frames come, one of several workers is left for them.
  bool may_take_picture() const {
    const bool frames_come = last_frame_ && Clock::now() < *last_frame_ + between_frames_;
    const int most = frames_come ? std::max(1, workers_ - 1) : workers_;
    return !pictures_.empty() && pictures_under_way_ < most;
  }

  int workers_;
  std::chrono::milliseconds between_frames_;
  std::optional<Clock::time_point> last_frame_;
  int pictures_under_way_ = 0;
  int frames_in_a_row_ = 0;
  std::deque<Shared> frames_;
  std::deque<Shared> pictures_;
};

constexpr auto kLongestSleep = std::chrono::seconds(1);

/// Those that the options leave out.
AnalysisPoolOptions completed(AnalysisPoolOptions options) {
  const auto analyzer = options.video.analyzer;
  if (!options.make_detector) {
    options.make_detector = [analyzer] { return make_face_detector(analyzer.detector); };
  }
  if (!options.make_model) {
    options.make_model = [analyzer](const std::string& model) {
      return make_expression_model(find_model(model), analyzer.network);
    };
  }
  if (!options.make_attributes) {
    options.make_attributes = [analyzer] {
      return load_attribute_model(analyzer.attributes, analyzer.network);
    };
  }
  if (options.workers <= 0) {
    options.workers = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  }
  return options;
}

}  // namespace

class AnalysisPool::State {
 public:
  explicit State(const AnalysisPoolOptions& options)
      : options_(completed(options)), tasks_(options_.workers, options_.between_frames) {
    const FaceFollower checked(make_fake_face_detector({}), options_.video.follower);
    const ExpressionReader checked_too(options_.video.reading);
    auto first = std::make_unique<Worker>(options_);
    first->classifier("");  // so that what is wrong with a model is said now
    first->attributes();
    threads_.emplace_back([this, worker = std::move(first)] { work(*worker); });
    for (int i = 1; i < options_.workers; ++i) {
      threads_.emplace_back([this] {
        Worker worker(options_);
        work(worker);
      });
    }
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { stop(); }

  const VideoOptions& video() const { return options_.video; }

  asio::awaitable<void> run(Kind kind, std::function<void(Worker&)> work) {
    const auto executor = co_await asio::this_coro::executor;
    const auto task = std::make_shared<Task>(executor, kind, std::move(work));
    add(task);
    co_await task->wait();
  }

  void stop() {
    std::deque<std::shared_ptr<Task>> dropped;
    {
      const std::lock_guard lock(mutex_);
      stopped_ = true;
      dropped = tasks_.take_all();
      some_.notify_all();
    }
    for (const auto& task : dropped) task->finish(stopping());
  }

  std::size_t waiting() const {
    const std::lock_guard lock(mutex_);
    return tasks_.size();
  }

  FrameResult counted(FrameResult result) {
    ++frames_;
    faces_ += result.faces.size();
    return result;
  }

  std::uint64_t frames() const { return frames_; }
  std::uint64_t faces() const { return faces_; }

 private:
  void add(const std::shared_ptr<Task>& task) {
    {
      const std::lock_guard lock(mutex_);
      if (!stopped_) {
        tasks_.push(task);
        some_.notify_one();
        return;
      }
    }
    task->finish(stopping());
  }

  static std::exception_ptr stopping() {
    return std::make_exception_ptr(
        Error(ErrorCode::internal, "the server is stopping; ask again once it runs"));
  }

  void work(Worker& worker) {
    while (const auto task = next()) {
      task->run(worker);
      const std::lock_guard lock(mutex_);
      tasks_.done(task->kind());
      some_.notify_one();  // a picture may wait for its end
    }
  }

  std::shared_ptr<Task> next() {
    std::unique_lock lock(mutex_);
    const auto ready = [this] { return stopped_ || tasks_.has_next(); };
    // A picture that waits for frames to cease is told by nobody that they have.
    while (!some_.wait_for(lock, kLongestSleep, ready)) {
    }
    return tasks_.has_next() ? tasks_.pop() : nullptr;
  }

  const AnalysisPoolOptions options_;
  mutable std::mutex mutex_;
  std::condition_variable some_;
  TaskQueue tasks_;
  bool stopped_ = false;
  std::atomic<std::uint64_t> frames_ = 0;
  std::atomic<std::uint64_t> faces_ = 0;
  std::vector<std::jthread> threads_;  // the last: they use the others
};

AnalysisPool::AnalysisPool(const AnalysisPoolOptions& options)
    : state_(std::make_unique<State>(options)) {}
AnalysisPool::~AnalysisPool() = default;

// GCC 12 destroys a lambda twice that is made in an expression with co_await, so what a task does
// is made before.

asio::awaitable<FrameResult> AnalysisPool::analyze(std::function<Image()> picture,
                                                   std::string model, Afterwards afterwards) {
  const auto result = std::make_shared<FrameResult>();
  std::function<void(Worker&)> work = [this, result, picture = std::move(picture),
                                       model = std::move(model),
                                       afterwards = std::move(afterwards)](Worker& worker) {
    auto image = picture();
    *result = state_->counted(worker.analyze(image, model));
    if (afterwards) afterwards(image, *result);
  };
  co_await state_->run(Kind::picture, std::move(work));
  co_return std::move(*result);
}

std::shared_ptr<Follower> AnalysisPool::make_follower(std::string model) {
  const auto& video = state_->video();
  return std::make_shared<Follower>(std::move(model), video.follower, video.reading);
}

asio::awaitable<FrameResult> AnalysisPool::follow(std::shared_ptr<Follower> follower,
                                                  std::function<Image()> picture, double time) {
  const auto result = std::make_shared<FrameResult>();
  std::function<void(Worker&)> work = [this, result, follower, picture = std::move(picture),
                                       time](Worker& worker) {
    *result = state_->counted(worker.follow(*follower, picture(), time));
  };
  co_await state_->run(Kind::frame, std::move(work));
  co_return std::move(*result);
}

std::size_t AnalysisPool::waiting() const { return state_->waiting(); }
std::uint64_t AnalysisPool::frames() const { return state_->frames(); }
std::uint64_t AnalysisPool::faces() const { return state_->faces(); }
void AnalysisPool::stop() { state_->stop(); }

}  // namespace mien::server
