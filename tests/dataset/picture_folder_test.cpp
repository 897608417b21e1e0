#include "dataset/picture_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "mien/error.h"

namespace mien {
namespace {

using testing::HasSubstr;

/// Reads a picture of one gray level: the number that the file's name is.
Image read_level(const std::filesystem::path& path) {
  Image image(10, 20, PixelFormat::gray);
  std::ranges::fill(image.pixels(), static_cast<std::uint8_t>(std::stoi(path.stem())));
  return image;
}

class PictureFolderFiles : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove_all(root_); }

  void add(const std::string& file) const {
    std::filesystem::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << "x";
  }

  PictureFolder read(const std::string& split = {}) const {
    return read_picture_folder({root_, split, 8, 8}, read_level, {});
  }

  std::string failure(const std::string& split = {}) const {
    try {
      read(split);
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  }

  const std::filesystem::path& root() const { return root_; }

 private:
  std::filesystem::path root_ = std::filesystem::temp_directory_path() /
                                ("mien-picture-folder-" + std::to_string(::getpid()));
};

TEST_F(PictureFolderFiles, LabelsAreTheFoldersNames) {
  for (const auto* file : {"happy/2.png", "happy/1.JPG", "angry/3.jpeg", "angry/notes.txt",
                           "angry/.4.png", "readme.txt"}) {
    add(file);
  }
  const auto faces = read();
  ASSERT_EQ(faces.size(), 3U);
  EXPECT_EQ(faces.get(0).label, Expression::angry);
  EXPECT_EQ(faces.get(1).label, Expression::happy);
  EXPECT_THAT(faces.get(0).pixels, testing::SizeIs(64));
  EXPECT_THAT(faces.get(0).pixels, testing::Each(3));
  EXPECT_THAT(faces.get(1).pixels, testing::Each(1));
  EXPECT_THAT(faces.get(2).pixels, testing::Each(2));
}

TEST_F(PictureFolderFiles, ASplitIsAFolder) {
  add("train/sad/1.png");
  add("test/fear/2.png");
  EXPECT_EQ(read("test").get(0).label, Expression::fear);
  EXPECT_THAT(failure("validation"), HasSubstr("cannot read the folder"));
  EXPECT_THAT(failure(), HasSubstr("--split"));
}

TEST_F(PictureFolderFiles, WithoutPicturesItIsAnError) {
  std::filesystem::create_directories(root() / "happy");
  EXPECT_THAT(failure(), HasSubstr("no picture in it"));
}

TEST_F(PictureFolderFiles, TellsHowFarItIs) {
  add("sad/1.png");
  add("sad/2.png");
  std::vector<std::size_t> steps;
  read_picture_folder({root(), {}, 8, 8}, read_level, [&steps](std::size_t done, std::size_t all) {
    EXPECT_EQ(all, 2U);
    steps.push_back(done);
  });
  EXPECT_THAT(steps, testing::ElementsAre(1, 2));
}

}  // namespace
}  // namespace mien
