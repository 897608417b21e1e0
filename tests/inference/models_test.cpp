#include "mien/models.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "mien/error.h"

namespace mien {
namespace {

using testing::HasSubstr;

/// Two folders in MIEN_MODELS.
class Models : public testing::Test {
 protected:
  void SetUp() override {
    root_ = std::filesystem::temp_directory_path() / ("mien-models-" + std::to_string(::getpid()));
    for (const auto* folder : {"a", "b"}) std::filesystem::create_directories(root_ / folder);
    ::setenv("MIEN_MODELS", (root_.string() + "/a:" + root_.string() + "/b::").c_str(), 1);
  }
  void TearDown() override {
    ::unsetenv("MIEN_MODELS");
    std::filesystem::remove_all(root_);
  }

  std::filesystem::path add(const std::string& file) const {
    std::ofstream(root_ / file) << "x";
    return root_ / file;
  }

  static std::string failure(const std::string& model) {
    try {
      find_model(model);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::model);
      return error.what();
    }
    return "no error";
  }

 private:
  std::filesystem::path root_;
};

TEST_F(Models, AreFoundByNameInTheFirstFolder) {
  add("b/one-of-two.onnx");
  const auto first = add("a/one-of-two.onnx");
  const auto other = add("b/only-here.onnx");
  EXPECT_EQ(find_model("one-of-two"), first);
  EXPECT_EQ(find_model("only-here"), other);
}

TEST_F(Models, AreFoundByPath) {
  const auto path = add("a/any.onnx");
  EXPECT_EQ(find_model(path), path);
  EXPECT_THAT(failure(path.string() + "x"), HasSubstr("no such model file"));
  EXPECT_THAT(failure("no-such.onnx"), HasSubstr("no such model file"));
}

TEST_F(Models, MissingOnesSayWhereTheyWereLookedFor) {
  EXPECT_THAT(failure("no-such"), HasSubstr("share/mien/models"));
  EXPECT_THAT(failure("no-such"), HasSubstr("MIEN_MODELS"));
}

TEST_F(Models, AreListedOnceByName) {
  add("b/one-of-two.onnx");
  const auto first = add("a/one-of-two.onnx");
  add("a/a-first.onnx");
  add("a/notes.txt");
  std::vector<std::string> names;
  for (const auto& model : list_models()) {
    names.push_back(model.name);
    if (model.name == "one-of-two") {
      EXPECT_EQ(model.path, first);
    }
  }
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  EXPECT_THAT(names, testing::IsSupersetOf({"a-first", "one-of-two"}));
  EXPECT_EQ(std::count(names.begin(), names.end(), "one-of-two"), 1);
  EXPECT_EQ(std::count(names.begin(), names.end(), "notes"), 0);
}

}  // namespace
}  // namespace mien
