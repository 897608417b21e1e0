#include "program.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

#include "test_pictures.h"

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

ProgramResult run_mien(const std::vector<std::string>& arguments, const ProgramOptions& options) {
  const TemporaryFolder folder;
  const auto out = options.out.empty() ? folder.path() / "out" : options.out;
  const auto err = folder.path() / "err";
  const std::string path = (options.folder.empty() ? built_programs() : options.folder) / "mien";
  std::vector<std::string> words = {path};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (auto& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);

  const pid_t child = ::fork();
  if (child == 0) {
    for (const auto& [name, value] : options.environment) {
      ::setenv(name.c_str(), value.c_str(), 1);
    }
    redirect(STDOUT_FILENO, out);
    redirect(STDERR_FILENO, err);
    ::execv(path.c_str(), pointers.data());
    ::_exit(127);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1,
          options.out.empty() ? read_text(out) : std::string(), read_text(err)};
}

}  // namespace mien::test
