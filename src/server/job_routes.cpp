#include "server/job_routes.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "server/multipart.h"
#include "server/off_thread.h"

namespace mien::server {
namespace {

namespace asio = boost::asio;
using boost::beast::http::field;
using boost::beast::http::status;
using boost::beast::http::verb;
using Path = std::filesystem::path;
using Answer = asio::awaitable<Response>;

Response no_such_job() {
  return failure(status::not_found,
                 "no such job; it was deleted, or kept no longer: send it again");
}

Response json(std::string body) {
  Response response;
  response.body = std::move(body);
  return response;
}

/// What a client says of a body's type, when it is none that a video may have.
std::optional<Response> refused_type(std::string_view type) {
  const bool known = type.empty() || type.starts_with("video/") || is_multipart(type) ||
                     type.starts_with("application/octet-stream");
  if (known) return {};
  return failure(status::unsupported_media_type,
                 "the body's Content-Type is no video's; send video/*, application/octet-stream or "
                 "multipart/form-data with one file");
}

std::string parameter(const Request& request, const std::string& key, std::string otherwise) {
  const auto found = request.query.find(key);
  return found == request.query.end() || found->second.empty() ? std::move(otherwise)
                                                               : found->second;
}

Response too_many(const Jobs& jobs) {
  auto response = failure(status::service_unavailable,
                          fmt::format("{} videos wait already; try again when one is done",
                                      jobs.options().most_waiting));
  response.headers["Retry-After"] = "30";
  return response;
}

Response refusal(NoJob why, const Jobs& jobs) {
  return why == NoJob::no_space ? no_space_left(*jobs.options().space) : too_many(jobs);
}

/// Removes the request's file where no job took it, without blocking the server's thread.
class Upload {
 public:
  Upload(Jobs& jobs, Path path) : jobs_(jobs), path_(std::move(path)) {}
  Upload(const Upload&) = delete;
  Upload& operator=(const Upload&) = delete;
  ~Upload() {
    if (path_.empty()) return;
    asio::post(jobs_.files(), [path = path_] {
      std::error_code ignored;
      std::filesystem::remove(path, ignored);
    });
  }
  Path release() { return std::exchange(path_, {}); }

