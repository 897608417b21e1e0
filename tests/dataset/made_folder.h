#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "mien/error.h"

namespace mien {

/// A folder of files that a test makes.
class MadeFolder : public testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(root_); }
  void TearDown() override { std::filesystem::remove_all(root_); }

  const std::filesystem::path& root() const { return root_; }

  std::filesystem::path write(const std::string& name, const std::string& bytes) const {
    const auto path = root_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }

  /// As much of a JPEG file as says how large it is.
  std::filesystem::path write_jpeg_header(const std::string& name, int width, int height) const {
    const auto big_endian = [](int number) {
      return std::string{static_cast<char>(number >> 8), static_cast<char>(number & 0xFF)};
    };
    const std::string comment = "\xFF\xFE" + big_endian(6) + "text";
    return write(name, "\xFF\xD8" + comment + "\xFF\xC0" + big_endian(17) + "\x08" +
                           big_endian(height) + big_endian(width));
  }

  /// The message of the Error that `act` throws.
  template <typename Act>
  static std::string failure(ErrorCode expected, const Act& act) {
    try {
      act();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), expected) << error.what();
      return error.what();
    }
    return "no error";
  }

 private:
  std::filesystem::path root_ =
      std::filesystem::temp_directory_path() /
      ("mien-" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) +
       std::to_string(::getpid()));
};

}  // namespace mien
