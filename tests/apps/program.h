#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "test_pictures.h"

namespace mien::test {

struct ProgramResult {
  int status = -1;  ///< the exit status; -1 when a signal ended it
  int signal = 0;   ///< that ended it
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

/// The program mien under test while it runs. Its standard input is a pipe, and is standard output
/// too when asked for; else what it writes there is captured.
class RunningMien {
 public:
  enum class Out { captured, pipe };

  explicit RunningMien(const std::vector<std::string>& arguments,
                       const ProgramOptions& options = {}, Out out = Out::captured);
  RunningMien(const RunningMien&) = delete;
  RunningMien& operator=(const RunningMien&) = delete;
  ~RunningMien();

  /// Gives it those bytes; false when it reads no more.
  bool write(const std::vector<std::uint8_t>& bytes);
  void close_input();

  /// What it has written to standard output so far, when that is captured.
  std::string written() const;

  /// The next byte of a piped standard output has come.
  void wait_for_output();
  void close_output();

  void send(int signal) const;
  pid_t id() const { return child_; }

  ProgramResult wait();
  /// wait(), if it has ended.
  std::optional<ProgramResult> ended();

 private:
  ProgramResult result(int status);

  TemporaryFolder folder_;
  std::filesystem::path out_;
  pid_t child_ = -1;
  int input_ = -1;
  int output_ = -1;
};

/// Runs the program mien under test and waits for it.
ProgramResult run_mien(const std::vector<std::string>& arguments,
                       const ProgramOptions& options = {});

std::string read_text(const std::filesystem::path& path);

}  // namespace mien::test
