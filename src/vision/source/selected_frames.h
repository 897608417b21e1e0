#pragma once

#include <memory>
#include <string>

#include "mien/frame_source.h"
#include "vision/source/frame_reader.h"
#include "vision/source/interruption.h"
#include "vision/source/stream_clock.h"

namespace mien {

/// The frames of a reader that the options ask for, at the size that they ask for.
class SelectedFrames final : public FrameSource {
 public:
  /// `interruption` is the one that the reader heeds.
  SelectedFrames(std::unique_ptr<FrameReader> reader, std::shared_ptr<Interruption> interruption,
                 const std::string& name, const FrameSourceOptions& options);

  const SourceInfo& info() const override { return info_; }
  bool next(Frame& frame) override;
  void interrupt() override { interruption_->set(); }

  /// Names the file that the frames come from.
  void set_file(const std::filesystem::path& file) { info_.file = file; }

 private:
  bool find_next(Frame& frame);
  bool is_wanted(double time);
  bool read(Image& picture);

  std::shared_ptr<Interruption> interruption_;
  std::unique_ptr<FrameReader> reader_;
  FrameSourceOptions options_;
  SourceInfo info_;
  StreamClock clock_;
  long long index_ = 0;       ///< of the frame that the reader gives next
  long long in_range_ = 0;    ///< frames since the start that was asked for
  double first_time_ = 0;     ///< of the first of them
  long long last_slot_ = -1;  ///< the last 1/rate of a second that gave a frame
  Image full_size_;
  bool ended_ = false;
};

}  // namespace mien