 private:
  Jobs& jobs_;
  Path path_;
};

std::string model_of(const Request& request, const Jobs& jobs) {
  return parameter(request, "model", jobs.options().models.front());
}

/// Told before hundreds of megabytes are sent in vain.
std::optional<Response> refuse_job(const Jobs& jobs, const Request& request) {
  if (auto refusal = refused_type(std::string(request.headers[field::content_type]))) {
    return refusal;
  }
  const auto& models = jobs.options().models;
  if (std::ranges::find(models, model_of(request, jobs)) == models.end()) {
    return failure(status::bad_request,
                   "no such model; GET /api/v1/models lists those that there are");
  }
  if (jobs.is_full()) return too_many(jobs);
  return std::nullopt;
}

Answer add_job(Jobs& jobs, Request request) {
  Upload upload(jobs, request.file);
  const std::string type(request.headers[field::content_type]);
  if (request.file.empty()) {
    co_return failure(status::bad_request, "the body is empty; send a video");
  }
  NewJob job{.body = {},
             .share = std::move(request.file_share),
             .multipart = is_multipart(type) ? type : "",
             .name = parameter(request, "name", ""),
             .model = model_of(request, jobs)};
  job.body = upload.release();
  auto adding = [&jobs, job] { return jobs.add(job); };
  const auto added = co_await off_thread(jobs.files(), std::move(adding));
  if (const auto* none = std::get_if<NoJob>(&added)) co_return refusal(*none, jobs);
  const auto& status = std::get<JobStatus>(added);
  auto response = json(to_json(status));
  response.status = status::accepted;
  response.headers["Location"] = "/api/v1/jobs/" + status.id;
  co_return response;
}

Answer list_jobs(Jobs& jobs) {
  std::string list;
  for (const auto& job : jobs.list()) list += (list.empty() ? "" : ",") + to_json(job);
  co_return json("{\"jobs\":[" + list + "]}");
}

Answer get_job(Jobs& jobs, Request request) {
  const auto found = jobs.find(request.parameters.at(0));
  co_return found ? json(to_json(*found)) : no_such_job();
}

Answer cancel_job(Jobs& jobs, Request request) {
  const auto found = jobs.cancel(request.parameters.at(0));
  if (!found) co_return no_such_job();
  if (found->state == JobState::cancelled) co_return json(to_json(*found));
  co_return failure(status::conflict,
                    fmt::format("the job is {} already; DELETE removes it", name(found->state)));
}

Answer delete_job(Jobs& jobs, Request request) {
  auto removing = [&jobs, id = request.parameters.at(0)] { return jobs.remove(id); };
  const bool removed = co_await off_thread(jobs.files(), std::move(removing));
  if (!removed) co_return no_such_job();
  Response response;
  response.status = status::no_content;
  co_return response;
}

Answer get_timeline(Jobs& jobs, Request request) {
  auto reading = [&jobs, id = request.parameters.at(0)] {
    const auto timeline = jobs.timeline(id);
    return timeline ? to_json(*timeline) : std::string();
  };
  auto timeline = co_await off_thread(jobs.files(), std::move(reading));
  co_return timeline.empty() ? no_such_job() : json(std::move(timeline));
}

/// A file of a job's results, and how it is sent.
struct Result {
  std::string name;
  std::string type;
  Path (JobFiles::*path)() const;
};

/// A name that every system takes, for what a browser saves.
std::string plain_name(std::string_view name) {
  std::string plain(name.substr(0, name.rfind('.')));
  std::ranges::replace_if(
      plain,
      [](char c) {
        const bool alphanumeric =
            (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return !alphanumeric && c != '-' && c != '_';
      },
      '_');
  return plain;
}

Response not_done(const JobStatus& job) {
  if (job.state == JobState::failed) {
    return failure(status::conflict, "the job failed and has no results: " + job.message);
  }
  if (job.state == JobState::cancelled) {
    return failure(status::conflict, "the job was cancelled and has no results; send it again");
  }
  return failure(
      status::conflict,
      fmt::format("the job is {}; its results are there when it is done", name(job.state)));
}

Answer get_result(Jobs& jobs, Result result, Request request) {
  const auto& id = request.parameters.at(0);
  const auto found = jobs.find(id);
  const auto stored = jobs.files_of(id);
  if (!found || !stored) co_return no_such_job();
  if (found->state != JobState::done) co_return not_done(*found);
  Response response;
  response.type = result.type;
  response.file = (stored->files.*result.path)();
  response.file_share = stored->share;
  response.headers["Content-Disposition"] =
      fmt::format("inline; filename=\"{}-{}\"", plain_name(found->name), result.name);
  co_return response;
}

void add_result_route(Router& router, Jobs& jobs, const Result& result) {
  router.add(
      {.method = verb::get,
       .path = "/api/v1/jobs/{id}/" + result.name,
       .handler = [&jobs, result](
                      Request request) { return get_result(jobs, result, std::move(request)); },
       .summary = "a job's " + result.name});
}

using Act = Answer (*)(Jobs&, Request);

void add_route(Router& router, Jobs& jobs, verb method, const std::string& path, Act act,
               const std::string& summary) {
  router.add({.method = method,
              .path = path,
              .handler = [&jobs, act](Request request) { return act(jobs, std::move(request)); },
              .summary = summary});
}

}  // namespace

void add_job_routes(Router& router, Jobs& jobs) {
  const std::string all = "/api/v1/jobs";
  const std::string one = "/api/v1/jobs/{id}";
  router.add({.method = verb::post,
              .path = all,
              .handler = [&jobs](Request request) { return add_job(jobs, std::move(request)); },
              .body = Body::file,
              .most_bytes = jobs.options().most_upload,
              .refuse = [&jobs](const Request& request) { return refuse_job(jobs, request); },
              .summary = "analyze a video"});
  router.add({.method = verb::get,
              .path = all,
              .handler = [&jobs](const Request& /*request*/) { return list_jobs(jobs); },
              .summary = "list the jobs"});
  add_route(router, jobs, verb::get, one, get_job, "a job's state");
  add_route(router, jobs, verb::delete_, one, delete_job, "delete a job");
  add_route(router, jobs, verb::post, one + "/cancel", cancel_job, "stop a job");
  add_route(router, jobs, verb::get, one + "/timeline", get_timeline, "what a job saw over time");
  add_result_route(router, jobs, {"result.json", "application/json", &JobFiles::json});
  add_result_route(router, jobs, {"result.jsonl", "application/jsonl", &JobFiles::lines});
  add_result_route(router, jobs, {"result.csv", "text/csv; charset=utf-8", &JobFiles::csv});
  add_result_route(router, jobs, {"annotated.mp4", "video/mp4", &JobFiles::video});
}

}  // namespace mien::server
