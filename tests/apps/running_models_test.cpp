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

TEST_F(RunningModels, MoreViewsOfAFaceChangeTheAnswer) {
  const auto nll = [&](const char* views) {
    const auto result =
        run({"evaluate", "--model", model_, "--data", data_, "--tta", views, "--json"});
    EXPECT_EQ(result.status, 0) << result.err;
    return json::parse(result.out).at("nll").get<double>();
  };
  EXPECT_NE(nll("none"), nll("flip"));
  EXPECT_NE(nll("flip"), nll("ten-crop"));
  EXPECT_EQ(nll("none"),
            json::parse(run({"evaluate", "--model", model_, "--data", data_, "--json"}).out)
                .at("nll")
                .get<double>());
}

TEST_F(RunningModels, AnalyzeLooksAtMoreViews) {
  const auto picture = portrait();
  if (picture.empty()) GTEST_SKIP() << "NO PORTRAIT: run script/setup, which fetches it";
  const auto probabilities = [&](const char* views) {
    const auto result = run({"analyze", "--model", model_, "--tta", views, picture.string()});
    EXPECT_EQ(result.status, 0) << result.err;
    return json::parse(result.out).at("faces").at(0).at("probabilities");
  };
  EXPECT_NE(probabilities("none"), probabilities("flip"));
  EXPECT_NE(probabilities("flip"), probabilities("ten-crop"));
}

TEST_F(RunningModels, WrongOptions) {
  expect_one_error(run({"analyze", "--tta", "five", data_}), 2, "--tta five: give none, flip or");
  expect_one_error(run({"evaluate", "--tta", "five", "--data", data_}), 2, "--tta five");
  expect_one_error(run({"analyze", "--engine", "abacus", data_}), 2, "unknown engine 'abacus'");
  expect_one_error(run({"analyze", "--precision", "half", data_}), 2, "--precision half");
  expect_one_error(run({"analyze", "--threads", "-1", data_}), 2, "--threads -1");
  expect_one_error(run({"calibrate", model_, "--data", data_}), 2, "--out is required");
  expect_one_error(run({"calibrate", model_, "--data", path("none.csv"), "--out", path("m.onnx")}),
                   3, "none.csv");
  expect_one_error(
      run({"calibrate", model_, "--data", data_, "--split", "Test", "--out", path("m.onnx")}), 2,
      "split Test");
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
  EXPECT_EQ(card.at("confusion").size(), 7U);
  EXPECT_NE(card.at("temperature"), expression_card(16).temperature);

  const auto result =
      run({"evaluate", "--model", copy, "--data", data_, "--precision", "int8", "--json"});
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(json::parse(result.out).at("accuracy"), card.at("metrics").at("accuracy_int8"));
}

TEST_F(RunningModels, CalibrateFavoursRareExpressionsOnDemand) {
  const auto copy = path("balanced.onnx");
  const auto result = run({"calibrate", model_, "--data", data_, "--balance", "--out", copy});
  ASSERT_EQ(result.status, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("balance"));
  const auto card = json::parse(run({"models", copy, "--json"}).out).at("card");
  const auto said = json::parse(run({"evaluate", "--model", copy, "--data", data_, "--json"}).out);
  for (const auto* metric : {"accuracy", "balanced_accuracy", "ece", "nll"}) {
    EXPECT_NEAR(said.at(metric).get<double>(), card.at("metrics").at(metric).get<double>(), 1e-6)
        << metric;
  }
  const auto before =
      json::parse(run({"evaluate", "--model", model_, "--data", data_, "--json"}).out);
  EXPECT_GE(said.at("accuracy"), before.at("accuracy"));
  EXPECT_GE(said.at("balanced_accuracy"), before.at("balanced_accuracy"));
}

TEST_F(RunningModels, CalibrateWritesWhatEvaluateMeasures) {
  const auto copy = path("fitted.onnx");
  const auto calibrated = run({"calibrate", model_, "--data", data_, "--out", copy});
  ASSERT_EQ(calibrated.status, 0) << calibrated.err;
  EXPECT_THAT(calibrated.out, HasSubstr("uncertain below"));
  const auto card = json::parse(run({"models", copy, "--json"}).out).at("card");
  const auto evaluate = [&](const std::string& model) {
    return json::parse(run({"evaluate", "--model", model, "--data", data_, "--json"}).out);
  };
  const auto evaluation = evaluate(copy);
  for (const char* metric : {"accuracy", "balanced_accuracy", "macro_f1", "nll", "ece"}) {
    EXPECT_NEAR(evaluation.at(metric), card.at("metrics").at(metric), 1e-5) << metric;
  }
  EXPECT_EQ(evaluation.at("confusion"), card.at("confusion"));
  EXPECT_LT(evaluation.at("nll"), evaluate(model_).at("nll"));
}

TEST_F(RunningModels, OpencvRunsFloatsAlone) {
  if (!has_int8()) GTEST_SKIP() << "no instructions for bfloat16 or int8 here";
  const auto result = run({"evaluate", "--model", model_, "--data", data_, "--engine", "opencv",
                           "--precision", "bfloat16"});
  EXPECT_EQ(result.status, 2);
}

}  // namespace
}  // namespace mien::test
