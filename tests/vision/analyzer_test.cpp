#include "mien/analyzer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "mien/error.h"
#include "test_pictures.h"

namespace mien {
namespace {

ModelCard some_card() {
  ModelCard card;
  for (const auto expression : all_expressions()) card.labels.emplace_back(name(expression));
  return card;
}

Analyzer analyzer_of(std::vector<DetectedFace> faces, const ModelCard& card = some_card()) {
  return {make_fake_face_detector(std::move(faces)), make_fake_network(card)};
}

Image some_picture() {
  Image picture(100, 60, PixelFormat::bgr);
  for (std::size_t i = 0; i < picture.pixels().size(); ++i) {
    picture.pixels()[i] = static_cast<std::uint8_t>(i * 37 % 251);
  }
  return picture;
}

TEST(Analyzer, NamesEachFaceFromLeftToRight) {
  auto analyzer = analyzer_of({{{60, 10, 30, 30}, 0.9F, {}}, {{5, 20, 24, 24}, 0.7F, {}}});
  const auto result = analyzer.analyze(some_picture().view(), "here");
  EXPECT_EQ(result.source, "here");
  EXPECT_EQ(result.width, 100);
  EXPECT_EQ(result.height, 60);
  ASSERT_EQ(result.faces.size(), 2U);
  EXPECT_EQ(result.faces[0].box, (Box{5, 20, 24, 24}));
  EXPECT_EQ(result.faces[0].track, 1);
  EXPECT_FLOAT_EQ(result.faces[0].score, 0.7F);
  EXPECT_EQ(result.faces[1].track, 2);
  for (const auto& face : result.faces) {
    const auto& p = face.probabilities;
    EXPECT_NEAR(std::accumulate(p.begin(), p.end(), 0.0), 1.0, 1e-5);
    EXPECT_EQ(face.expression, most_probable(p));
    EXPECT_FLOAT_EQ(face.confidence, *std::max_element(p.begin(), p.end()));
  }
}

/// Finds one face that is tilted by a quarter, in a box that is not as FER-2013 frames faces.
class TiltedFaceDetector final : public FaceDetector {
 public:
  static DetectedFace face() {
    return {{20, 10, 40, 40}, 0.9F, Landmarks{{{44, 22}, {44, 38}, {36, 30}, {28, 24}, {28, 36}}}};
  }
  std::vector<DetectedFace> detect(const ImageView& /*picture*/) override { return {face()}; }
  FaceFraming framing() const override { return {.margin = 0.8, .shift_down = 0.1}; }
};

TEST(Analyzer, CutsFacesOutAsTheirDetectorFramesThem) {
  const auto picture = some_picture();
  const auto analyzed = [&](bool straighten) {
    AnalyzerOptions options;
    options.straighten = straighten;
    Analyzer analyzer(std::make_unique<TiltedFaceDetector>(), make_fake_network(some_card()),
                      options);
    return analyzer.analyze(picture.view(), "").faces.at(0).probabilities;
  };
  const auto classified = [&](const CropOptions& options) {
    const auto face = TiltedFaceDetector::face();
    ExpressionClassifier classifier(make_fake_network(some_card()), options);
    return classifier.classify(picture.view(), {&face, 1}).at(0).probabilities;
  };
  const auto framing = TiltedFaceDetector().framing();
  EXPECT_EQ(analyzed(true), classified({framing, true}));
  EXPECT_EQ(analyzed(false), classified({framing, false}));
  EXPECT_NE(analyzed(true), analyzed(false));
  EXPECT_NE(analyzed(false), classified({{}, false}));
}

TEST(Analyzer, NoFaceIsNoError) {
  EXPECT_TRUE(analyzer_of({}).analyze(some_picture().view(), "").faces.empty());
}

TEST(Analyzer, AFaceBelowTheCardsThresholdIsUncertain) {
  auto card = some_card();
  const std::vector<DetectedFace> faces = {{{10, 10, 30, 30}, 0.9F, {}}};
  card.uncertain_below = 1;
  EXPECT_TRUE(analyzer_of(faces, card).analyze(some_picture().view(), "").faces[0].uncertain);
  card.uncertain_below = 0;
  EXPECT_FALSE(analyzer_of(faces, card).analyze(some_picture().view(), "").faces[0].uncertain);
}

TEST(Analyzer, ATemperatureMakesLessOrMoreSure) {
  auto card = some_card();
  const std::vector<DetectedFace> faces = {{{10, 10, 30, 30}, 0.9F, {}}};
  const auto plain = analyzer_of(faces, card).analyze(some_picture().view(), "").faces[0];
  card.temperature = 4;
  const auto cooled = analyzer_of(faces, card).analyze(some_picture().view(), "").faces[0];
  EXPECT_EQ(cooled.expression, plain.expression);
  EXPECT_LT(cooled.confidence, plain.confidence);
}

TEST(Analyzer, ReadsAFile) {
  const test::TemporaryFolder folder;
  const auto path = folder.write("a.png", test::encoded(test::four_quarters(), ".png"));
  auto analyzer = analyzer_of({{{0, 0, 20, 20}, 1.0F, {}}});
  const auto result = analyzer.analyze(path);
  EXPECT_EQ(result.source, path.string());
  EXPECT_EQ(result.width, 40);
  EXPECT_EQ(result.faces.size(), 1U);
  EXPECT_THROW(analyzer.analyze(folder.path() / "none.png"), Error);
}

}  // namespace
}  // namespace mien
