#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "vision/source/frame_reader.h"
#include "vision/source/interruption.h"

namespace mien {

struct ReconnectOptions {
  int most = 5;        ///< connections in a row that may fail
  double first = 0.5;  ///< seconds before the first of them; each wait is twice the one before
  double longest = 8;  ///< seconds, the longest wait
  double steady = 10;  ///< seconds after which a connection counts as one that works
  std::function<void(const std::string&)> notice = {};
};

/// A live source that is opened again when it breaks. The time goes on by a steady clock meanwhile.
class ReconnectingReader final : public FrameReader {
 public:
  using Open = std::function<std::unique_ptr<FrameReader>()>;

  /// `first` is the connection that is there; later ones come from `open`.
  ReconnectingReader(std::unique_ptr<FrameReader> first, Open open, const ReconnectOptions& options,
                     std::shared_ptr<Interruption> interruption);

  const StreamInfo& info() const override { return info_; }
  bool advance() override;
  std::optional<double> time() const override { return time_; }
  bool read(Image& picture) override { return reader_->read(picture); }

 private:
  bool connect_again(std::string reason);
  void note_time();
  double now() const;

  std::unique_ptr<FrameReader> reader_;
  Open open_;
  ReconnectOptions options_;
  std::shared_ptr<Interruption> interruption_;
  StreamInfo info_;
  std::chrono::steady_clock::time_point start_;
  std::optional<double> time_;
  std::optional<double> offset_;  ///< from the connection's time to the source's
  double connected_at_ = 0;
  int failures_ = 0;  ///< in a row
};

}  // namespace mien
