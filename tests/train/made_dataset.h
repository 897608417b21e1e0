#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace mien::test {

/// A folder of its own, gone with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// The path in an environment variable that ctest sets.
std::filesystem::path path_from_environment(const char* name);

void write_text(const std::filesystem::path& path, const std::string& text);
std::string read_text(const std::filesystem::path& path);

/// Writes fer2013.csv and fer2013new.csv into `folder`: noise with a stripe whose place tells the
/// class, so that a network can learn it within an epoch or two.
void write_made_fer2013(const std::filesystem::path& folder, int training_rows,
                        int validation_rows);

/// A recipe for it that takes a second: `changes` is appended to its [training] table.
std::string made_recipe(const std::string& architecture, int epochs,
                        const std::string& training = "");

}  // namespace mien::test
