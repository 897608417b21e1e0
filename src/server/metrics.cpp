#include "server/metrics.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace mien::server {
namespace {

/// Bytes of memory that the process holds; 0 where the system does not say.
std::uint64_t resident_memory() {
  std::ifstream statistics("/proc/self/statm");
  std::uint64_t all = 0;
  std::uint64_t resident = 0;
  statistics >> all >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

template <typename Value>
void add(std::string& text, const char* name, const char* type, const char* help, Value value) {
  fmt::format_to(std::back_inserter(text), "# HELP {0} {1}\n# TYPE {0} {2}\n{0} {3}\n", name, help,
                 type, value);
}

}  // namespace

void Metrics::count_request(const std::string& route, unsigned status) {
  ++requests_[{route, status}];
}

void Histogram::observe(std::chrono::duration<double> time) {
  const auto bound = std::lower_bound(kBounds.begin(), kBounds.end(), time.count());
  ++counts_[static_cast<std::size_t>(bound - kBounds.begin())];
  sum_ += time.count();
}

std::string Histogram::text(const std::string& name, const std::string& labels) const {
  std::string text;
  const auto to = std::back_inserter(text);
  const std::string before = labels.empty() ? "" : labels + ",";
  const std::string alone = labels.empty() ? "" : "{" + labels + "}";
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < kBounds.size(); ++i) {
    count += counts_[i];
    fmt::format_to(to, "{}_bucket{{{}le=\"{}\"}} {}\n", name, before, kBounds[i], count);
  }
  count += counts_.back();
  fmt::format_to(to, "{}_bucket{{{}le=\"+Inf\"}} {}\n", name, before, count);
  fmt::format_to(to, "{0}_sum{1} {2}\n{0}_count{1} {3}\n", name, alone, sum_, count);
  return text;
}

std::string Metrics::text(const Gauges& gauges) const {
  std::string text;
  const auto to = std::back_inserter(text);
  fmt::format_to(to,
                 "# HELP mien_info The version.\n# TYPE mien_info gauge\n"
                 "mien_info{{version=\"{}\"}} 1\n",
                 gauges.version);
  text += "# HELP mien_http_requests_total Requests, by route and status.\n";
  text += "# TYPE mien_http_requests_total counter\n";
  for (const auto& [request, count] : requests_) {
    fmt::format_to(to, "mien_http_requests_total{{route=\"{}\",status=\"{}\"}} {}\n", request.first,
                   request.second, count);
  }
  add(text, "mien_frames_total", "counter", "Pictures and frames analyzed.", gauges.frames);
  add(text, "mien_faces_total", "counter", "Faces found in them.", gauges.faces);
  add(text, "mien_dropped_frames_total", "counter",
      "Frames of live clients that were dropped because newer ones had come.", dropped_);
  text += "# HELP mien_live_delay_seconds From a live frame's receipt to its answer.\n";
  text += "# TYPE mien_live_delay_seconds histogram\n";
  text += delays_.text("mien_live_delay_seconds", "");
  text += "# HELP mien_http_request_seconds From a request's head to the start of its answer.\n";
  text += "# TYPE mien_http_request_seconds histogram\n";
  for (const auto& [route, times] : request_times_) {
    text += times.text("mien_http_request_seconds", "route=\"" + route + "\"");
  }
  add(text, "mien_live_clients", "gauge", "Live clients connected.", gauges.live_clients);
  add(text, "mien_class_members", "gauge", "Members of classes connected.", gauges.class_members);
  add(text, "mien_connections", "gauge", "Connections open.", gauges.connections);
  add(text, "mien_waiting", "gauge", "Pictures and frames that wait for an analyzer.",
      gauges.waiting);
  add(text, "mien_disk_bytes", "gauge", "Bytes on disk of videos and their results.",
      gauges.disk_bytes);
  add(text, "process_resident_memory_bytes", "gauge", "Resident memory.", resident_memory());
  return text;
}

}  // namespace mien::server
