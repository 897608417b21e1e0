#include "gallery_pictures.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <vector>

#include "core/progress_bar.h"
#include "dataset/fer2013.h"
#include "messages.h"
#include "mien/error.h"
#include "mien/picture.h"
#include "quiet_picture.h"

namespace mien::apps {
namespace {

using Path = std::filesystem::path;
using server::Gallery;

/// Enough for a page with many of them.
constexpr int kLongestSide = 160;

std::string to_png(const cv::Mat& picture) {
  const int longest = std::max(picture.cols, picture.rows);
  cv::Mat small = picture;
  if (longest > kLongestSide) {
    const double scale = static_cast<double>(kLongestSide) / longest;
    const cv::Size size(std::max(1, cvRound(picture.cols * scale)),
                        std::max(1, cvRound(picture.rows * scale)));
    cv::resize(picture, small, size, 0, 0, cv::INTER_AREA);
  }
  std::vector<std::uint8_t> bytes;
  cv::imencode(".png", small, bytes);
  return {bytes.begin(), bytes.end()};
}

/// The places of at most kMost of `count`, from the first on at even distances.
std::vector<std::size_t> chosen(std::size_t count) {
  std::vector<std::size_t> places;
  const auto wanted = std::min(count, Gallery::kMost);
  for (std::size_t i = 0; i < wanted; ++i) places.push_back(i * count / wanted);
  return places;
}

/// FER-2013 has a few blank pictures.
bool is_blank(const LabelledFace& face) {
  return std::ranges::all_of(face.pixels, [&](auto value) { return value == face.pixels[0]; });
}

Gallery of_dataset(const Path& csv) {
  ProgressBar bar("read");
  const auto training =
      read_fer2013({csv, {}}, {FerSplit::training},
                   [&bar](std::uintmax_t done, std::uintmax_t total) { bar.update(done, total); });
  std::array<std::vector<LabelledFace>, kExpressionCount> faces;
  for (std::size_t i = 0; i < training.front().size(); ++i) {
    const auto face = training.front().get(i);
    if (!is_blank(face)) faces.at(static_cast<std::size_t>(face.label)).push_back(face);
  }
  Gallery gallery;
  for (std::size_t e = 0; e < kExpressionCount; ++e) {
    for (const auto place : chosen(faces[e].size())) {
      auto* pixels = const_cast<std::uint8_t*>(faces[e][place].pixels.data());
      gallery.pictures[e].push_back(
          to_png(cv::Mat(Fer2013::kSide, Fer2013::kSide, CV_8UC1, pixels)));
    }
  }
  return gallery;
}

std::vector<Path> folders_in(const Path& folder) {
  std::vector<Path> found;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code ignored;
    if (entry->is_directory(ignored)) found.push_back(entry->path());
  }
  if (error) {
    throw Error(ErrorCode::input, folder.string() + ": cannot read the folder: " + error.message() +
                                      "; check the path given to --gallery");
  }
  std::ranges::sort(found);
  return found;
}

using Files = std::array<std::vector<Path>, kExpressionCount>;

/// The pictures in the folders that are named as expressions.
void add_files(const Path& folder, Files& files) {
  for (const auto& path : folders_in(folder)) {
    const auto label = expression_from_name(path.filename().string());
    if (!label) continue;
    try {
      const auto pictures = list_pictures(path);
      auto& all = files.at(static_cast<std::size_t>(*label));
      all.insert(all.end(), pictures.begin(), pictures.end());
    } catch (const Error& error) {
      say(error.what());
    }
  }
}

std::vector<std::string> read_files(const std::vector<Path>& files) {
  std::vector<std::string> pictures;
  for (const auto place : chosen(files.size())) {
    try {
      auto picture = read_picture_quietly(files[place]);
      pictures.push_back(
          to_png(cv::Mat(picture.height(), picture.width(), CV_8UC3, picture.pixels().data())));
    } catch (const Error& error) {
      say(error.what());
    }
  }
  return pictures;
}

Gallery of_folder(const Path& root) {
  Files files;
  add_files(root, files);
  const auto none = std::ranges::all_of(files, [](const auto& some) { return some.empty(); });
  if (none) {
    for (const auto& split : folders_in(root)) add_files(split, files);
  }
  Gallery gallery;
  for (std::size_t e = 0; e < kExpressionCount; ++e) gallery.pictures[e] = read_files(files[e]);
  return gallery;
}

}  // namespace

Gallery read_gallery(const Path& data) {
  std::error_code ignored;
  auto gallery = std::filesystem::is_directory(data, ignored) ? of_folder(data) : of_dataset(data);
  if (gallery.is_available()) return gallery;
  throw Error(
      ErrorCode::input,
      data.string() +
          ": no picture of an expression in it; give fer2013.csv, or a folder whose folders "
          "are named angry, disgust, fear, happy, sad, surprise and neutral");
}

}  // namespace mien::apps
