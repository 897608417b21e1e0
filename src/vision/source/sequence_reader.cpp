#include "vision/source/sequence_reader.h"

#include <algorithm>
#include <cmath>
#include <system_error>
#include <utility>
#include <vector>

#include "mien/error.h"
#include "mien/picture.h"

namespace mien {
namespace {

constexpr double kRate = 25;

class SequenceReader final : public FrameReader {
 public:
  SequenceReader(SequencePattern pattern, std::vector<long long> numbers)
      : pattern_(std::move(pattern)), numbers_(std::move(numbers)) {
    info_.rate = kRate;
    info_.frames = static_cast<long long>(numbers_.size());
  }

  const StreamInfo& info() const override { return info_; }
  std::optional<double> time() const override { return static_cast<double>(at_) / kRate; }

  bool advance() override {
    ++at_;
    const auto place = static_cast<std::size_t>(at_);
    if (place >= numbers_.size()) return false;
    const long long expected = numbers_.front() + at_;
    if (numbers_[place] != expected) {
      throw Error(ErrorCode::input,
                  pattern_.path(expected).filename().string() + " is missing, though " +
                      std::to_string(numbers_.size() - place) + " come after it; number them anew");
    }
    return true;
  }

  bool read(Image& picture) override {
    picture = read_picture(pattern_.path(numbers_[static_cast<std::size_t>(at_)]));
    return true;
  }

  long long skip_to(double seconds) override {
    const double count = std::floor(seconds * kRate);
    const auto most = static_cast<double>(contiguous());
    const auto passed_over = static_cast<long long>(std::min(count, most));
    at_ = passed_over - 1;
    return passed_over;
  }

 private:
  /// How many there are before the first that is missing.
  long long contiguous() const {
    const auto gap = std::adjacent_find(numbers_.begin(), numbers_.end(),
                                        [](auto a, auto b) { return b != a + 1; });
    return gap == numbers_.end() ? static_cast<long long>(numbers_.size())
                                 : gap - numbers_.begin() + 1;
  }

  SequencePattern pattern_;
  std::vector<long long> numbers_;
  StreamInfo info_;
  long long at_ = -1;
};

}  // namespace

std::unique_ptr<FrameReader> make_sequence_reader(const SequencePattern& pattern) {
  const auto folder = pattern.folder.empty() ? std::filesystem::path(".") : pattern.folder;
  std::vector<long long> numbers;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const auto number = pattern.number(entry->path().filename().string());
    if (number) numbers.push_back(*number);
  }
  if (error) {
    throw Error(ErrorCode::input,
                "cannot read the folder: " + error.message() + "; check the path");
  }
  if (numbers.empty()) {
    throw Error(ErrorCode::input, "no picture such as " + pattern.path(1).filename().string() +
                                      "; check the pattern");
  }
  std::sort(numbers.begin(), numbers.end());
  return std::make_unique<SequenceReader>(pattern, std::move(numbers));
}

}  // namespace mien
