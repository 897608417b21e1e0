#include "server/history_writer.h"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <utility>

#include "mien/error.h"
#include "server/off_thread.h"

namespace mien::server {

namespace asio = boost::asio;

namespace {

/// Others wait for the thread meanwhile.
constexpr auto kPatience = std::chrono::milliseconds(1000);
constexpr auto kLastPatience = std::chrono::milliseconds(200);
constexpr auto kRetry = std::chrono::seconds(5);
constexpr auto kBetweenWipes = std::chrono::seconds(1);
/// Of seconds and events that are kept for a session which cannot be written: an hour of forty
/// members.
constexpr std::size_t kMostKept = 150'000;

template <typename Item>
void append(std::vector<Item>& to, std::vector<Item> more) {
  to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

struct HistoryWriter::Session::Written {
  SessionInfo info;
  long long id = 0;
  SessionBatch kept;      ///< that is not written yet
  bool failed = false;    ///< which was told
  bool given_up = false;  ///< or removed
};

HistoryWriter::HistoryWriter(const std::filesystem::path& path,
                             std::function<void(const std::string&)> notice)
    : history_(path, History::Use::record, notice), notice_(std::move(notice)) {
  history_.set_patience(kPatience);
}

HistoryWriter::~HistoryWriter() { finish(); }

void HistoryWriter::finish() {
  finishing_ = true;
  thread_.join();
}

std::shared_ptr<HistoryWriter::Session> HistoryWriter::begin(SessionInfo info) {
  return std::make_shared<Session>(*this, std::move(info));
}

/// False when it failed, or was not tried because something has failed just now.
bool HistoryWriter::attempt(Session::Written& written, const std::function<void()>& work) {
  if (written.given_up || Clock::now() < retry_at_) return false;
  if (finishing_) history_.set_patience(kLastPatience);
  try {
    work();
    written.failed = false;
    return true;
  } catch (const Error& error) {
    retry_at_ = finishing_ ? Clock::time_point::max() : Clock::now() + kRetry;
    fail(written, error.what());
    return false;
  }
}

void HistoryWriter::fail(Session::Written& written, const std::string& why) {
  if (std::exchange(written.failed, true)) return;
  notice_(fmt::format("{} (the session '{}' is kept in memory until it can be written)", why,
                      written.info.name));
}

void HistoryWriter::flush(Session::Written& written) {
  const bool done = attempt(written, [&] {
    if (written.id == 0) written.id = history_.begin(written.info);
    history_.write(written.id, written.kept);
    written.kept = {};
  });
  if (done) return wipe_if_due();
  if (written.given_up || written.kept.seconds.size() + written.kept.events.size() < kMostKept) {
    return;
  }
  written.given_up = true;
  written.kept = {};
  notice_(
      fmt::format("the session '{}' could not be written for too long and is recorded no further",
                  written.info.name));
}

void HistoryWriter::wipe_if_due() {
  if (!wipe_due_ || (Clock::now() < wipe_at_ && !finishing_)) return;
  wipe_at_ = Clock::now() + kBetweenWipes;
  try {
    wipe_due_ = !history_.wipe();
  } catch (const Error&) {  // it stays due
  }
}

HistoryWriter::Session::Session(HistoryWriter& writer, SessionInfo info)
    : writer_(writer), written_(std::make_shared<Written>()) {
  written_->info = std::move(info);
  asio::post(writer_.thread_, [&writer, written = written_] { writer.flush(*written); });
}

/// Also where there is nothing new: what could not be done before is tried again.
void HistoryWriter::Session::write(SessionBatch batch) {
  asio::post(writer_.thread_,
             [&writer = writer_, written = written_, batch = std::move(batch)]() mutable {
               if (written->given_up) return;
               append(written->kept.participants, std::move(batch.participants));
               append(written->kept.seconds, std::move(batch.seconds));
               append(written->kept.events, std::move(batch.events));
               append(written->kept.key_frames, std::move(batch.key_frames));
               writer.flush(*written);
             });
}

void HistoryWriter::Session::end(double seconds) {
  asio::post(writer_.thread_, [&writer = writer_, written = written_, seconds] {
    writer.flush(*written);
    if (written->id == 0) return;
    writer.attempt(*written,
                   [&] { writer.history_.end(written->id, written->info.started + seconds); });
  });
}

void HistoryWriter::Session::wipe() {
  asio::post(writer_.thread_, [&writer = writer_] {
    writer.wipe_due_ = true;
    writer.wipe_if_due();
  });
}

// GCC 12 destroys a temporary of a co_await twice: the work has a name.

asio::awaitable<long long> HistoryWriter::Session::id() {
  auto work = [written = written_] {
    if (written->id != 0) return written->id;
    throw Error(ErrorCode::internal, "the session could not be begun; see the server's log");
  };
  co_return co_await off_thread(writer_.thread_, std::move(work));
}

asio::awaitable<void> HistoryWriter::Session::remove_participant(int number) {
  auto work = [&writer = writer_, written = written_, number] {
    std::erase_if(written->kept.participants,
                  [&](const auto& one) { return one.number == number; });
    const auto is_theirs = [&](const auto& one) { return one.participant == number; };
    std::erase_if(written->kept.seconds, is_theirs);
    std::erase_if(written->kept.events, is_theirs);
    std::erase_if(written->kept.key_frames, is_theirs);
    if (written->id != 0) writer.history_.remove_participant(written->id, number);
  };
  co_await off_thread(writer_.thread_, std::move(work));
}

asio::awaitable<void> HistoryWriter::Session::remove() {
  auto work = [&writer = writer_, written = written_] {
    written->given_up = true;
    written->kept = {};
    if (written->id != 0) writer.history_.remove(written->id);
  };
  co_await off_thread(writer_.thread_, std::move(work));
}

}  // namespace mien::server
