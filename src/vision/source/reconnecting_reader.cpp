#include "vision/source/reconnecting_reader.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "mien/error.h"

namespace mien {

ReconnectingReader::ReconnectingReader(std::unique_ptr<FrameReader> first, Open open,
                                       const ReconnectOptions& options,
                                       std::shared_ptr<Interruption> interruption)
    : reader_(std::move(first)),
      open_(std::move(open)),
      options_(options),
      interruption_(std::move(interruption)),
      info_(reader_->info()),
      start_(std::chrono::steady_clock::now()) {}

double ReconnectingReader::now() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
}

bool ReconnectingReader::advance() {
  while (!interruption_->is_set() && reader_) {
    std::string reason = "the stream ended";
    try {
      if (reader_->advance()) {
        note_time();
        return true;
      }
    } catch (const Error& error) {
      reason = error.what();
    }
    if (interruption_->is_set() || !connect_again(std::move(reason))) return false;
  }
  return false;
}

void ReconnectingReader::note_time() {
  const auto own = reader_->time();
  if (!own) {
    time_ = now();
    return;
  }
  if (!offset_) offset_ = (time_ ? now() : 0) - *own;
  time_ = *own + *offset_;
}

/// Connects, after waits that grow; false when it was interrupted.
bool ReconnectingReader::connect_again(std::string reason) {
  if (now() - connected_at_ >= options_.steady) failures_ = 0;
  reader_.reset();  // a camera is given to one alone
  while (!interruption_->is_set()) {
    if (failures_ >= options_.most) {
      throw Error(ErrorCode::input,
                  "given up after " + std::to_string(failures_) + " reconnects: " + reason);
    }
    const double wait = std::min(options_.first * std::exp2(failures_), options_.longest);
    ++failures_;
    if (options_.notice) {
      char seconds[32];
      std::snprintf(seconds, sizeof seconds, "%.1f", wait);
      options_.notice(reason + "; connecting again in " + seconds + " s (" +
                      std::to_string(failures_) + " of " + std::to_string(options_.most) + ")");
    }
    if (!interruption_->wait(wait)) return false;
    try {
      reader_ = open_();
      offset_.reset();
      connected_at_ = now();
      if (options_.notice) options_.notice("connected again");
      return true;
    } catch (const Error& error) {
      reason = error.what();
    }
  }
  return false;
}

}  // namespace mien
