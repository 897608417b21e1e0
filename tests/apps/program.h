#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace mien::test {

struct ProgramResult {
  int status = -1;  ///< the exit status; -1 when a signal ended it
  std::string out;
  std::string err;

  std::vector<std::string> out_lines() const;
  std::vector<std::string> err_lines() const;
};

struct ProgramOptions {
  std::map<std::string, std::string> environment{};  ///< on top of the test's own
  std::filesystem::path out{};                       ///< where stdout goes; empty: it is captured
  std::filesystem::path folder{};  ///< where the program is; empty: where it was built
};

/// Runs the program mien under test and waits for it.
ProgramResult run_mien(const std::vector<std::string>& arguments,
                       const ProgramOptions& options = {});

std::string read_text(const std::filesystem::path& path);

}  // namespace mien::test
