#include "server/history_writer.h"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <utility>

#include "mien/error.h"
#include "server/off_thread.h"

namespace mien::server {

namespace asio = boost::asio;

struct HistoryWriter::Session::Written {
  SessionInfo info;
  long long id = 0;
  bool given_up = false;  ///< it failed, or was removed
};

HistoryWriter::HistoryWriter(const std::filesystem::path& path,
                             std::function<void(const std::string&)> notice)
    : history_(path, History::Use::record, notice), notice_(std::move(notice)) {}

HistoryWriter::~HistoryWriter() { finish(); }

void HistoryWriter::finish() { thread_.join(); }

std::shared_ptr<HistoryWriter::Session> HistoryWriter::begin(SessionInfo info) {
  return std::make_shared<Session>(*this, std::move(info));
}

namespace {

/// Does the work on a session unless it was given up; its failure is told, and ends the recording.
template <typename Written, typename Work>
void guarded(const std::shared_ptr<Written>& written,
             const std::function<void(const std::string&)>& notice, const Work& work) {
  if (written->given_up) return;
  try {
    work();
  } catch (const Error& error) {
    written->given_up = true;
    notice(fmt::format("{} (the session '{}' is not recorded any further)", error.what(),
                       written->info.name));
  }
}

}  // namespace

HistoryWriter::Session::Session(HistoryWriter& writer, SessionInfo info)
    : writer_(writer), written_(std::make_shared<Written>()) {
  written_->info = std::move(info);
  asio::post(writer_.thread_, [&writer, written = written_] {
    guarded(written, writer.notice_, [&] { written->id = writer.history_.begin(written->info); });
  });
}

void HistoryWriter::Session::write(SessionBatch batch) {
  if (batch.empty()) return;
  asio::post(writer_.thread_, [&writer = writer_, written = written_, batch = std::move(batch)] {
    guarded(written, writer.notice_, [&] { writer.history_.write(written->id, batch); });
  });
}

void HistoryWriter::Session::end(double seconds) {
  asio::post(writer_.thread_, [&writer = writer_, written = written_, seconds] {
    guarded(written, writer.notice_,
            [&] { writer.history_.end(written->id, written->info.started + seconds); });
  });
}

void HistoryWriter::Session::clean() {
  asio::post(writer_.thread_, [&writer = writer_, written = written_] {
    guarded(written, writer.notice_, [&] { writer.history_.clean(); });
  });
}

// GCC 12 destroys a temporary of a co_await twice: the work has a name.

asio::awaitable<long long> HistoryWriter::Session::id() {
  auto work = [written = written_] { return written->id; };
  co_return co_await off_thread(writer_.thread_, std::move(work));
}

asio::awaitable<void> HistoryWriter::Session::remove_participant(int number) {
  auto work = [&writer = writer_, written = written_, number] {
    if (written->id != 0) writer.history_.remove_participant(written->id, number);
  };
  co_await off_thread(writer_.thread_, std::move(work));
}

asio::awaitable<void> HistoryWriter::Session::remove() {
  auto work = [&writer = writer_, written = written_] {
    written->given_up = true;
    if (written->id != 0) writer.history_.remove(written->id);
  };
  co_await off_thread(writer_.thread_, std::move(work));
}

}  // namespace mien::server
