// The indicators of a source, and what is said with them.
#include "history/source_indicators.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "made_history.h"

namespace mien {
namespace {

using testing::HasSubstr;

std::vector<TrackIndicators> of_a_minute_and_a_half() {
  SourceIndicators indicators({}, {});
  for (int i = 0; i < 900; ++i) {  // ten a second: 30 s happy, 60 s sad
    FrameResult result;
    result.time = 0.1 * i;
    result.faces = {some_face(3, i < 300 ? Expression::happy : Expression::sad)};
    indicators.add(result);
  }
  return indicators.finish();
}

TEST(SourceIndicators, TellWhatATrackShowed) {
  const auto tracks = of_a_minute_and_a_half();
  ASSERT_EQ(tracks.size(), 1U);
  EXPECT_EQ(tracks[0].track, 3);
  EXPECT_NEAR(tracks[0].session.negative_share, 2.0 / 3, 0.02);
  EXPECT_EQ(tracks[0].session.level, IndicatorLevel::high);
  ASSERT_EQ(tracks[0].episodes.size(), 1U);
  EXPECT_EQ(tracks[0].episodes[0].sad, 600);
  EXPECT_EQ(tracks[0].streak, StreakLevel::less);
}

TEST(SourceIndicators, AlwaysSayWhatTheyAreNot) {
  const auto tracks = of_a_minute_and_a_half();
  const auto line = nlohmann::json::parse(to_json_line("a.mp4", tracks));
  EXPECT_EQ(line.at("source"), "a.mp4");
  EXPECT_THAT(line.at("indicators").at("notice").get<std::string>(),
              HasSubstr("never a diagnosis"));
  EXPECT_EQ(line.at("indicators").at("tracks").at(0).at("streak_level"), "less");
  EXPECT_THAT(to_table("a.mp4", tracks), HasSubstr("never a diagnosis"));
}

TEST(SourceIndicators, OfNoFaceThereAreNone) {
  SourceIndicators indicators({}, {});
  indicators.add({});
  EXPECT_TRUE(indicators.finish().empty());
}

}  // namespace
}  // namespace mien
