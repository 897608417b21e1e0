#pragma once

#include <memory>
#include <string>
#include <utility>

#include "mien/frame_source.h"

namespace mien::server {

/// A source under another name, for a client that may not know its own.
class NamedSource final : public FrameSource {
 public:
  NamedSource(std::unique_ptr<FrameSource> source, const std::string& name)
      : source_(std::move(source)), info_(source_->info()) {
    info_.name = name;
  }

  const SourceInfo& info() const override { return info_; }
  bool next(Frame& frame) override { return source_->next(frame); }
  void interrupt() override { source_->interrupt(); }

 private:
  std::unique_ptr<FrameSource> source_;
  SourceInfo info_;
};

}  // namespace mien::server
