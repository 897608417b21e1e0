#include "inputs.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <regex>
#include <string_view>
#include <system_error>

#include "mien/frame_source.h"
#include "mien/picture.h"

namespace mien::apps {
namespace {

using Path = std::filesystem::path;

/// Whether Mien gave a file its name: `a.annotated.png`, `a.annotated-2.mp4`.
bool is_annotated(const Path& path) {
  static const std::regex pattern(R"(\.annotated(-[0-9]+)?$)");
  return std::regex_search(path.stem().string(), pattern);
}

/// By name, numbers by their value.
bool before(const Path& a, const Path& b) {
  return ::strverscmp(a.filename().c_str(), b.filename().c_str()) < 0;
}

std::vector<Path> list_videos(const Path& folder) {
  std::vector<Path> videos;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const auto& path = entry->path();
    std::error_code broken;
    if (!path.filename().string().starts_with('.') && entry->is_regular_file(broken) &&
        has_frame_source_name(path.string())) {
      videos.push_back(path);
    }
  }
  std::sort(videos.begin(), videos.end(), before);
  return videos;
}

void add_folder(const Path& folder, std::vector<Input>& inputs) {
  const auto add = [&inputs](const std::vector<Path>& paths, InputKind kind) {
    for (const auto& path : paths) {
      if (!is_annotated(path)) inputs.push_back({path.string(), kind});
    }
  };
  const auto listed = inputs.size();
  const auto videos = list_videos(folder);
  std::vector<Path> pictures;
  try {
    pictures = list_pictures(folder);
  } catch (const Error&) {
    if (videos.empty()) throw;
  }
  add(pictures, InputKind::picture);
  add(videos, InputKind::moving);
  if (inputs.size() == listed) {
    throw Error(ErrorCode::input, folder.string() +
                                      ": holds annotated pictures and videos alone, which are not "
                                      "analyzed again; name a file to do so");
  }
}

InputKind kind_of(const std::string& name) {
  if (has_frame_source_name(name)) return InputKind::moving;
  if (has_picture_name(name)) return InputKind::picture;
  // A pipe can be read once only.
  std::error_code ignored;
  return std::filesystem::is_fifo(name, ignored) ? InputKind::moving : InputKind::unnamed;
}

}  // namespace

std::vector<Input> list_inputs(const std::vector<std::string>& names,
                               const std::function<void(const Error&)>& failed) {
  std::vector<Input> inputs;
  for (const auto& name : names) {
    std::error_code ignored;  // what does not exist is said when it is read
    if (!std::filesystem::is_directory(name, ignored)) {
      inputs.push_back({name, kind_of(name)});
      continue;
    }
    try {
      add_folder(name, inputs);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::input) throw;
      failed(error);
    }
  }
  return inputs;
}

}  // namespace mien::apps
