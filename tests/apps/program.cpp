#include "program.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace mien::test {
namespace {

std::filesystem::path built_programs() {
  const char* folder = std::getenv("MIEN_BIN");
  if (folder == nullptr) throw std::runtime_error("MIEN_BIN is not set; run the tests by ctest");
  return folder;
}

void redirect(int descriptor, const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  ::dup2(file, descriptor);
  ::close(file);
}

/// To read from and to write to; neither is passed on to another program.
std::pair<int, int> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  return {ends[0], ends[1]};
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace

std::vector<std::string> ProgramResult::out_lines() const { return lines_of(out); }
std::vector<std::string> ProgramResult::err_lines() const { return lines_of(err); }

std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

RunningMien::RunningMien(const std::vector<std::string>& arguments, const ProgramOptions& options,
                         Out out)
    : out_(options.out.empty() ? folder_.path() / "out" : options.out) {
  const auto err = folder_.path() / "err";
  const std::string path = (options.folder.empty() ? built_programs() : options.folder) / "mien";
  std::vector<std::string> words = {path};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (auto& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);

  const auto [input, to_input] = make_pipe();
  const auto [from_output, output] = make_pipe();
  child_ = ::fork();
  if (child_ == 0) {
    for (const auto& [name, value] : options.environment) {
      ::setenv(name.c_str(), value.c_str(), 1);
    }
    ::dup2(input, STDIN_FILENO);
    if (out == Out::pipe) {
      ::dup2(output, STDOUT_FILENO);
    } else {
      redirect(STDOUT_FILENO, out_);
    }
    redirect(STDERR_FILENO, err);
    ::execv(path.c_str(), pointers.data());
    ::_exit(127);
  }
  ::close(input);
  ::close(output);
  input_ = to_input;
  output_ = from_output;
  std::signal(SIGPIPE, SIG_IGN);
}

RunningMien::~RunningMien() {
  if (child_ > 0) {
    send(SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }
  close_input();
  close_output();
}

bool RunningMien::write(const std::vector<std::uint8_t>& bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const auto written = ::write(input_, bytes.data() + done, bytes.size() - done);
    if (written < 0) return false;
    done += static_cast<std::size_t>(written);
  }
  return true;
}

void RunningMien::close_input() {
  if (input_ >= 0) ::close(input_);
  input_ = -1;
}

std::string RunningMien::written() const { return read_text(out_); }

void RunningMien::wait_for_output() {
  char byte = 0;
  [[maybe_unused]] const auto count = ::read(output_, &byte, 1);
}

void RunningMien::close_output() {
  if (output_ >= 0) ::close(output_);
  output_ = -1;
}

void RunningMien::send(int signal) const { ::kill(child_, signal); }

ProgramResult RunningMien::wait() {
  int status = 0;
  ::waitpid(child_, &status, 0);
  return result(status);
}

std::optional<ProgramResult> RunningMien::ended() {
  int status = 0;
  if (::waitpid(child_, &status, WNOHANG) != child_) return std::nullopt;
  return result(status);
}

ProgramResult RunningMien::result(int status) {
  child_ = -1;
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, WIFSIGNALED(status) ? WTERMSIG(status) : 0,
          std::filesystem::is_regular_file(out_) ? read_text(out_) : std::string(),
          read_text(folder_.path() / "err")};
}

ProgramResult run_mien(const std::vector<std::string>& arguments, const ProgramOptions& options) {
  RunningMien program(arguments, options);
  program.close_input();
  return program.wait();
}

}  // namespace mien::test
