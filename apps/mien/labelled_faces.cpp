#include "labelled_faces.h"

#include <algorithm>
#include <chrono>

#include "core/progress_bar.h"
#include "dataset/fer2013.h"
#include "dataset/picture_folder.h"
#include "mien/error.h"
#include "quiet_picture.h"

namespace mien::apps {
namespace {

FerSplit fer_split(const std::string& name) {
  const auto split = fer_split_from_name(name);
  if (!split) {
    throw Error(ErrorCode::usage,
                "--split " + name + ": fer2013.csv has Training, PublicTest and PrivateTest");
  }
  return *split;
}

}  // namespace

std::unique_ptr<FaceDataset> read_labelled_faces(const std::filesystem::path& data,
                                                 const std::string& split,
                                                 const Preprocessing& input) {
  ProgressBar bar("read");
  const auto progress = [&bar](std::uintmax_t done, std::uintmax_t total) {
    bar.update(done, total);
  };
  std::error_code ignored;  // what cannot be looked at cannot be read either
  if (std::filesystem::is_directory(data, ignored)) {
    return std::make_unique<PictureFolder>(read_picture_folder(
        {data, split, input.width, input.height}, read_picture_quietly, progress));
  }
  auto splits =
      read_fer2013({data, {}}, {fer_split(split.empty() ? "PublicTest" : split)}, progress);
  return std::make_unique<Fer2013>(std::move(splits.front()));
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
