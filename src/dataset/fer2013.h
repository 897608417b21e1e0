#pragma once

#include <deque>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/face_dataset.h"

namespace mien {

/// The column Usage of fer2013.csv.
enum class FerSplit { training, public_test, private_test };

/// "Training", "PublicTest" or "PrivateTest".
std::string_view name(FerSplit split);
std::optional<FerSplit> fer_split_from_name(std::string_view name);

/// One split of FER-2013 (Goodfellow et al., 2013), 48x48 gray, kept as bytes.
class Fer2013 final : public FaceDataset {
 public:
  static constexpr int kSide = 48;
  using Pixels = std::array<std::uint8_t, static_cast<std::size_t>(kSide) * kSide>;

  std::size_t size() const override { return faces_.size(); }
  LabelledFace get(std::size_t index) const override;
  int width() const override { return kSide; }
  int height() const override { return kSide; }

  void add(const Pixels& pixels, Expression label, std::optional<FerPlusVotes> votes);

 private:
  struct Row {
    Pixels pixels;
    Expression label;
    std::optional<FerPlusVotes> votes;
  };
  std::deque<Row> faces_;  // a deque never holds the data twice while it grows
};

struct Fer2013Files {
  std::filesystem::path csv;  ///< fer2013.csv as Kaggle gives it: emotion,pixels,Usage
  /// fer2013new.csv, the FER+ votes for the same rows in the same order; empty: no votes.
  std::filesystem::path votes_csv;
};

/// Called now and then with the bytes read so far and the file's size.
using ReadProgress = std::function<void(std::uintmax_t done, std::uintmax_t total)>;

/// Reads the splits asked for, in that order, streaming the file once. Every row is checked, also
/// those of other splits. Throws Error: input when a file cannot be read, model when a row is
/// invalid (a bad label, not 2304 pixels of 0..255, an unknown Usage, a row cut off), with its
/// line.
std::vector<Fer2013> read_fer2013(const Fer2013Files& files, const std::vector<FerSplit>& splits,
                                  const ReadProgress& progress = {});

}  // namespace mien
