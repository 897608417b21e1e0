#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "attribute_options.h"
#include "class_options.h"
#include "commands.h"
#include "gallery_pictures.h"
#include "messages.h"
#include "mien/error.h"
#include "model_options.h"
#include "server/server.h"
#include "session_options.h"
#include "source_options.h"
#include "stop_on_signal.h"

namespace mien::apps {
namespace {

constexpr std::size_t kClassConnections = 256;
constexpr auto kPatience = std::chrono::milliseconds(400);

struct Options {
  server::ServerOptions server;
  std::optional<std::string> certificate;
  std::optional<std::string> key;
  std::optional<std::string> gallery;
  bool connections_given = false;
  ClassArguments classes;
  bool record = false;
  HistoryOption history;
  KeyFrameArguments key_frames;
  IndicatorArguments indicators;
  FollowingOptions following;
  SourceOptions source;
  ModelOptions model;
  AttributeArguments attributes;
};

server::ServerOptions checked(const Options& options) {
  auto server = options.server;
  server.version = MIEN_VERSION;
  server.certificate = options.certificate;
  server.key = options.key;
  server.frames = options.source.checked();
  server.notice = say;
  server.frames.notice = say;
  server.analysis.video = options.following.video(options.model);
  server.analysis.video.analyzer.attributes = options.attributes.checked();
  server.classes = options.classes.statement();
  // Each member holds a connection.
  if (server.classes && !options.connections_given) server.limits.connections = kClassConnections;
  if (options.record) server.record = options.history.path();
  server.key_frames = options.key_frames.checked();
  options.indicators.check();
  if (options.indicators.wanted) server.recording.episodes = options.indicators.streak;
  if (!options.record &&
      (!options.history.file.empty() || options.key_frames.wanted || options.indicators.wanted)) {
    throw Error(ErrorCode::usage,
                "--history, --keep-frames and --indicators go with --record; add it");
  }
  if (server.no_token && !server.token.empty()) {
    throw Error(ErrorCode::usage, "--token and --no-token exclude each other; give one of them");
  }
  if (server.self_signed && server.certificate) {
    throw Error(ErrorCode::usage,
                "--tls-self-signed makes a certificate of its own; leave --tls-cert out");
  }
  return server;
}

void wait_for(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  stopped.wait(lock, stop, [] { return false; });
}

/// Ends the process by the signal, should what an analyzer has begun take too long. Nothing is left
/// to be put in order then.
std::jthread end_soon(int signal) {
  return std::jthread([signal](const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock lock(mutex);
    stopped.wait_for(lock, stop, kPatience, [] { return false; });
    if (!stop.stop_requested()) end_by_signal(signal);
  });
}

void run(const Options& options, Outcome& outcome) {
  auto server_options = checked(options);
  if (options.gallery) server_options.gallery = read_gallery(*options.gallery);
  const StopOnSignal signals;
  const StandardErrorForUs ours;
  auto server = std::make_unique<server::Server>(server_options);
  say(fmt::format("open {} in a browser; Ctrl-C ends it", server->url()));
  if (!server->fingerprint().empty()) {
    say("the certificate's SHA-256 fingerprint is " + server->fingerprint());
  } else if (!server->is_secure() && !server->is_local()) {
    say("warning: without TLS, all that is sent crosses the network readable; --tls-self-signed "
        "encrypts it");
  }
  if (server_options.no_token) {
    say("warning: whoever reaches this address may use the server and see its pictures");
  }
  wait_for(signals.token());
  server->stop();
  outcome.signal = StopOnSignal::caught();
  const auto last_resort = end_soon(outcome.signal);
  server.reset();
}

void add_address_options(CLI::App& command, Options& options) {
  auto& server = options.server;
  const std::string group = "Who can connect";
  command.add_option("--port", server.port, "0 to 65535; 0 takes a free one")
      ->type_name("PORT")
      ->check(CLI::Range(0, 65535).description(""))
      ->capture_default_str()
      ->group(group);
  command
      .add_option("--listen", server.listen,
                  "an address of this machine, 0.0.0.0 or :: for all of them; by default this "
                  "machine alone can connect")
      ->type_name("ADDRESS")
      ->capture_default_str()
      ->group(group);
  command
      .add_option("--token", server.token,
                  "what everybody who connects must know, 16 characters or more; without it, one "
                  "is made where other machines can connect")
      ->type_name("TOKEN")
      ->envname("MIEN_TOKEN")
      ->group(group);
  command.add_flag("--no-token", server.no_token, "let everybody in who can connect")->group(group);
  command
      .add_option("--allow-host", server.hosts,
                  "another name of this server, as browsers are given it")
      ->type_name("NAME")
      ->allow_extra_args(false)
      ->group(group);
  command
      .add_flag("--allow-embedding", server.allow_embedding,
                "let pages of other sites show /stream.mjpg")
      ->group(group);
  command.add_option("--tls-cert", options.certificate, "answer https by this certificate (PEM)")
      ->type_name("FILE")
      ->group(group);
  command.add_option("--tls-key", options.key, "the certificate's key (PEM)")
      ->type_name("FILE")
      ->group(group);
  command
      .add_flag("--tls-self-signed", server.self_signed,
                "answer https by a certificate that is made now, and print its fingerprint: a "
                "phone gives its camera to https alone")
      ->group(group);
}

void add_limit_options(CLI::App& command, server::ServerOptions& server) {
  auto& limits = server.limits;
  const std::string group = "Limits";
  command
      .add_option("--workers", server.analysis.workers,
                  "threads that analyze; 0: as many as processors")
      ->type_name("N")
      ->check(CLI::Range(0, 1024).description(""))
      ->capture_default_str()
      ->group(group);
  command.add_option("--max-connections", limits.connections, "connections at once")
      ->type_name("N")
      ->check(CLI::Range(1, 10'000).description(""))
      ->capture_default_str()
      ->group(group);
  command.add_option("--max-live", limits.live_clients, "live clients at once")
      ->type_name("N")
      ->check(CLI::Range(0, 10'000).description(""))
      ->capture_default_str()
      ->group(group);
  command.add_option("--max-picture", limits.picture_bytes, "bytes of a picture")
      ->type_name("BYTES")
      ->check(CLI::PositiveNumber.description(""))
      ->capture_default_str()
      ->group(group);
  command.add_option("--max-video", limits.job_bytes, "bytes of a video")
      ->type_name("BYTES")
      ->check(CLI::PositiveNumber.description(""))
      ->capture_default_str()
      ->group(group);
  command
      .add_option("--max-disk", limits.disk_bytes,
                  "bytes on disk of all videos and their results together")
      ->type_name("BYTES")
      ->check(CLI::PositiveNumber.description(""))
      ->capture_default_str()
      ->group(group);
}

}  // namespace

void add_serve_command(CLI::App& app, Outcome& outcome) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "serve", "Show expressions live in the browser: the web app and its REST interface");
  command
      ->add_option("--source", options->server.source,
                   "a camera, video or stream of this machine that the web app shows: camera:0, "
                   "video.mp4, rtsp://...")
      ->type_name("INPUT");
  command
      ->add_option("--gallery", options->gallery,
                   "a data set, or a folder with one folder per expression, whose pictures the "
                   "web app shows as samples")
      ->type_name("DATA");
  command
      ->add_flag("--record", options->record,
                 "record the source, and of live clients and classes those who ask for it: what "
                 "was shown, second by second; no pictures (see mien sessions)")
      ->group(kRecording);
  options->history.add_to(*command, kRecording);
  options->key_frames.add_to(*command);
  options->indicators.add_to(*command);
  options->indicators.add_streak_to(*command);
  options->classes.add_to(*command);
  add_address_options(*command, *options);
  add_limit_options(*command, options->server);
  options->following.add_to(*command);
  options->source.add_to(*command);
  options->model.add_to(*command);
  options->attributes.add_to(*command);
  command->footer(
      "Pictures are analyzed in memory and dropped. Nothing is recorded without --record. Ctrl-C "
      "and SIGTERM end the server in order "
      "within two seconds; a second one ends it at once.\n\n"
      "Exit status: 2 wrong usage; 3 the source, the gallery or the class's file cannot be read; 4 "
      "the model is "
      "invalid; 1 anything else, such as a port that is taken. After a signal it is what shells "
      "expect: 130 or 143.\n\n"
      "Example: mien serve\n"
      "         mien serve --source camera:0\n"
      "         mien serve --listen 0.0.0.0 --tls-self-signed\n"
      "         mien serve --class --purpose \"pace of the lecture\" --agreed \"all who attend\"");
  command->callback([options, command, &outcome] {
    options->connections_given = command->count("--max-connections") > 0;
    run(*options, outcome);
  });
}

}  // namespace mien::apps
