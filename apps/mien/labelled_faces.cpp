#include "labelled_faces.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include "core/progress_bar.h"
#include "dataset/labelled_faces.h"
#include "messages.h"
#include "mien/error.h"
#include "mien/face_crop.h"
#include "mien/face_detector.h"
#include "quiet_picture.h"

namespace mien::apps {
namespace {

/// Cuts out FER-2013's frame of the largest face of a picture.
class FaceFinder {
 public:
  explicit FaceFinder(const Preprocessing& input)
      : input_(input), detector_(make_face_detector({})) {}

  std::optional<Image> face_in(const std::filesystem::path& path) {
    const auto picture = read_picture_quietly(path);
    const auto faces = detector_->detect(picture.view());
    const auto largest = std::ranges::max_element(faces, {}, [](const DetectedFace& face) {
      return static_cast<long long>(face.box.width) * face.box.height;
    });
    if (largest == faces.end()) return std::nullopt;
    const auto crop = straightened_crop(*largest, detector_->framing(), {});
    return crop_face(picture.view(), crop, input_.width, input_.height);
  }

 private:
  Preprocessing input_;
  std::unique_ptr<FaceDetector> detector_;
};

}  // namespace

/// FER+'s file lies beside FER-2013's by custom.
std::filesystem::path votes_of(const std::filesystem::path& data,
                               const DataFormatOptions& options) {
  if (!options.votes.empty()) return options.votes;
  std::error_code ignored;
  const auto folder = std::filesystem::is_directory(data, ignored) ? data : data.parent_path();
  auto beside = folder / "fer2013new.csv";
  return std::filesystem::exists(beside, ignored) ? beside : std::filesystem::path();
}

std::shared_ptr<const FaceDataset> read_labelled_faces(const std::filesystem::path& data,
                                                       const std::string& split,
                                                       const Preprocessing& input,
                                                       const DataFormatOptions& options) {
  ProgressBar bar("read");
  PictureReader read = read_picture_quietly;
  if (options.find_faces) {
    const auto finder = std::make_shared<FaceFinder>(input);
    read = [finder](const auto& path) { return finder->face_in(path); };
  }
  const bool is_ferplus = format_of(data, options.format) == kFerPlusFormat;
  return read_faces({.data = data,
                     .format = options.format,
                     .votes = is_ferplus ? votes_of(data, options) : std::filesystem::path(),
                     .splits = {split},
                     .width = input.width,
                     .height = input.height,
                     .read = read,
                     .progress = [&bar](auto done, auto total) { bar.update(done, total); },
                     .note =
                         [&bar](const std::string& line) {
                           bar.clear();
                           say(line);
                         }})
      .front();
}

Answers ask(ExpressionClassifier& classifier, const FaceDataset& faces, const std::string& title,
            std::size_t every) {
  constexpr std::size_t kBatch = 256;
  Answers answers;
  ProgressBar bar(title);
  const std::size_t count = (faces.size() + every - 1) / every;
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t first = 0; first < count; first += kBatch) {
    std::vector<ImageView> batch;
    for (std::size_t i = first; i < std::min(first + kBatch, count); ++i) {
      const auto face = faces.get(i * every);
      answers.labels.push_back(face.label);
      batch.push_back(
          {face.pixels.data(), faces.width(), faces.height(), faces.width(), PixelFormat::gray});
    }
    const auto said = classifier.classify_crops(batch);
    answers.probabilities.insert(answers.probabilities.end(), said.begin(), said.end());
    bar.update(answers.labels.size(), count);
  }
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  answers.images_per_second = static_cast<double>(count) / elapsed.count();
  return answers;
}

}  // namespace mien::apps
