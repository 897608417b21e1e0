// How the programs run models: engines, precisions, and `mien calibrate`.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <string>

#include "made_fer2013.h"
#include "mien_fixture.h"

namespace mien::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class RunningModels : public Mien {
 protected:
  void SetUp() override {
    Mien::SetUp();
    model_ =
        write("models/convolutional.onnx", with_card(convolutional_model(), expression_card(16)));
    data_ = write("fer2013.csv", made_fer2013());
  }

  /// Whether this processor has instructions for int8, by what the program says.
  bool has_int8() const {
    const auto result = run({"analyze", "--precision", "int8", "--model", model_, data_});
    return result.err.find("no instructions") == std::string::npos;
  }

  std::string model_;
  std::string data_;
};

TEST_F(RunningModels, EnginesAgree) {
  const auto answer = [&](const char* engine) {
    const auto result =
        run({"evaluate", "--model", model_, "--data", data_, "--engine", engine, "--json"});
    EXPECT_EQ(result.status, 0) << result.err;
    return json::parse(result.out);
  };
  const auto reference = answer("reference");
  for (const char* engine : {"auto", "onednn", "opencv"}) {
    EXPECT_NEAR(answer(engine).at("nll"), reference.at("nll"), 1e-4) << engine;
    EXPECT_EQ(answer(engine).at("confusion"), reference.at("confusion")) << engine;
  }
}

TEST_F(RunningModels, ThreadsDoNotChangeTheAnswer) {
  const auto nll = [&](const char* threads) {
    const auto result =
        run({"evaluate", "--model", model_, "--data", data_, "--threads", threads, "--json"});
    return json::parse(result.out).at("nll").get<double>();
  };
  EXPECT_NEAR(nll("1"), nll("2"), 1e-6);
}

TEST_F(RunningModels, WrongOptions) {
  expect_one_error(run({"analyze", "--engine", "abacus", data_}), 2, "unknown engine 'abacus'");
  expect_one_error(run({"analyze", "--precision", "half", data_}), 2, "--precision half");
  expect_one_error(run({"analyze", "--threads", "-1", data_}), 2, "--threads -1");
  expect_one_error(run({"calibrate", model_, "--data", data_}), 2, "--out is required");
  expect_one_error(run({"calibrate", model_, "--data", path("none.csv"), "--out", path("m.onnx")}),
                   3, "none.csv");
  expect_one_error(
      run({"calibrate", model_, "--data", data_, "--split", "Test", "--out", path("m.onnx")}), 2,
      "--split Test");
}

TEST_F(RunningModels, Int8NeedsCalibration) {
  if (!has_int8()) GTEST_SKIP() << "no instructions for int8 here";
  expect_one_error(run({"evaluate", "--model", model_, "--data", data_, "--precision", "int8"}), 2,
                   "mien calibrate");
}

TEST_F(RunningModels, CalibrateWritesACopyThatRunsInInt8) {
  if (!has_int8()) GTEST_SKIP() << "no instructions for int8 here";
  const auto copy = path("int8.onnx");
  const auto calibrated = run({"calibrate", model_, "--data", data_, "--out", copy});
  ASSERT_EQ(calibrated.status, 0) << calibrated.err;
  for (const char* line : {"float32", "bfloat16", "int8"}) {
    EXPECT_THAT(calibrated.out, HasSubstr(line));
  }
  const auto card = json::parse(run({"models", copy, "--json"}).out).at("card");
  EXPECT_TRUE(card.at("metrics").contains("accuracy_int8"));

  const auto result =
      run({"evaluate", "--model", copy, "--data", data_, "--precision", "int8", "--json"});
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(json::parse(result.out).at("accuracy"), card.at("metrics").at("accuracy_int8"));
}

TEST_F(RunningModels, OpencvRunsFloatsAlone) {
  if (!has_int8()) GTEST_SKIP() << "no instructions for bfloat16 or int8 here";
  const auto result = run({"evaluate", "--model", model_, "--data", data_, "--engine", "opencv",
                           "--precision", "bfloat16"});
  EXPECT_EQ(result.status, 2);
}

}  // namespace
}  // namespace mien::test
