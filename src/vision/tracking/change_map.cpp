#include "vision/tracking/change_map.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <opencv2/imgproc.hpp>

namespace mien {
namespace {

constexpr int kCellsAcross = 64;
/// Pixels of a cell that are looked at, along each side.
constexpr int kSamples = 4;
/// Of 255, between means of a cell's samples: more than noise and compression make.
constexpr int kChange = 5;
/// Searches of a part that changed and then stays as it is.
constexpr int kTries = 6;
constexpr double kShortestWait = 0.03;
/// A part that was still for that many seconds gets all its tries again.
constexpr double kStill = 1;
/// A face that comes from behind something changes only where it is new.
constexpr double kMargin = 0.35;
constexpr int kLeastMargin = 2;  ///< cells

/// Where a side of the picture is looked at: kSamples places of each cell.
std::vector<int> places_of(int cells, int side, int length) {
  std::vector<int> places;
  for (int cell = 0; cell < cells; ++cell) {
    for (int i = 0; i < kSamples; ++i) {
      places.push_back(std::min(cell * side + i * side / kSamples, length - 1));
    }
  }
  return places;
}

cv::Rect with_margin(const cv::Rect& cells) {
  const int across = std::max(kLeastMargin, static_cast<int>(kMargin * cells.width));
  const int down = std::max(kLeastMargin, static_cast<int>(kMargin * cells.height));
  return {cells.x - across, cells.y - down, cells.width + 2 * across, cells.height + 2 * down};
}

/// Those that overlap become one.
void unite(std::vector<cv::Rect>& parts) {
  for (std::size_t i = 0; i < parts.size();) {
    const auto rest = parts.begin() + static_cast<std::ptrdiff_t>(i) + 1;
    const auto other = std::find_if(
        rest, parts.end(), [&](const cv::Rect& part) { return (part & parts[i]).area() > 0; });
    if (other == parts.end()) {
      ++i;
    } else {
      parts[i] |= *other;
      parts.erase(other);
      i = 0;
    }
  }
}

}  // namespace

void ChangeMap::look(const ImageView& picture, double time) {
  if (cells_.empty() || picture.width != width_ || picture.height != height_ ||
      picture.channels() != channels_ || time < time_) {
    resize(picture);
  }
  time_ = time;
  auto cell = cells_.begin();
  for (int y = 0; y < size_.height; ++y) {
    std::fill(sums_.begin(), sums_.end(), 0);
    for (int i = 0; i < kSamples; ++i) {
      add_samples(picture.row(rows_[static_cast<std::size_t>(y * kSamples + i)]));
    }
    for (const int sum : sums_) {
      cell->brightness = sum / (kSamples * kSamples);
      look(*cell++);
    }
  }
}

void ChangeMap::add_samples(const std::uint8_t* row) {
  const int* column = columns_.data();
  for (int& sum : sums_) {
    for (int i = 0; i < kSamples; ++i) sum += row[*column++];
  }
}

void ChangeMap::resize(const ImageView& picture) {
  width_ = picture.width;
  height_ = picture.height;
  channels_ = picture.channels();
  const int longer = std::max(width_, height_);
  side_ = std::max(kSamples, (longer + kCellsAcross - 1) / kCellsAcross);
  size_ = {(width_ + side_ - 1) / side_, (height_ + side_ - 1) / side_};
  cells_.assign(static_cast<std::size_t>(size_.area()), {});
  sums_.assign(static_cast<std::size_t>(size_.width), 0);
  rows_ = places_of(size_.height, side_, height_);
  columns_ = places_of(size_.width, side_, width_);
  const int green = channels_ / 2;
  for (int& column : columns_) column = column * channels_ + green;
}

void ChangeMap::look(Cell& cell) const {
  if (cell.before >= 0 && std::abs(cell.brightness - cell.before) <= kChange) return;
  if (time_ - cell.changed > kStill) cell.fruitless = 0;
  cell.open = true;
  cell.changed = time_;
}

cv::Rect ChangeMap::cells_of(const Box& box) const {
  const int left = box.x / side_;
  const int top = box.y / side_;
  const cv::Rect cells(left, top, (box.x + box.width + side_ - 1) / side_ - left,
                       (box.y + box.height + side_ - 1) / side_ - top);
  return cells & cv::Rect({}, size_);
}

template <typename Change>
void ChangeMap::change(const Box& box, const Change& apply) {
  const auto cells = cells_of(box);
  for (int y = cells.y; y < cells.y + cells.height; ++y) {
    for (int x = cells.x; x < cells.x + cells.width; ++x) {
      apply(cells_[static_cast<std::size_t>(y * size_.width + x)]);
    }
  }
}

void ChangeMap::close(const Box& box) {
  change(box, [](Cell& cell) {
    cell.before = cell.brightness;
    cell.open = false;
    cell.fruitless = 0;
    cell.due = 0;
  });
}

void ChangeMap::open(const Box& box) {
  change(box, [this](Cell& cell) {
    if (time_ - cell.changed > kStill) cell.fruitless = 0;
    cell.open = true;
    cell.changed = time_;
  });
}

std::vector<Box> ChangeMap::parts() const {
  const auto is_due = [this](const Cell& cell) { return cell.open && time_ >= cell.due; };
  if (std::none_of(cells_.begin(), cells_.end(), is_due)) return {};
  cv::Mat due(size_, CV_8U);
  std::transform(cells_.begin(), cells_.end(), due.begin<std::uint8_t>(), [&](const Cell& cell) {
    return is_due(cell) ? std::uint8_t{1} : std::uint8_t{0};
  });
  cv::Mat labels;
  cv::Mat found;
  cv::Mat centres;
  const int count = cv::connectedComponentsWithStats(due, labels, found, centres);
  std::vector<cv::Rect> rects;
  for (int i = 1; i < count; ++i) {
    const cv::Rect cells(found.at<int>(i, cv::CC_STAT_LEFT), found.at<int>(i, cv::CC_STAT_TOP),
                         found.at<int>(i, cv::CC_STAT_WIDTH), found.at<int>(i, cv::CC_STAT_HEIGHT));
    rects.push_back(with_margin(cells) & cv::Rect({}, size_));
  }
  unite(rects);
  std::vector<Box> parts;
  for (const auto& cells : rects) {
    parts.push_back(
        intersection({cells.x * side_, cells.y * side_, cells.width * side_, cells.height * side_},
                     {0, 0, width_, height_}));
  }
  std::sort(parts.begin(), parts.end(),
            [](const Box& a, const Box& b) { return area(a) < area(b); });
  return parts;
}

void ChangeMap::searched(const Box& part) {
  change(part, [this](Cell& cell) {
    cell.before = cell.brightness;
    if (!cell.open) return;
    cell.due = time_ + std::min(longest_wait_, kShortestWait * std::exp2(cell.fruitless));
    if (++cell.fruitless >= kTries) cell.open = false;
  });
}

}  // namespace mien
