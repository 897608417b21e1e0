#include "output/output_names.h"

#include <algorithm>
#include <utility>

#include "core/file_name.h"
#include "mien/error.h"

namespace mien {
namespace {

/// File systems take names of 255 bytes; this leaves room for what is appended, and ends at the end
/// of a UTF-8 character.
std::string shortened(std::string stem) {
  constexpr std::size_t kLongest = 200;
  if (stem.size() <= kLongest) return stem;
  std::size_t end = kLongest;
  while (end > 0 && (static_cast<unsigned char>(stem[end]) & 0xC0U) == 0x80U) --end;
  stem.resize(end);
  return stem;
}

/// "camera.example-stream" of "rtsp://user:password@camera.example/stream?key=1".
std::string stem_of_address(std::string address) {
  address.erase(0, address.find("://") + 3);
  address.erase(std::min(address.find_first_of("?#"), address.size()));
  const auto user = address.rfind('@', address.find('/'));
  if (user != std::string::npos) address.erase(0, user + 1);
  while (!address.empty() && address.back() == '/') address.pop_back();
  return address;
}

std::string stem_of(const std::string& source) {
  std::string stem;
  if (source == "-") {
    stem = "stdin";
  } else if (source.find("://") != std::string::npos) {
    stem = stem_of_address(source);
  } else {
    stem = std::filesystem::path(source).stem().string();
  }
  std::ranges::replace_if(
      stem, [](char c) { return c == '/' || c == ':' || c == '%'; }, '-');
  return stem.empty() ? "video" : stem;
}

}  // namespace

OutputNames::OutputNames(std::filesystem::path folder,
                         const std::vector<std::filesystem::path>& inputs)
    : folder_(std::move(folder)) {
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  if (error) {
    throw Error(ErrorCode::internal, folder_.string() + ": cannot make the folder: " +
                                         error.message() + "; give another one");
  }
  for (const auto& input : inputs) {
    const auto beside = input.has_parent_path() ? input.parent_path() : ".";
    if (std::filesystem::equivalent(beside, folder_, error)) {
      taken_.insert(input.filename().string());
    }
  }
}

std::filesystem::path OutputNames::next(const std::string& stem, const std::string& extension) {
  const std::string whole = shortened(stem) + ".annotated";
  std::string file = whole + extension;
  for (int number = 2; !taken_.insert(file).second; ++number) {
    file = whole;
    file += '-' + std::to_string(number);
    file += extension;
  }
  return folder_ / file;
}

VideoNames::VideoNames(const std::filesystem::path& output,
                       const std::vector<std::string>& inputs) {
  if (!names_video_file(output)) {
    folder_.emplace_back(output, std::vector<std::filesystem::path>(inputs.begin(), inputs.end()));
    return;
  }
  file_ = output;
  for (const auto& input : inputs) {
    std::error_code ignored;
    if (std::filesystem::equivalent(input, output, ignored)) {
      throw Error(ErrorCode::usage,
                  output.string() + ": it is also an input; give another file's name");
    }
  }
}

std::filesystem::path VideoNames::next(const std::string& source) {
  if (!folder_.empty()) return folder_.front().next(stem_of(source), ".mp4");
  if (std::exchange(used_, true)) {
    throw Error(ErrorCode::usage,
                file_.string() + ": one file cannot take several videos; give a folder");
  }
  return file_;
}

bool names_video_file(const std::filesystem::path& output) {
  std::error_code ignored;
  return lower_case_extension(output) == ".mp4" && !std::filesystem::is_directory(output, ignored);
}

}  // namespace mien
