#include "output/annotated_video.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "mien/error.h"
#include "output/frame_timing.h"
#include "output/sound.h"

namespace mien {
namespace {

/// Looked at that often, in frames, so that a full disk ends the work and not only the file.
constexpr long long kFramesBetweenLooks = 64;
constexpr std::uintmax_t kLeastSpace = 1U << 20;

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& reason) {
  throw Error(ErrorCode::internal,
              path.string() + ": cannot write the video: " + reason +
                  "; check the disk's free space and the folder's permissions");
}

/// A new file beside another one, removed unless it was given its name.
class NeighbourFile {
 public:
  explicit NeighbourFile(const std::filesystem::path& final_path) : final_(final_path) {
    // Short, because the final name may be as long as a file system takes. Who may read it follows
    // from the umask, as for any file.
    for (int number = 0; path_.empty(); ++number) {
      const auto name = fmt::format(".mien-{}-{}.mp4", ::getpid(), number);
      const auto path = final_.parent_path() / name;
      const int descriptor = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
      if (descriptor < 0 && errno != EEXIST) fail(final_, std::generic_category().message(errno));
      if (descriptor < 0) continue;
      ::close(descriptor);
      path_ = path;
    }
  }
  NeighbourFile(const NeighbourFile&) = delete;
  NeighbourFile& operator=(const NeighbourFile&) = delete;
  ~NeighbourFile() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }

  const std::filesystem::path& path() const { return path_; }

  void take_name() {
    const int descriptor = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    const bool flushed = descriptor >= 0 && ::fsync(descriptor) == 0;
    const int reason = errno;
    if (descriptor >= 0) ::close(descriptor);
    if (!flushed) fail(final_, std::generic_category().message(reason));
    if (::rename(path_.c_str(), final_.c_str()) != 0) {
      fail(final_, std::generic_category().message(errno));
    }
    path_.clear();
  }

 private:
  std::filesystem::path final_;
  std::filesystem::path path_;
};

/// Whether an MP4 file's boxes (ISO/IEC 14496-12) fill it, and the index, "moov", is one of them.
bool has_whole_index(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::array<char, 16> header{};
  std::error_code error;
  const auto whole = std::filesystem::file_size(path, error);
  std::uintmax_t place = 0;
  bool found = false;
  while (!error && place < whole) {
    file.seekg(static_cast<std::streamoff>(place));
    if (!file.read(header.data(), header.size())) return false;
    const auto number = [&](std::size_t from, std::size_t to) {
      std::uintmax_t value = 0;
      while (from < to) value = value << 8 | static_cast<unsigned char>(header.at(from++));
      return value;
    };
    const auto short_size = number(0, 4);
    const auto size = short_size == 1 ? number(8, 16) : short_size;  // 1: a longer one follows
    if (size < 8 || size > whole - place) return false;
    found = found || std::string_view(&header[4], 4) == "moov";
    place += size;
  }
  return found;
}

void make_folder_of(const std::filesystem::path& path) {
  if (!path.has_parent_path()) return;
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  if (error) fail(path, error.message());
}

int even(int side) { return side + side % 2; }

/// The picture within a larger one: scaled as far as its shape lets it, on black.
void letterbox(const cv::Mat& picture, cv::Mat& whole) {
  const double scale = std::min(static_cast<double>(whole.cols) / picture.cols,
                                static_cast<double>(whole.rows) / picture.rows);
  const cv::Size size(std::clamp(cvRound(picture.cols * scale), 1, whole.cols),
                      std::clamp(cvRound(picture.rows * scale), 1, whole.rows));
  whole.setTo(cv::Scalar::all(0));
  cv::Mat part =
      whole(cv::Rect({(whole.cols - size.width) / 2, (whole.rows - size.height) / 2}, size));
  cv::resize(picture, part, size, 0, 0, scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
}

cv::VideoWriter open_writer(const std::filesystem::path& path, double rate, const cv::Size& size) {
  cv::VideoWriter writer;
  for (const auto* codec : {"avc1", "mp4v"}) {
    const int code = cv::VideoWriter::fourcc(codec[0], codec[1], codec[2], codec[3]);
    if (writer.open(path.string(), cv::CAP_FFMPEG, code, rate, size)) break;
  }
  return writer;
}

}  // namespace

class AnnotatedVideo::State {
 public:
  State(std::filesystem::path path, const SourceInfo& source, Notice notice)
      : path_(std::move(path)),
        source_(source.file),
        notice_(std::move(notice)),
        timing_(source.rate) {
    make_folder_of(path_);
    video_ = std::make_unique<NeighbourFile>(path_);
  }

