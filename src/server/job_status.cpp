#include "server/job_status.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "output/rounding.h"

namespace mien::server {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const JobSummary& summary) {
  Json shares = Json::object();
  for (const auto expression : all_expressions()) {
    const auto count = static_cast<double>(summary.shown[static_cast<std::size_t>(expression)]);
    const auto faces = static_cast<double>(std::max(summary.faces, 1LL));
    shares[std::string(name(expression))] = rounded(count / faces);
  }
  return {{"duration", rounded(summary.duration)},
          {"frames", summary.frames},
          {"frames_with_faces", summary.frames_with_faces},
          {"faces", summary.faces},
          {"tracks", summary.tracks},
          {"changes", summary.changes},
          {"shares", shares}};
}

Json progress_of(const JobStatus& status) {
  if (status.state == JobState::done) return 1;
  if (status.state == JobState::queued) return 0;
  if (!status.frames_total || *status.frames_total <= 0) return nullptr;
  const auto share = static_cast<double>(status.frames) / static_cast<double>(*status.frames_total);
  return rounded(std::min(share, 1.0));
}

}  // namespace

std::string_view name(JobState state) {
  switch (state) {
    case JobState::queued:
      return "queued";
    case JobState::running:
      return "running";
    case JobState::done:
      return "done";
    case JobState::failed:
      return "failed";
    case JobState::cancelled:
      return "cancelled";
  }
  return "";
}

std::string to_json(const JobStatus& status) {
  const auto created = std::chrono::duration<double>(status.created.time_since_epoch()).count();
  const std::string path = "/api/v1/jobs/" + status.id;
  Json object = {{"id", status.id},
                 {"name", status.name},
                 {"model", status.model},
                 {"state", name(status.state)},
                 {"progress", progress_of(status)},
                 {"frames", status.frames},
                 {"frames_total", nullptr},
                 {"message", status.message},
                 {"created", std::floor(created * 1000) / 1000},
                 {"summary", nullptr},
                 {"links",
                  {{"json", path + "/result.json"},
                   {"jsonl", path + "/result.jsonl"},
                   {"csv", path + "/result.csv"},
                   {"video", path + "/annotated.mp4"},
                   {"timeline", path + "/timeline"}}}};
  if (status.frames_total) object["frames_total"] = *status.frames_total;
  if (status.summary) object["summary"] = to_json(*status.summary);
  return object.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace mien::server
