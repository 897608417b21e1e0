// A made video whose expressions over time are known, as the fake network sees them, recorded.
#include <gmock/gmock.h>

#include "history/indicators.h"
#include "history/session_recorder.h"
#include "history/source_indicators.h"
#include "made_video.h"
#include "stub_analyzer.h"
#include "test_pictures.h"

namespace mien::server {
namespace {

using testing::SizeIs;

/// 12 seconds happy, 3 surprised, 8 neutral, 10 sad; ten frames a second.
constexpr int kFrames = 330;
const StubOptions kPlan = {.shows = {{Expression::happy, 120},
                                     {Expression::surprise, 30},
                                     {Expression::neutral, 80},
                                     {Expression::sad, 100}}};

class RecordedVideo : public testing::Test {
 protected:
  /// What `take` is given of each frame.
  template <typename Take>
  void analyze(const Take& take) const {
    const auto video = folder_.path() / "known.mp4";
    test::write_video(video, kFrames);
    auto analyzer = stub_analyzer(kPlan);
    const auto source = open_frame_source(video.string());
    analyzer.run(*source, [&](Frame&, const FrameResult& result) {
      take(result);
      return true;
    });
  }

 private:
  test::TemporaryFolder folder_;
};

TEST_F(RecordedVideo, EachSecondIsWhatWasShown) {
  SessionRecorder recorder;
  analyze([&](const FrameResult& result) { recorder.add(result.time, result); });
  const auto batch = recorder.finish(kFrames / 10.0);
  ASSERT_THAT(batch.seconds, SizeIs(33));
  for (const auto& second : batch.seconds) {
    const auto expected = second.second < 12   ? Expression::happy
                          : second.second < 15 ? Expression::surprise
                          : second.second < 23 ? Expression::neutral
                                               : Expression::sad;
    EXPECT_EQ(second.expression, expected) << second.second;
    EXPECT_NEAR(second.seen, 1, second.second == 32 ? 0.11 : 1e-3) << second.second;
  }
  std::vector<SessionEvent> changes;
  for (const auto& event : batch.events) {
    if (event.kind == EventKind::change) changes.push_back(event);
  }
  ASSERT_THAT(changes, SizeIs(2)) << "surprise did not last";
  EXPECT_EQ(changes[0].time, 15);
  EXPECT_EQ(changes[0].from, Expression::happy);
  EXPECT_EQ(changes[0].to, Expression::neutral);
  EXPECT_EQ(changes[1].time, 23);
  EXPECT_EQ(changes[1].to, Expression::sad);
}

TEST_F(RecordedVideo, ItsIndicatorsAreThoseOfTheTimesShown) {
  SourceIndicators indicators({}, {.least_seen = 30});
  analyze([&](const FrameResult& result) { indicators.add(result); });
  const auto tracks = indicators.finish();
  ASSERT_THAT(tracks, SizeIs(1));
  EXPECT_NEAR(tracks[0].session.negative_share, 10.0 / 33, 0.01);
  EXPECT_NEAR(tracks[0].session.positive_share, 12.0 / 33, 0.01);
  EXPECT_EQ(tracks[0].session.level, IndicatorLevel::moderate);
  ASSERT_THAT(tracks[0].episodes, SizeIs(1));
  EXPECT_EQ(tracks[0].episodes[0].sad, 100);
  EXPECT_NEAR(tracks[0].episodes[0].begin, 23, 1e-3);
}

}  // namespace
}  // namespace mien::server
