#include "inference/range_meter.h"

#include <gmock/gmock.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <random>

#include "inference/onednn/onednn_executor.h"
#include "mien/error.h"
#include "mien/models.h"
#include "test_models.h"

namespace mien {
namespace {

class RangeMeterTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto name = testing::UnitTest::GetInstance()->current_test_info()->name();
    model_ = std::filesystem::path(testing::TempDir()) / (std::string("mien-") + name + ".onnx");
    calibrated_ = model_;
    calibrated_.replace_extension(".int8.onnx");
    std::ofstream(model_, std::ios::binary)
        << test::with_card(test::convolutional_model(), test::expression_card(16));
  }
  void TearDown() override {
    std::filesystem::remove(model_);
    std::filesystem::remove(calibrated_);
  }

  static std::vector<float> faces(std::size_t count) {
    std::mt19937 generator(5);
    std::normal_distribution<float> pixel;
    std::vector<float> values(count * 16 * 16);
    for (auto& value : values) value = pixel(generator);
    return values;
  }

  Ranges measure() const {
    RangeMeter meter;
    make_metering_network(model_, {}, meter)->run(faces(40));
    return meter.ranges();
  }

  std::filesystem::path model_;
  std::filesystem::path calibrated_;
};

TEST(RangeMeter, CoversAllButTheMostExtremeFaces) {
  RangeMeter meter;
  for (int i = 0; i <= 100; ++i) meter.note("a", -static_cast<float>(i), static_cast<float>(2 * i));
  const auto range = meter.ranges().at("a");
  EXPECT_FLOAT_EQ(range.lowest, -99);
  EXPECT_FLOAT_EQ(range.highest, 198);
}

TEST_F(RangeMeterTest, AnswersAsTheModelDoes) {
  RangeMeter meter;
  const auto input = faces(3);
  const auto metered = make_metering_network(model_, {}, meter)->run(input);
  const auto plain = make_network(model_)->run(input);
  ASSERT_EQ(metered.size(), plain.size());
  for (std::size_t i = 0; i < plain.size(); ++i) EXPECT_NEAR(metered[i], plain[i], 1e-4);
}

TEST_F(RangeMeterTest, NotesWhatConvolutionsRead) {
  const auto ranges = measure();
  EXPECT_GE(ranges.size(), 3U);
  for (const auto& [tensor, range] : ranges) EXPECT_LT(range.lowest, range.highest) << tensor;
}

TEST_F(RangeMeterTest, Int8IsCloseToFloats) {
  if (!has_instructions_for(Precision::int8)) GTEST_SKIP() << "no instructions for int8 here";
  write_calibrated(model_, measure(), read_model_card(model_), calibrated_);
  const auto input = faces(9);
  const auto exact = make_network(model_)->run(input);
  const auto rounded =
      make_network(calibrated_, {.engine = "onednn", .precision = Precision::int8})->run(input);
  ASSERT_EQ(exact.size(), rounded.size());
  double largest = 0;
  double error = 0;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    largest = std::max<double>(largest, std::abs(exact[i]));
    error = std::max<double>(error, std::abs(exact[i] - rounded[i]));
  }
  EXPECT_LT(error, 0.05 * largest);
  EXPECT_GT(error, 0) << "it was not computed in int8";
}

TEST_F(RangeMeterTest, Int8NeedsRanges) {
  if (!has_instructions_for(Precision::int8)) GTEST_SKIP() << "no instructions for int8 here";
  try {
    make_network(model_, {.precision = Precision::int8});
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::usage);
    EXPECT_THAT(error.what(), testing::HasSubstr("mien calibrate"));
  }
}

TEST_F(RangeMeterTest, RangesAreTriedBeforeTheyAreWritten) {
  if (!has_instructions_for(Precision::int8)) GTEST_SKIP() << "no instructions for int8 here";
  const NetworkOptions int8 = {.engine = "onednn", .precision = Precision::int8};
  const auto ranges = measure();
  write_calibrated(model_, ranges, read_model_card(model_), calibrated_);
  const auto input = faces(3);
  EXPECT_EQ(make_ranged_network(model_, ranges, int8)->run(input),
            make_network(calibrated_, int8)->run(input));
}

TEST_F(RangeMeterTest, TheCopyHasTheCardThatIsGiven) {
  auto card = read_model_card(model_);
  card.metrics["accuracy_int8"] = 0.5;
  card.temperature = 1.5;
  write_calibrated(model_, measure(), card, calibrated_);
  EXPECT_EQ(to_json(read_model_card(calibrated_)), to_json(card));
}

TEST(ShippedModels, CarryTheirRanges) {
  for (const char* model : {"mien-base", "mini-xception"}) {
    const auto card = read_model_card(find_model(model));
    ASSERT_TRUE(card.metrics.contains("accuracy_int8")) << model;
    EXPECT_NEAR(card.metrics.at("accuracy_int8"), card.metrics.at("accuracy"), 0.003) << model;
    EXPECT_NEAR(card.metrics.at("accuracy_bfloat16"), card.metrics.at("accuracy"), 0.003) << model;
  }
}

}  // namespace
}  // namespace mien