  void write(const Frame& frame, const std::stop_token& stop) {
    if (!video_ || frame.picture.empty()) return;
    if (!writer_.isOpened()) open(frame.picture);
    auto count = timing_.advance(frame.time);
    for (; count > 1 && !stop.stop_requested(); --count) write_last();
    if (count == 0) return;
    take(frame.picture);
    write_last();
  }

  bool finish(const std::stop_token& stop) {
    if (!video_) return finished_;
    writer_.release();
    // Whatever happens from here on, the file takes no more frames, and goes unless it gets its
    // name.
    const auto video = std::move(video_);
    if (written_ == 0) return false;
    check_whole(*video);
    if (!finish_with_sound(*video, stop)) video->take_name();
    finished_ = true;
    return true;
  }

  const std::filesystem::path& path() const { return path_; }

 private:
  void open(const Image& picture) {
    size_ = {picture.width(), picture.height()};
    last_.create(even(size_.height), even(size_.width), CV_8UC3);
    writer_ = open_writer(video_->path(), timing_.rate(), last_.size());
    if (!writer_.isOpened()) {
      throw Error(ErrorCode::internal,
                  fmt::format("{}: no encoder for video of {} x {} pixels; scale it down",
                              path_.string(), size_.width, size_.height));
    }
  }

  void take(const Image& picture) {
    const cv::Mat view(picture.height(), picture.width(), CV_8UC3,
                       const_cast<std::uint8_t*>(picture.pixels().data()));
    if (view.size() == size_) {
      cv::copyMakeBorder(view, last_, 0, last_.rows - view.rows, 0, last_.cols - view.cols,
                         cv::BORDER_REPLICATE);
    } else {
      letterbox(view, last_);
    }
  }

  void write_last() {
    writer_.write(last_);
    if (written_++ % kFramesBetweenLooks != 0) return;
    std::error_code error;
    const auto space = std::filesystem::space(video_->path(), error);
    if (!error && space.available < kLeastSpace) fail(path_, "the disk is full");
  }

  /// The encoder tells nobody when the disk is full; the end of the file is missing then.
  void check_whole(const NeighbourFile& video) const {
    if (!has_whole_index(video.path())) fail(path_, "its end is missing");
    const cv::VideoCapture reader(video.path().string(), cv::CAP_FFMPEG);
    if (!reader.isOpened() || std::llround(reader.get(cv::CAP_PROP_FRAME_COUNT)) < written_) {
      fail(path_, "frames are missing");
    }
  }

  bool finish_with_sound(const NeighbourFile& video, const std::stop_token& stop) {
    if (!source_) return false;
    if (timing_.gap_was_cut()) {
      tell("the source's clock jumps");
      return false;
    }
    NeighbourFile with_sound(path_);
    const SoundPart part{timing_.begin(), static_cast<double>(written_) / timing_.rate()};
    switch (add_sound(video.path(), *source_, part, with_sound.path(), stop)) {
      case SoundOutcome::none:
        return false;
      case SoundOutcome::no_program:
        tell("the program ffmpeg, which would keep it, is not installed (Debian's package ffmpeg)");
        return false;
      case SoundOutcome::failed:
        tell("ffmpeg cannot copy it, or the disk is full");
        return false;
      case SoundOutcome::kept:
        break;
    }
    with_sound.take_name();
    return true;
  }

  void tell(const std::string& reason) const {
    if (notice_) notice_(path_.string() + ": without the source's sound: " + reason);
  }

  std::filesystem::path path_;
  std::optional<std::filesystem::path> source_;
  Notice notice_;
  FrameTiming timing_;
  std::unique_ptr<NeighbourFile> video_;  ///< while frames are taken
  cv::VideoWriter writer_;
  cv::Size size_;  ///< of the first frame
  cv::Mat last_;   ///< as it is written, with even sides
  long long written_ = 0;
  bool finished_ = false;
};

AnnotatedVideo::AnnotatedVideo(std::filesystem::path path, const SourceInfo& source, Notice notice)
    : state_(std::make_unique<State>(std::move(path), source, std::move(notice))) {}
AnnotatedVideo::AnnotatedVideo(AnnotatedVideo&&) noexcept = default;
AnnotatedVideo& AnnotatedVideo::operator=(AnnotatedVideo&&) noexcept = default;
AnnotatedVideo::~AnnotatedVideo() = default;

void AnnotatedVideo::write(const Frame& frame, const std::stop_token& stop) {
  state_->write(frame, stop);
}

bool AnnotatedVideo::finish(const std::stop_token& stop) { return state_->finish(stop); }

const std::filesystem::path& AnnotatedVideo::path() const { return state_->path(); }

}  // namespace mien
