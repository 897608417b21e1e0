#include "session_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "history/history.h"
#include "history/session_feed.h"
#include "messages.h"
#include "mien/error.h"
#include "output/shown_name.h"

namespace mien::apps {

class SessionOutput::State {
 public:
  State(const RecordingArguments& recording, const IndicatorArguments& indicators,
        std::string model)
      : recording_(recording),
        model_(std::move(model)),
        history_(recording.history.path(), History::Use::record, say) {
    if (indicators.wanted) options_.recorder.episodes = indicators.streak;
    options_.recorder.rest = recording.rest;
    options_.key_frames = recording.key_frames.checked();
    options_.participant = recording.participant;
  }

  void begin(const SourceInfo& source) {
    failed_now_ = false;
    feed_.emplace(options_);
    started_ = recording_.start().value_or(now_utc());
    last_time_ = 0;
    guarded([&] {
      session_ = history_.begin({.name = *recording_.name,
                                 .started = started_,
                                 .source = shown_source_name(source.name),
                                 .model = model_,
                                 .indicators = options_.recorder.episodes.has_value()});
    });
  }

  void add(const Frame& frame, const FrameResult& result) {
    if (failed_now_) return;
    last_time_ = std::max(last_time_, result.time);
    feed_->add(result.time, result, frame.picture.view());
    if (const auto batch = feed_->take_if_due(last_time_)) {
      guarded([&] { history_.write(session_, *batch); });
    }
  }

  void end() {
    if (!feed_) return;
    guarded([&] {
      history_.write(session_, feed_->finish(last_time_));
      history_.end(session_, started_ + last_time_);
      say(fmt::format("session {} '{}' is recorded in {}; mien sessions show {}", session_,
                      *recording_.name, history_.path().string(), session_));
    });
    feed_.reset();
  }

  void finish() const {
    if (!failed_) return;
    throw Error(ErrorCode::internal,
                "not all was recorded; what was until then is kept, see mien sessions list");
  }

 private:
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
  SessionFeedOptions options_;
  History history_;
  std::optional<SessionFeed> feed_;
  long long session_ = 0;
  double started_ = 0;
  double last_time_ = 0;
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
