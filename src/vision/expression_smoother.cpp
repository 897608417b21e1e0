#include "mien/expression_smoother.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <map>
#include <string>

#include "mien/error.h"

namespace mien {
namespace {

struct Kind {
  std::string_view name;
  Smoothing smoothing;
};

constexpr std::array<Kind, 3> kKinds = {{{"none", Smoothing::none},
                                         {"majority", Smoothing::majority},
                                         {"exponential", Smoothing::exponential}}};

constexpr int kLongestWindow = 1000;
constexpr double kForgotten = 2;  // seconds

// Of the exponential smoothing, chosen on made sequences of other seeds than the tests'.
constexpr double kFrameWeight = 0.3;
constexpr double kMemory = 0.3;  // seconds
constexpr std::size_t kVotes = 6;
constexpr double kVotesLast = 1;  // seconds
constexpr long kNeeded = 3;
constexpr long kLead = 2;

struct Vote {
  Expression expression;
  double time;
};

/// What is known of one track.
struct History {
  Probabilities mean{};
  std::deque<Probabilities> window;
  std::deque<Vote> votes;
  long frames = 0;
  Expression shown = Expression::neutral;
  double time = 0;

  long count(Expression expression) const {
    return std::count_if(votes.begin(), votes.end(),
                         [&](const Vote& vote) { return vote.expression == expression; });
  }
};

void follow_mean(History& history, const Probabilities& frame, double seconds) {
  // The first frames count alike: an exponential mean would give the very first too much.
  const double weight = std::max(
      {kFrameWeight, 1 - std::exp(-seconds / kMemory), 1 / static_cast<double>(history.frames)});
  for (std::size_t i = 0; i < frame.size(); ++i) {
    history.mean[i] += static_cast<float>(weight * (frame[i] - history.mean[i]));
  }
}

void follow_window(History& history, const Probabilities& frame, std::size_t length) {
  history.window.push_back(frame);
  if (history.window.size() > length) history.window.pop_front();
  std::array<double, kExpressionCount> sums{};
  for (const auto& probabilities : history.window) {
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += probabilities[i];
  }
  for (std::size_t i = 0; i < sums.size(); ++i) {
    history.mean[i] = static_cast<float>(sums[i] / static_cast<double>(history.window.size()));
  }
}

void vote(History& history, const Probabilities& frame, double time, std::size_t most) {
  history.votes.push_back({most_probable(frame), time});
  if (history.votes.size() > most) history.votes.pop_front();
  if (history.frames == 1) history.shown = history.votes.back().expression;
}

Expression most_frequent(const History& history) {
  Expression best = history.shown;
  for (const auto expression : all_expressions()) {
    if (history.count(expression) > history.count(best)) best = expression;
  }
  return best;
}

/// The expression to show: another than before only when the last frames agree on it.
Expression steady(const History& history) {
  const auto candidate = most_probable(history.mean);
  const long votes = history.count(candidate);
  const long possible = std::ssize(history.votes);
  const bool enough = votes >= std::min(kNeeded, possible) &&
                      votes - history.count(history.shown) >= std::min(kLead, possible);
  return enough ? candidate : history.shown;
}

}  // namespace

std::string_view name(Smoothing smoothing) {
  const auto* const kind = std::find_if(kKinds.begin(), kKinds.end(), [&](const Kind& known) {
    return known.smoothing == smoothing;
  });
  return kind->name;
}

std::optional<Smoothing> smoothing_from_name(std::string_view name) {
  for (const auto& kind : kKinds) {
    if (kind.name == name) return kind.smoothing;
  }
  return std::nullopt;
}

class ExpressionSmoother::State {
 public:
  explicit State(const SmoothingOptions& options) : options_(options) {
    if (options.window < 1 || options.window > kLongestWindow) {
      throw Error(ErrorCode::usage, "the window of the smoothing is " +
                                        std::to_string(options.window) + " frames; give 1 to " +
                                        std::to_string(kLongestWindow));
    }
  }

  void smooth(std::vector<Face>& faces, double time, double uncertain_below) {
    if (options_.kind == Smoothing::none) return;
    std::erase_if(histories_, [&](const auto& entry) {
      return std::abs(time - entry.second.time) > kForgotten;
    });
    for (auto& face : faces) {
      auto& history = histories_[face.track];
      add(history, face.probabilities, time);
      face.probabilities = history.mean;
      face.expression = history.shown;
      face.confidence = history.mean.at(static_cast<std::size_t>(history.shown));
      face.uncertain = face.confidence < uncertain_below;
    }
  }

  void reset() { histories_.clear(); }

 private:
  void add(History& history, const Probabilities& frame, double time) const {
    const double seconds = std::max(0.0, time - history.time);
    ++history.frames;
    history.time = time;
    if (options_.kind == Smoothing::majority) {
      const auto window = static_cast<std::size_t>(options_.window);
      follow_window(history, frame, window);
      vote(history, frame, time, window);
      history.shown = most_frequent(history);
    } else {
      follow_mean(history, frame, seconds);
      vote(history, frame, time, kVotes);
      std::erase_if(history.votes, [&](const Vote& old) { return time - old.time >= kVotesLast; });
      history.shown = steady(history);
    }
  }

  SmoothingOptions options_;
  std::map<int, History> histories_;
};

ExpressionSmoother::ExpressionSmoother(const SmoothingOptions& options)
    : state_(std::make_unique<State>(options)) {}
ExpressionSmoother::ExpressionSmoother(ExpressionSmoother&&) noexcept = default;
ExpressionSmoother& ExpressionSmoother::operator=(ExpressionSmoother&&) noexcept = default;
ExpressionSmoother::~ExpressionSmoother() = default;

void ExpressionSmoother::smooth(std::vector<Face>& faces, double time, double uncertain_below) {
  state_->smooth(faces, time, uncertain_below);
}

void ExpressionSmoother::reset() { state_->reset(); }

}  // namespace mien
