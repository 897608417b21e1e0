#include "server/job_run.h"

#include <fmt/format.h>

#include <fstream>
#include <memory>
#include <system_error>
#include <utility>

#include "core/atomic_file.h"
#include "mien/annotation.h"
#include "mien/csv.h"
#include "mien/error.h"
#include "mien/json_lines.h"
#include "output/annotated_video.h"
#include "output/shown_name.h"
#include "server/named_source.h"

namespace mien::server {
namespace {

/// A frame takes longer or shorter, by its size and by the time until the next.
constexpr auto kBetweenLooks = std::chrono::milliseconds(500);

std::unique_ptr<FrameSource> open(const JobWork& work, const std::stop_token& stop) {
  auto options = work.source;
  options.stop = stop;
  return std::make_unique<NamedSource>(open_frame_source(work.files.upload().string(), options),
                                       work.name);
}

/// The files that results go into.
class JobOutputs {
 public:
  JobOutputs(const JobWork& work, const SourceInfo& source)
      : work_(work),
        lines_(work.files.lines()),
        csv_(work.files.csv()),
        video_(work.files.video(), source, [this](const std::string& notice) { tell(notice); }),
        uploaded_(size_of(work.files)) {
    csv_.append(csv_header(work.attributes));
  }
  JobOutputs(const JobOutputs&) = delete;
  JobOutputs& operator=(const JobOutputs&) = delete;
  ~JobOutputs() = default;

  void add(Frame& frame, const FrameResult& result, const std::stop_token& stop) {
    lines_.append(to_json_line(result) + '\n');
    csv_.append(to_csv(result, work_.attributes));
    annotator_.annotate(frame.picture, result);
    video_.write(frame, stop);
    ++frames_;
    if (Clock::now() > looked_ + kBetweenLooks) check_limits();
  }

  void finish(const std::stop_token& stop) {
    lines_.commit();
    csv_.commit();
    video_.finish(stop);
    check_limits();
  }

  long long frames() const { return frames_; }

 private:
  using Clock = std::chrono::steady_clock;

  void check_limits() {
    looked_ = Clock::now();
    const auto spent = looked_ - begin_;
    if (spent > work_.limits.time) {
      fail(
          fmt::format("its analysis takes more than {} minutes",
                      std::chrono::duration_cast<std::chrono::minutes>(work_.limits.time).count()));
    }
    const auto size = size_of(work_.files);
    if (size > uploaded_ + work_.limits.bytes) {
      fail(fmt::format("its results take more than {} MB", work_.limits.bytes >> 20U));
    }
    if (!work_.claim(size)) {
      throw Error(ErrorCode::input, work_.name + kNoSpaceForResults);
    }
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::input,
                work_.name + ": " + what + "; cut it into parts, or use `mien analyze`");
  }

  void tell(const std::string& notice) const {
    work_.on_notice(replaced(notice, work_.files.video().string(), "annotated.mp4"));
  }

  const JobWork& work_;
  AtomicFile lines_;
  AtomicFile csv_;
  AnnotatedVideo video_;
  Annotator annotator_;
  std::uintmax_t uploaded_;
  Clock::time_point begin_ = Clock::now();
  Clock::time_point looked_ = begin_;
  long long frames_ = 0;
};

bool analyze(const JobWork& work, VideoAnalyzer& analyzer, const std::stop_token& stop) {
  const auto source = open(work, stop);
  work.on_open(source->info());
  JobOutputs outputs(work, source->info());
  analyzer.run(
      *source,
      [&](Frame& frame, const FrameResult& result) {
        outputs.add(frame, result, stop);
        work.on_frame(result);
        return true;
      },
      stop);
  if (stop.stop_requested()) return false;
  if (outputs.frames() == 0) {
    throw Error(ErrorCode::input, work.name + ": no frame in it; choose another video");
  }
  outputs.finish(stop);
  return !stop.stop_requested();
}

}  // namespace

std::uintmax_t size_of(const JobFiles& files) {
  std::uintmax_t sum = 0;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(files.folder, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code unknown;
    const auto size = entry->file_size(unknown);
    if (!unknown) sum += size;
  }
  return sum;
}

bool run_job(const JobWork& work, VideoAnalyzer& analyzer, const std::stop_token& stop) {
  try {
    return analyze(work, analyzer, stop);
  } catch (const Error& error) {
    if (stop.stop_requested()) return false;
    const auto words = replaced(error.what(), work.files.upload().string(), work.name);
    throw Error(error.code(), replaced(words, work.files.folder.string(), work.name));
  }
}

void write_result_json(const JobFiles& files, const std::string& job) {
  AtomicFile json(files.json());
  json.append("{\"job\":" + job + ",\"frames\":[");
  std::ifstream lines(files.lines(), std::ios::binary);
  std::string line;
  for (bool first = true; std::getline(lines, line); first = false) {
    json.append(first ? "\n" : ",\n");
    json.append(line);
  }
  json.append("\n]}\n");
  json.commit();
}

}  // namespace mien::server
