#include "train/detection/detection_data.h"

#include <algorithm>
#include <utility>

#include "dataset/face_landmarks.h"
#include "dataset/wider_face.h"
#include "mien/error.h"
#include "train/jpeg_pictures.h"

namespace mien::train {
namespace {

void scale(MarkedPicture& marked, float factor) {
  for (auto& face : marked.faces) {
    face.x *= factor;
    face.y *= factor;
    face.width *= factor;
    face.height *= factor;
    if (!face.landmarks) continue;
    for (auto& point : *face.landmarks) point = {point.x * factor, point.y * factor};
  }
}

/// Pictures as large as they come from a camera would not fit into memory by the thousand.
Image scaled_down(Image picture, MarkedPicture& marked) {
  const int longest = std::max(picture.width(), picture.height());
  if (longest <= kLongestSide) return picture;
  const double factor = static_cast<double>(kLongestSide) / longest;
  const auto side = [factor](int length) {
    return std::max(1, static_cast<int>(length * factor + 0.5));
  };
  Image smaller(side(picture.width()), side(picture.height()), PixelFormat::bgr);
  const Pyramid pyramid(std::move(picture));
  Placement placement;
  placement.scale = factor;
  const std::uint8_t black[3] = {};
  draw(pyramid, placement, 0, {0, 0, smaller.width(), smaller.height()}, black, smaller);
  scale(marked, static_cast<float>(factor));
  return smaller;
}

constexpr int kSmallestSide = 16;

/// Throws Error (input) for a picture that shows nothing, also when it is scaled down.
Image large_enough(Image picture, const std::filesystem::path& path) {
  const int shorter = std::min(picture.width(), picture.height());
  const int longer = std::max(picture.width(), picture.height());
  const double factor = std::min(1.0, static_cast<double>(kLongestSide) / longer);
  if (shorter * factor < kSmallestSide) {
    throw Error(ErrorCode::input, path.string() + ": " + std::to_string(picture.width()) + " x " +
                                      std::to_string(picture.height()) +
                                      " pixels are too narrow; the picture is skipped");
  }
  return picture;
}

class Reader {
 public:
  Reader(std::size_t total, const std::function<void(std::size_t, std::size_t)>& progress,
         std::vector<std::string>& notes)
      : total_(total), progress_(progress), notes_(notes) {}

  template <typename Take>
  void read(const MarkedPictures& marked, Take&& take) {
    for (auto picture : marked.pictures) {
      try {
        auto pixels =
            scaled_down(large_enough(read_jpeg_picture(picture.path), picture.path), picture);
        take(std::move(pixels), std::move(picture));
      } catch (const Error& error) {
        if (error.code() != ErrorCode::input) throw;
        notes_.emplace_back(error.what());
      }
      progress_(++done_, total_);
    }
  }

 private:
  std::size_t total_;
  std::size_t done_ = 0;
  const std::function<void(std::size_t, std::size_t)>& progress_;
  std::vector<std::string>& notes_;
};

void note_skipped(const MarkedPictures& marked, const std::filesystem::path& root,
                  std::vector<std::string>& notes) {
  if (marked.skipped_faces + marked.skipped_pictures == 0) return;
  notes.push_back(root.string() + ": " + std::to_string(marked.skipped_faces) + " faces and " +
                  std::to_string(marked.skipped_pictures) + " pictures were skipped" +
                  (marked.complaints.empty() ? "" : ", the first: " + marked.complaints.front()));
}

}  // namespace

DetectionData read_detection_data(const DetectionFiles& files,
                                  const std::function<void(std::size_t, std::size_t)>& progress) {
  DetectionData data;
  const auto training = read_wider_face(files.pictures, WiderSplit::training);
  const auto validation = read_wider_face(files.pictures, WiderSplit::validation);
  MarkedPictures faces;
  MarkedPictures validation_faces;
  if (!files.landmarks.empty()) {
    faces = read_face_landmarks(files.landmarks, LandmarksSplit::training);
    validation_faces = read_face_landmarks(files.landmarks, LandmarksSplit::validation);
    note_skipped(faces, files.landmarks, data.notes);
    note_skipped(validation_faces, files.landmarks, data.notes);
  }
  note_skipped(training, files.pictures, data.notes);
  note_skipped(validation, files.pictures, data.notes);
  const auto learn = [](std::vector<LearntPicture>& into) {
    return [&into](Image picture, MarkedPicture marked) {
      into.push_back({Pyramid(std::move(picture)), std::move(marked)});
    };
  };
  const auto measure = [](std::vector<MeasuredPicture>& into) {
    return [&into](Image picture, MarkedPicture marked) {
      into.push_back({std::move(picture), std::move(marked)});
    };
  };
  Reader reader(training.pictures.size() + validation.pictures.size() + faces.pictures.size() +
                    validation_faces.pictures.size(),
                progress, data.notes);
  reader.read(training, learn(data.training));
  reader.read(validation, measure(data.validation));
  reader.read(faces, learn(data.training_faces));
  reader.read(validation_faces, measure(data.validation_faces));
  if (data.training.empty() || data.validation.empty()) {
    throw Error(ErrorCode::input, files.pictures.string() +
                                      ": too few pictures that can be read; both splits need one");
  }
  return data;
}

}  // namespace mien::train
