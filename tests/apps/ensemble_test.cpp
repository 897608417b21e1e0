// Ensembles: made by `mien ensemble`, and run wherever a model is.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <string>

#include "made_fer2013.h"
#include "mien_fixture.h"

namespace mien::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::SizeIs;

class EnsembleCommand : public Mien {
 protected:
  void SetUp() override {
    Mien::SetUp();
    auto card = expression_card(16);
    card.input.contrast = Contrast::equalise;
    other_ = write("models/other.onnx", with_card(convolutional_model(), card));
    data_ = write("fer2013.csv", made_fer2013());
  }

  ProgramResult make(const std::string& out) const {
    return run({"ensemble", "mien-base", other_, "--data", data_, "--out", out});
  }

  std::string other_;
  std::string data_;
};

TEST_F(EnsembleCommand, MakesAModelLikeOthers) {
  const auto made = make(path("models/both"));
  ASSERT_EQ(made.status, 0) << made.err;
  EXPECT_THAT(made.out, HasSubstr("all together"));

  const auto card = json::parse(run({"models", "both", "--json"}).out).at("card");
  EXPECT_EQ(card.at("name"), "both");
  EXPECT_EQ(card.at("selection_split"), "PublicTest");
  EXPECT_EQ(card.at("members"), json({"01-mien-base.onnx", "02-other.onnx"}));
  int faces = 0;
  for (const auto& row : card.at("confusion")) {
    for (const auto& count : row) faces += count.get<int>();
  }
  EXPECT_EQ(faces, 7);

  const auto result = run({"evaluate", "--model", "both", "--data", data_, "--json"});
  ASSERT_EQ(result.status, 0) << result.err;
  const auto evaluation = json::parse(result.out);
  EXPECT_EQ(evaluation.at("confusion"), card.at("confusion"));
  for (const char* metric : {"accuracy", "macro_f1", "nll", "ece"}) {
    EXPECT_NEAR(evaluation.at(metric), card.at("metrics").at(metric), 1e-5) << metric;
  }
}

/// A linear model of eight votes beside one of seven expressions.
std::string model_with_votes() {
  auto model = linear_model(48);
  const auto flat = model.model().graph().node(0).output(0);
  std::vector<float> weights;
  for (int label = 0; label < 8; ++label) {
    for (int pixel = 0; pixel < 48 * 48; ++pixel) {
      weights.push_back(linear_weight(48, label + 3, pixel));
    }
  }
  const auto votes = model.node("Gemm", {flat, model.weights({8, 48 * 48}, weights),
                                         model.weights({8}, std::vector<float>(8))});
  model.number("transB", 1);
  model.output(votes, 8);
  auto card = expression_card(48);
  card.vote_labels = {"contempt", "neutral", "happiness", "surprise",
                      "sadness",  "anger",   "disgust",   "fear"};
  return with_card(model, card);
}

TEST_F(EnsembleCommand, AModelWithVotesIsMeasuredOnFerPlussEightClasses) {
  // Of seven rows of PublicTest, one is without a majority, one is no face; a lone vote is a slip.
  std::string votes =
      "Usage,Image "
      "name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF\n";
  for (int i = 0; i < 7; ++i) votes += "Training,a.png,10,0,0,0,0,0,0,0,0,0\n";
  for (const auto* row :
       {"0,0,0,0,6,4,0,0,0,0", "0,9,0,0,0,0,0,1,0,0", "0,0,0,0,0,0,0,10,0,0", "5,5,0,0,0,0,0,0,0,0",
        "0,0,0,0,0,0,0,0,0,10", "1,1,1,1,1,1,0,2,1,1", "4,3,3,0,0,0,0,0,0,0"}) {
    votes += std::string("PublicTest,a.png,") + row + '\n';
  }
  write("fer2013new.csv", votes);
  const auto model = write("models/votes.onnx", model_with_votes());
  const auto result =
      run({"evaluate", "--model", model, "--data", data_, "--format", "ferplus", "--json"});
  ASSERT_EQ(result.status, 0) << result.err;
  const auto evaluation = json::parse(result.out);
  EXPECT_EQ(evaluation.at("n"), 4);
  EXPECT_EQ(evaluation.at("without_majority"), 3);
  EXPECT_EQ(evaluation.at("per_class").at("contempt").at("support"), 2);
  EXPECT_EQ(evaluation.at("per_class").at("anger").at("support"), 1);
  EXPECT_EQ(evaluation.at("confusion").size(), 8U);
  EXPECT_EQ(json::parse(run({"evaluate", "--model", model, "--data", data_, "--json"}).out).at("n"),
            7);
  expect_one_error(run({"evaluate", "--model", model, "--data", data_, "--format", "ferplus",
                        "--report", path("r.html")}),
                   2, "eight classes");
}

TEST_F(EnsembleCommand, RunsWhereverAModelDoes) {
  ASSERT_EQ(make(path("models/both")).status, 0);
  EXPECT_THAT(run({"models"}).out, HasSubstr("ensemble of test"));
  EXPECT_THAT(run({"models", path("models/both")}).out, HasSubstr("01-mien-base.onnx"));
  const auto picture = write_picture("picture.png");
  const auto analyzed = run({"analyze", "--model", path("models/both/"), picture});
  EXPECT_EQ(analyzed.status, 0) << analyzed.err;
  EXPECT_THAT(analyzed.out_lines(), SizeIs(1));
  expect_one_error(run({"calibrate", "both", "--data", data_, "--out", path("c.onnx")}), 2,
                   "whose members are calibrated one by one");
}

TEST_F(EnsembleCommand, WrongUsageIsOneLineAndLeavesNothing) {
  expect_one_error(run({"ensemble", "mien-base", "--data", data_, "--out", path("e")}), 2,
                   "2 to 32 members, not 1");
  expect_one_error(run({"ensemble", "mien-base", "none", "--data", data_, "--out", path("e")}), 4,
                   "no model 'none'");
  expect_one_error(
      run({"ensemble", "mien-base", other_, "--data", path("no.csv"), "--out", path("e")}), 3,
      "no.csv");
  expect_one_error(run({"ensemble", "mien-base", other_, "--data", data_, "--split", "Test",
                        "--out", path("e")}),
                   2, "split Test");
  EXPECT_FALSE(std::filesystem::exists(path("e")));
  expect_one_error(make(path("models")), 2, "exists already");

  ASSERT_EQ(make(path("e")).status, 0);
  expect_one_error(run({"ensemble", "mien-base", path("e"), "--data", data_, "--out", path("f")}),
                   2, "cannot be a member");
  expect_one_error(run({"analyze", "--model", path("models"), data_}), 4, "ensemble.json");
}

TEST_F(EnsembleCommand, ABrokenOneIsOneLine) {
  ASSERT_EQ(make(path("models/both")).status, 0);
  std::filesystem::remove(path("models/both/02-other.onnx"));
  expect_one_error(run({"evaluate", "--model", "both", "--data", data_}), 4,
                   "the member '02-other.onnx' is missing");
  write("models/both/ensemble.json", "{}");
  const auto listed = run({"models"});
  EXPECT_EQ(listed.status, 4);
  EXPECT_THAT(listed.out, HasSubstr("mien-base")) << "the others are listed";
  EXPECT_THAT(listed.err, HasSubstr("ensemble.json"));
}

}  // namespace
}  // namespace mien::test
