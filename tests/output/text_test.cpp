#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <numeric>

#include "mien/csv.h"
#include "mien/json_lines.h"

namespace mien {
namespace {

FrameResult one_face() {
  FrameResult result;
  result.source = "a.jpg";
  result.width = 640;
  result.height = 480;
  Face face;
  face.track = 1;
  face.box = {212, 96, 138, 139};
  face.score = 0.98769F;
  face.expression = Expression::happy;
  face.confidence = 0.93F;
  face.probabilities = {0.01F, 0.0F, 0.01F, 0.93F, 0.01F, 0.02F, 0.02F};
  result.faces = {face};
  return result;
}

TEST(JsonLine, IsWhatTheContractSays) {
  EXPECT_EQ(
      to_json_line(one_face()),
      R"({"source":"a.jpg","frame":0,"time":0.0,"width":640,"height":480,"faces":[)"
      R"({"track":1,"box":[212,96,138,139],"score":0.9877,"expression":"happy",)"
      R"("confidence":0.93,"uncertain":false,"probabilities":{"angry":0.01,"disgust":0.0,"fear":0.01,)"
      R"("happy":0.93,"sad":0.01,"surprise":0.02,"neutral":0.02}}]})");
}

TEST(JsonLine, HasTheLandmarksThatADetectorGives) {
  auto result = one_face();
  result.faces[0].landmarks = {
      {{250.25F, 140}, {310, 141.96F}, {280, 170}, {260, 200}, {300, -1.5F}}};
  EXPECT_THAT(to_json_line(result),
              testing::HasSubstr(R"("score":0.9877,"landmarks":[[250.3,140.0],[310.0,142.0],)"
                                 R"([280.0,170.0],[260.0,200.0],[300.0,-1.5]],"expression":)"));
}

TEST(JsonLine, LongVideosHaveExactFramesAndTimes) {
  auto result = one_face();
  result.frame = 5'184'000'123;
  result.time = 86'400'001.23456;
  EXPECT_THAT(to_json_line(result),
              testing::HasSubstr(R"("frame":5184000123,"time":86400001.2346,)"));
  EXPECT_THAT(to_csv(result), testing::StartsWith("a.jpg,5184000123,86400001.2346,1,"));
}

TEST(JsonLine, NoFaceIsAnEmptyList) {
  auto result = one_face();
  result.faces.clear();
  EXPECT_THAT(to_json_line(result), testing::EndsWith(R"("faces":[]})"));
}

TEST(JsonLine, AnySourceMakesOneLineOfValidJson) {
  auto result = one_face();
  result.source = "new\nline \"quoted\" \xff.jpg";
  const auto line = to_json_line(result);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(line).at("source"), "new\nline \"quoted\" \uFFFD.jpg");
}

TEST(JsonLine, RoundedProbabilitiesStillSumToOne) {
  auto result = one_face();
  result.faces[0].probabilities.fill(1.0F / 7);
  const auto parsed = nlohmann::json::parse(to_json_line(result));
  double sum = 0;
  for (const auto& probability : parsed["faces"][0]["probabilities"]) {
    sum += probability.get<double>();
  }
  EXPECT_NEAR(sum, 1, 5e-4);
}

TEST(Csv, OneRowPerFace) {
  auto result = one_face();
  result.faces.push_back(result.faces[0]);
  result.faces[1].track = 2;
  result.faces[1].uncertain = true;
  EXPECT_EQ(csv_header(),
            "source,frame,time,track,x,y,width,height,score,expression,confidence,uncertain,"
            "angry,disgust,fear,happy,sad,surprise,neutral\r\n");
  EXPECT_EQ(to_csv(result),
            "a.jpg,0,0,1,212,96,138,139,0.9877,happy,0.93,0,0.01,0,0.01,0.93,0.01,0.02,0.02\r\n"
            "a.jpg,0,0,2,212,96,138,139,0.9877,happy,0.93,1,0.01,0,0.01,0.93,0.01,0.02,0.02\r\n");
  result.faces.clear();
  EXPECT_EQ(to_csv(result), "");
}

TEST(JsonLine, HasTheAttributesThatWereAskedFor) {
  auto result = one_face();
  auto& attributes = result.faces[0].attributes.emplace();
  attributes.age = 34.26F;
  EXPECT_THAT(to_json_line(result), testing::EndsWith(R"(0.02},"attributes":{"age":34.3}}]})"));
  attributes.gender = {Gender::female, 0.97F};
  EXPECT_THAT(to_json_line(result),
              testing::EndsWith(R"("attributes":{"gender":{"label":"female","confidence":0.97},)"
                                R"("age":34.3}}]})"));
}

TEST(Csv, HasColumnsForTheAttributesThatWereAskedFor) {
  auto result = one_face();
  result.faces[0].attributes = Attributes{GenderEstimate{Gender::male, 0.75F}, 34.26F};
  EXPECT_THAT(csv_header({.gender = true}),
              testing::EndsWith(",neutral,gender,gender_confidence\r\n"));
  EXPECT_THAT(csv_header({true, true}), testing::EndsWith(",gender_confidence,age\r\n"));
  EXPECT_THAT(to_csv(result, {true, true}), testing::EndsWith(",0.02,0.02,male,0.75,34.3\r\n"));
  EXPECT_THAT(to_csv(result, {.age = true}), testing::EndsWith(",0.02,34.3\r\n"));
  EXPECT_THAT(to_csv(result), testing::EndsWith(",0.02,0.02\r\n"));
  result.faces[0].attributes.reset();
  EXPECT_THAT(to_csv(result, {true, true}), testing::EndsWith(",0.02,0.02,,,\r\n"));
}

TEST(Csv, QuotesWhatNeedsIt) {
  auto result = one_face();
  result.source = "a, \"b\".jpg";
  EXPECT_THAT(to_csv(result), testing::StartsWith(R"("a, ""b"".jpg",0,)"));
}

}  // namespace
}  // namespace mien
