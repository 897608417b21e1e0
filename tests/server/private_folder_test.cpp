#include "server/private_folder.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <optional>

#include "mien/error.h"
#include "test_pictures.h"

namespace mien::server {
namespace {

TEST(PrivateFolder, IsForItsUserAloneAndGoesWithAllInIt) {
  const test::TemporaryFolder parent;
  std::filesystem::path path;
  {
    const PrivateFolder folder(parent.path(), "mien-test");
    path = folder.path();
    EXPECT_EQ(path.parent_path(), parent.path());
    struct stat status {};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0700U);
    std::filesystem::create_directory(path / "a");
    std::ofstream(path / "a" / "b") << "c";
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(PrivateFolder, RemovesWhatAKilledRunLeftAndNothingElse) {
  const test::TemporaryFolder parent;
  const auto left = parent.path() / "mien-test-AAAAAA";
  const auto foreign = parent.path() / "mien-test-BBBBBB";  // not with a lock of ours
  const auto other = parent.path() / "mien-other-CCCCCC";
  for (const auto& path : {left, foreign, other}) std::filesystem::create_directory(path);
  std::ofstream(left / "lock") << "";
  std::ofstream(other / "lock") << "";
  std::ofstream(left / "upload") << "a video";
  const PrivateFolder first(parent.path(), "mien-test");
  const PrivateFolder second(parent.path(), "mien-test");
  EXPECT_FALSE(std::filesystem::exists(left));
  EXPECT_TRUE(std::filesystem::exists(foreign));
  EXPECT_TRUE(std::filesystem::exists(other));
  EXPECT_TRUE(std::filesystem::exists(first.path()));
}

TEST(PrivateFolder, SaysWhereItCannotBeMade) {
  try {
    const PrivateFolder folder("/proc/nowhere", "mien-test");
    FAIL() << "made";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("/proc/nowhere"), std::string::npos);
  }
}

}  // namespace
}  // namespace mien::server
