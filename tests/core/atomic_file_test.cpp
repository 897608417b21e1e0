#include "core/atomic_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "mien/error.h"

namespace mien {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// While it lives no file of this process can grow beyond `bytes`: writing fails with EFBIG, as it
/// fails with ENOSPC on a full disk.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &limit_);
    const rlimit lowered{bytes, limit_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &lowered);
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &limit_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit limit_{};
  void (*handler_)(int) = SIG_DFL;
};

class AtomicFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "mien-atomic-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }

  static std::string content(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(folder_)) {
      found.push_back(entry.path().filename().string());
    }
    return found;
  }

  fs::path folder_;
};

TEST_F(AtomicFile, WritesAllBytes) {
  const std::string bytes("a\0b\nc", 5);
  write_file_atomically(folder_ / "file", bytes);
  EXPECT_EQ(content(folder_ / "file"), bytes);
  EXPECT_THAT(names(), ElementsAre("file"));
}

TEST_F(AtomicFile, WritesAnEmptyFile) {
  write_file_atomically(folder_ / "file", "");
  EXPECT_TRUE(fs::is_empty(folder_ / "file"));
}

TEST_F(AtomicFile, ReplacesWhatWasThere) {
  write_file_atomically(folder_ / "file", "the old and longer text");
  write_file_atomically(folder_ / "file", "new");
  EXPECT_EQ(content(folder_ / "file"), "new");
  EXPECT_THAT(names(), ElementsAre("file"));
}

TEST_F(AtomicFile, MakesTheFolder) {
  write_file_atomically(folder_ / "a" / "b" / "file", "text");
  EXPECT_EQ(content(folder_ / "a" / "b" / "file"), "text");
}

TEST_F(AtomicFile, AFullDiskLeavesWhatWasThereAndNothingElse) {
  write_file_atomically(folder_ / "file", "old");
  const FullDisk full(1000);
  try {
    write_file_atomically(folder_ / "file", std::string(5000, 'x'));
    FAIL() << "expected an error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::internal);
    EXPECT_THAT(error.what(), HasSubstr((folder_ / "file").string()));
    EXPECT_THAT(error.what(), HasSubstr("File too large"));
  }
  EXPECT_EQ(content(folder_ / "file"), "old");
  EXPECT_THAT(names(), ElementsAre("file"));
}

TEST_F(AtomicFile, AFullDiskLeavesNoNewFile) {
  const FullDisk full(1000);
  EXPECT_THROW(write_file_atomically(folder_ / "file", std::string(5000, 'x')), Error);
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(AtomicFile, AFileInTheFoldersPlaceIsAnError) {
  write_file_atomically(folder_ / "file", "text");
  EXPECT_THROW(write_file_atomically(folder_ / "file" / "below", "text"), Error);
  EXPECT_EQ(content(folder_ / "file"), "text");
}

TEST_F(AtomicFile, AFolderUnderTheFinalNameStays) {
  fs::create_directories(folder_ / "name" / "below");
  EXPECT_THROW(write_file_atomically(folder_ / "name", "text"), Error);
  EXPECT_TRUE(fs::is_directory(folder_ / "name" / "below"));
  EXPECT_THAT(names(), ElementsAre("name"));
}

TEST_F(AtomicFile, PiecesAppearTogether) {
  std::string all;
  mien::AtomicFile file(folder_ / "file");
  for (int i = 0; i < 30000; ++i) {
    const auto piece = std::to_string(i) + "\n";
    file.append(piece);
    all += piece;
  }
  EXPECT_FALSE(fs::exists(folder_ / "file"));
  file.commit();
  EXPECT_EQ(content(folder_ / "file"), all);
  EXPECT_THAT(names(), ElementsAre("file"));
}

TEST_F(AtomicFile, WithoutCommitNothingIsLeft) {
  mien::AtomicFile(folder_ / "file").append(std::string(100000, 'x'));
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(AtomicFile, APathThatCannotBeWrittenIsFoundAtOnce) {
  write_file_atomically(folder_ / "file", "text");
  EXPECT_THROW(mien::AtomicFile(folder_ / "file" / "below"), Error);
}

}  // namespace
}  // namespace mien
