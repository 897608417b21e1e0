#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "program.h"
#include "test_models.h"
#include "test_pictures.h"

namespace mien::test {

/// A folder for the test's files, and a model named mien-base in models/ of it.
class Mien : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directory(path("models"));
    write("models/mien-base.onnx", with_card(linear_model(48), expression_card(48)));
  }

  std::string path(const std::string& name) const { return (folder_.path() / name).string(); }

  std::string write(const std::string& name, const std::string& text) const {
    return folder_.write(name, Bytes(text.begin(), text.end())).string();
  }

  std::string write_picture(const std::string& name) const {
    const auto extension = std::filesystem::path(name).extension().string();
    return folder_.write(name, encoded(four_quarters(), extension)).string();
  }

  ProgramResult run(const std::vector<std::string>& arguments,
                    const std::filesystem::path& out = {}) const {
    auto options = program_options();
    options.out = out;
    return run_mien(arguments, options);
  }

  ProgramOptions program_options() const {
    return {.environment = {{"MIEN_MODELS", path("models")}}, .out = {}, .folder = {}};
  }

  std::filesystem::path portrait() const {
    const auto picture = astronaut();
    if (picture.empty()) return {};
    return folder_.write("portrait.png", encoded(picture, ".png"));
  }

 private:
  TemporaryFolder folder_;
};

inline void expect_one_error(const ProgramResult& result, int status, const std::string& part) {
  EXPECT_EQ(result.status, status);
  EXPECT_THAT(result.err_lines(), testing::SizeIs(1)) << result.err;
  EXPECT_THAT(result.err, testing::StartsWith("mien: "));
  EXPECT_THAT(result.err, testing::HasSubstr(part));
}

}  // namespace mien::test
