#include "session_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "history/history.h"
#include "history/key_frames.h"
#include "messages.h"
#include "mien/error.h"
#include "output/shown_name.h"

namespace mien::apps {
namespace {

using Clock = std::chrono::steady_clock;

/// A program that is killed loses what came since it last wrote.
constexpr auto kBetweenWrites = std::chrono::milliseconds(500);
constexpr int kOnly = 1;  // the participant, where there is one alone

}  // namespace

class SessionOutput::State {
 public:
  State(const RecordingArguments& recording, const IndicatorArguments& indicators,
        std::string model)
      : recording_(recording),
        model_(std::move(model)),
        history_(recording.history.path(), History::Use::record, say) {
    if (indicators.wanted) options_.episodes = indicators.streak;
    options_.rest = recording.rest;
  }

  void begin(const SourceInfo& source) {
    failed_now_ = false;
    recorder_.emplace(options_);
    if (const auto key_frames = recording_.key_frames.checked()) frames_.emplace(*key_frames);
    started_ = recording_.start().value_or(now_utc());
    last_time_ = 0;
    guarded([&] {
      session_ = history_.begin({.name = *recording_.name,
                                 .started = started_,
                                 .source = shown_source_name(source.name),
                                 .model = model_,
                                 .indicators = options_.episodes.has_value()});
      if (recording_.participant) {
        recorder_->introduce({.number = kOnly, .name = *recording_.participant, .shown = true});
      }
    });
  }

  void add(const Frame& frame, const FrameResult& result) {
    if (failed_now_) return;
    last_time_ = std::max(last_time_, result.time);
    const auto recorded = chosen(result);
    if (recording_.participant) {
      recorder_->observe(kOnly, result.time, largest_face(recorded.faces));
    } else {
      recorder_->add(result.time, recorded);
    }
    if (frames_) frames_->add(result.time, recorded, frame.picture.view());
    if (Clock::now() < written_ + kBetweenWrites) return;
    guarded([&] { write(recorder_->take(result.time)); });
  }

  void end() {
    if (!recorder_) return;
    guarded([&] {
      auto rest = recorder_->finish(last_time_);
      if (frames_) {
        for (auto& frame : frames_->finish()) rest.key_frames.push_back(std::move(frame));
      }
      history_.write(session_, rest);
      history_.end(session_, started_ + last_time_);
      say(fmt::format("session {} '{}' is recorded in {}; mien sessions show {}", session_,
                      *recording_.name, history_.path().string(), session_));
    });
    recorder_.reset();
    frames_.reset();
  }

  void finish() const {
    if (!failed_) return;
    throw Error(ErrorCode::internal,
                "not all was recorded; what was until then is kept, see mien sessions list");
  }

 private:
  /// The faces that are recorded, under their participants' numbers.
  FrameResult chosen(const FrameResult& result) const {
    if (!recording_.participant) return result;
    auto only = result;
    only.faces.clear();
    if (const auto* face = largest_face(result.faces)) {
      only.faces.push_back(*face);
      only.faces.back().track = kOnly;
    }
    return only;
  }

  void write(SessionBatch batch) {
    if (frames_) batch.key_frames = frames_->take(last_time_);
    history_.write(session_, batch);
    written_ = Clock::now();
  }

  template <typename Work>
  void guarded(const Work& work) {
    if (failed_now_) return;
    try {
      work();
    } catch (const Error& error) {
      say(std::string(error.what()) + " (the analysis goes on without recording)");
      failed_ = failed_now_ = true;
    }
  }

  RecordingArguments recording_;
  std::string model_;
  RecorderOptions options_;
  History history_;
  std::optional<SessionRecorder> recorder_;
  std::optional<KeyFrameFinder> frames_;
  long long session_ = 0;
  double started_ = 0;
  double last_time_ = 0;
  Clock::time_point written_;
  bool failed_now_ = false;  ///< in this session
  bool failed_ = false;      ///< in any
};

SessionOutput::SessionOutput(const RecordingArguments& recording,
                             const IndicatorArguments& indicators, std::string model)
    : state_(std::make_unique<State>(recording, indicators, std::move(model))) {}
SessionOutput::~SessionOutput() = default;

void SessionOutput::begin(const SourceInfo& source) { state_->begin(source); }
void SessionOutput::add(const Frame& frame, const FrameResult& result) {
  state_->add(frame, result);
}
void SessionOutput::end() { state_->end(); }
void SessionOutput::finish() const { state_->finish(); }

}  // namespace mien::apps
