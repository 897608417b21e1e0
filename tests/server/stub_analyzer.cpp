#include "stub_analyzer.h"

#include <thread>
#include <utility>
#include <vector>

namespace mien::server {
namespace {

class StubDetector final : public FaceDetector {
 public:
  explicit StubDetector(const StubOptions& options) : options_(options) {}

  std::vector<DetectedFace> detect(const ImageView& picture) override {
    if (options_.turnstile) options_.turnstile->pass();
    std::this_thread::sleep_for(options_.delay);
    return {{{0, 0, picture.width / 2, picture.height / 2}, 0.9F, {}}};
  }
  std::vector<DetectedFace> detect_near(const ImageView& picture,
                                        const Box& /*expected*/) override {
    return detect(picture);
  }

 private:
  StubOptions options_;
};

class StubNetwork final : public Network {
 public:
  explicit StubNetwork(const StubOptions& options) : options_(options) {
    for (const auto expression : all_expressions()) card_.labels.emplace_back(name(expression));
    card_.input.width = card_.input.height = 8;
  }

  const ModelCard& card() const override { return card_; }

  std::vector<float> run(std::span<const float> faces) override {
    std::vector<float> logits(faces.size() / 64 * kExpressionCount);
    auto frame = frames_++;
    std::size_t step = 0;
    while (step + 1 < options_.shows.size() && frame >= options_.shows[step].second) {
      frame -= options_.shows[step++].second;
    }
    constexpr float kSure = 5;
    for (std::size_t face = 0; face < logits.size(); face += kExpressionCount) {
      logits[face + static_cast<std::size_t>(options_.shows[step].first)] = kSure;
    }
    return logits;
  }

 private:
  StubOptions options_;
  ModelCard card_;
  int frames_ = 0;
};

class StubAttributes final : public Network {
 public:
  StubAttributes() {
    card_.task = kAttributesTask;
    card_.labels = {"male", "female"};
    card_.ages = {30, 31};
    card_.input.width = card_.input.height = 8;
  }

  const ModelCard& card() const override { return card_; }

  std::vector<float> run(std::span<const float> faces) override {
    std::vector<float> values;
    for (std::size_t i = 0; i < faces.size(); i += 64) {
      for (const float value : {-50.0F, 50.0F, 50.0F, -50.0F}) values.push_back(value);
    }
    return values;
  }

 private:
  ModelCard card_;
};

}  // namespace

void Turnstile::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

void Turnstile::open() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = false;
  }
  wake_.notify_all();
}

void Turnstile::pass() {
  std::unique_lock lock(mutex_);
  ++held_;
  wake_.wait(lock, [this] { return !closed_; });
  --held_;
}

int Turnstile::held() const {
  const std::lock_guard lock(mutex_);
  return held_;
}

AnalysisPoolOptions stub_analysis(const StubOptions& options) {
  AnalysisPoolOptions analysis;
  analysis.video.follower.detect_every = 1;
  analysis.video.reading.smoothing.kind = Smoothing::none;
  analysis.workers = 2;
  analysis.make_detector = [options] { return std::make_unique<StubDetector>(options); };
  analysis.make_model = [options](const std::string&) {
    return std::make_unique<StubNetwork>(options);
  };
  analysis.video.analyzer.attributes.wanted = options.attributes;
  analysis.make_attributes = [wanted = options.attributes] {
    return wanted.any() ? AttributeModel{std::make_unique<StubAttributes>(), wanted}
                        : AttributeModel{};
  };
  return analysis;
}

VideoAnalyzer stub_analyzer(const StubOptions& options) {
  const auto analysis = stub_analysis(options);
  return {analysis.make_detector(), analysis.make_model(""), analysis.video,
          analysis.make_attributes()};
}

}  // namespace mien::server
