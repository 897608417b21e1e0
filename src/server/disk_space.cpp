#include "server/disk_space.h"

namespace mien::server {

bool DiskSpace::change(std::uint64_t from, std::uint64_t to) {
  std::uint64_t used = used_;
  do {
    if (to > from && to - from > most_ - used) return false;
  } while (!used_.compare_exchange_weak(used, used - from + to));
  return true;
}

bool DiskShare::resize(std::uint64_t bytes) {
  if (!space_->change(bytes_, bytes)) return false;
  bytes_ = bytes;
  return true;
}

Response no_space_left(const DiskSpace& space) {
  auto response = failure(boost::beast::http::status::insufficient_storage,
                          "the videos that are kept and their results take all of the " +
                              std::to_string(space.most() / 1'000'000) +
                              " MB that there are for them; delete jobs that are done, or try "
                              "again when they have gone");
  response.headers["Retry-After"] = "60";
  return response;
}

}  // namespace mien::server
