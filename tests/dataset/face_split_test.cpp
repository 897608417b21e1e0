#include "dataset/face_split.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <numeric>
#include <set>

#include "made_folder.h"

namespace mien {
namespace {

using testing::HasSubstr;

/// Faces of one pixel: `levels` pictures, of which each stands there `copies` times; the label is
/// the level's remainder by 7, the subject that of the index by 10.
class MadeFaces final : public FaceDataset {
 public:
  MadeFaces(std::size_t levels, std::size_t copies, bool reversed = false) {
    for (std::size_t i = 0; i < levels * copies; ++i) {
      const auto place = reversed ? levels * copies - 1 - i : i;
      faces_.push_back({{static_cast<std::uint8_t>(place % levels % 256),
                         static_cast<std::uint8_t>(place % levels / 256)},
                        place});
    }
  }

  std::size_t size() const override { return faces_.size(); }
  LabelledFace get(std::size_t index) const override {
    const auto& face = faces_.at(index);
    return {face.pixels, static_cast<Expression>((face.pixels[0] + face.pixels[1] * 256) % 7), {}};
  }
  int width() const override { return 2; }
  int height() const override { return 1; }
  std::string subject(std::size_t index) const override {
    return has_subjects ? "S" + std::to_string(faces_.at(index).place % 10) : "";
  }

  bool has_subjects = true;

 private:
  struct Face {
    std::array<std::uint8_t, 2> pixels;
    std::size_t place;
  };
  std::vector<Face> faces_;
};

std::vector<std::size_t> part(const FaceDataset& faces, const std::string& text) {
  return part_of(faces, *parse_split(text).held_out);
}

std::map<Expression, std::size_t> counts(const FaceDataset& faces,
                                         const std::vector<std::size_t>& indices) {
  std::map<Expression, std::size_t> result;
  for (const auto index : indices) ++result[faces.get(index).label];
  return result;
}

TEST(FaceSplit, AFractionHoldsTheSameShareOfEachLabel) {
  const MadeFaces faces(700, 1);
  const auto tenth = part(faces, "fraction:0.1");
  EXPECT_EQ(tenth.size(), 70U);
  for (const auto& [label, count] : counts(faces, tenth)) EXPECT_EQ(count, 10U);
  EXPECT_EQ(part(faces, "fraction"), tenth);
}

TEST(FaceSplit, PartAndRestAreAll) {
  const MadeFaces faces(100, 1);
  for (const std::string text : {"fraction:0.3:5", "subject:0.3", "fold:2/3", "subject-fold:1/4"}) {
    auto all = part(faces, text);
    const auto rest = part(faces, "except:" + text);
    all.insert(all.end(), rest.begin(), rest.end());
    std::sort(all.begin(), all.end());
    std::vector<std::size_t> expected(100);
    std::iota(expected.begin(), expected.end(), 0);
    EXPECT_EQ(all, expected) << text;
  }
}

TEST(FaceSplit, FoldsHoldEachFaceOnce) {
  const MadeFaces faces(350, 1);
  std::vector<std::size_t> all;
  for (int fold = 1; fold <= 5; ++fold) {
    const auto one = part(faces, "fold:" + std::to_string(fold) + "/5");
    EXPECT_EQ(one.size(), 70U);
    for (const auto& [label, count] : counts(faces, one)) EXPECT_EQ(count, 10U);
    all.insert(all.end(), one.begin(), one.end());
  }
  EXPECT_EQ(std::set<std::size_t>(all.begin(), all.end()).size(), 350U);
  EXPECT_EQ(all.size(), 350U);
}

TEST(FaceSplit, CopiesStayTogether) {
  const MadeFaces faces(70, 4);
  for (const std::string text : {"fraction:0.3", "fold:1/3"}) {
    const auto some = part(faces, text);
    std::map<std::uint8_t, std::size_t> copies;
    for (const auto index : some) ++copies[faces.get(index).pixels[0]];
    for (const auto& [level, count] : copies) EXPECT_EQ(count, 4U) << text;
  }
}

TEST(FaceSplit, SubjectsStayTogether) {
  const MadeFaces faces(200, 1);
  const auto subjects = [&](const std::string& text) {
    std::set<std::string> result;
    for (const auto index : part(faces, text)) result.insert(faces.subject(index));
    return result;
  };
  EXPECT_EQ(subjects("subject:0.3").size(), 3U);
  EXPECT_EQ(part(faces, "subject:0.3").size(), 60U);
  EXPECT_EQ(subjects("except:subject:0.3").size(), 7U);
  std::set<std::string> all;
  for (int fold = 1; fold <= 5; ++fold) {
    const auto some = subjects("subject-fold:" + std::to_string(fold) + "/5");
    EXPECT_EQ(some.size(), 2U);
    all.insert(some.begin(), some.end());
  }
  EXPECT_EQ(all.size(), 10U);
}

TEST(FaceSplit, DependsOnTheSeedAndNotOnTheOrder) {
  const MadeFaces faces(300, 1);
  const MadeFaces reversed(300, 1, true);
  const auto one = part(faces, "fraction:0.2:1");
  EXPECT_EQ(part(faces, "fraction:0.2:1"), one);
  EXPECT_NE(part(faces, "fraction:0.2:2"), one);
  auto mirrored = part(reversed, "fraction:0.2:1");
  for (auto& index : mirrored) index = 299 - index;
  std::sort(mirrored.begin(), mirrored.end());
  EXPECT_EQ(mirrored, one);
}

TEST(FaceSplit, ReadsNames) {
  EXPECT_EQ(parse_split("Training").own, "Training");
  EXPECT_FALSE(parse_split("Training").held_out);
  EXPECT_FALSE(parse_split("").held_out);
  const auto split = parse_split("Training:except:fraction:0.25:7");
  EXPECT_EQ(split.own, "Training");
  EXPECT_TRUE(split.held_out->is_rest);
  EXPECT_EQ(split.held_out->share, 0.25);
  EXPECT_EQ(split.held_out->seed, 7U);
  for (const std::string text : {"Training", "fraction:0.1", "Training:except:fraction:0.25:7",
                                 "a:b:subject:0.5", "fold:2/5", "x:subject-fold:1/9:3"}) {
    EXPECT_EQ(to_text(parse_split(text)), text);
  }
}

TEST(FaceSplit, RefusesWhatIsOutOfRange) {
  for (const auto* text : {"fraction:0", "fraction:1", "fraction:x", "fraction:0.1:x",
                           "fraction:0.1:1:2", "fold", "fold:0/5", "fold:6/5", "fold:1/1",
                           "fold:1-5", "fold:1/1001", "except", "except:Training", "subject:nan"}) {
    try {
      parse_split(text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::usage);
      EXPECT_THAT(error.what(), HasSubstr("split " + std::string(text)));
    }
  }
}

TEST(FaceSplit, RefusesWhatTheDataCannotGive) {
  MadeFaces faces(7, 1);
  EXPECT_THROW(part(faces, "fraction:0.1"), Error);
  faces.has_subjects = false;
  try {
    part(faces, "subject:0.5");
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("does not tell whose faces these are"));
  }
}

}  // namespace
}  // namespace mien
