#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "commands.h"
#include "core/atomic_file.h"
#include "history/history.h"
#include "history/session_export.h"
#include "history/session_report.h"
#include "history/session_text.h"
#include "history/session_view.h"
#include "messages.h"
#include "mien/error.h"
#include "session_options.h"
#include "session_summary.h"
#include "standard_output.h"

namespace mien::apps {
namespace {

struct Options {
  HistoryOption history;
  std::vector<std::string> sessions;
  std::string output;
  std::string format = "csv";
  std::string older_than;
  std::optional<std::string> participant;
  std::optional<int> number;
  bool json = false;
  IndicatorArguments indicators;
};

std::string one_or(const char* what, const std::vector<std::string>& several) {
  return fmt::format("{}; give one of the ids {}", what, fmt::join(several, ", "));
}

bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

/// By its id, or by its name where that is of one alone.
SessionInfo find_session(const History& history, const std::string& text) {
  const auto all = history.sessions();
  std::vector<SessionInfo> found;
  for (const auto& session : all) {
    if (std::to_string(session.id) == text) return session;
    if (session.name == text) found.push_back(session);
  }
  if (found.size() == 1) return found.front();
  if (found.empty()) {
    throw Error(ErrorCode::input,
                (is_number(text) ? "there is no session " : "no session is named ") + text +
                    "; see mien sessions list");
  }
  std::vector<std::string> ids;
  for (const auto& session : found) ids.push_back(std::to_string(session.id));
  throw Error(ErrorCode::usage,
              one_or((std::to_string(found.size()) + " sessions are named " + text).c_str(), ids));
}

std::vector<long long> ids_of(const History& history, const std::vector<std::string>& texts) {
  std::vector<long long> ids;
  for (const auto& text : texts) ids.push_back(find_session(history, text).id);
  return ids;
}

void list(const Options& options) {
  const History history(options.history.path(), History::Use::look, say);
  const auto sessions = history.sessions();
  if (options.json) {
    for (const auto& session : sessions) print_line(to_json(session));
    return;
  }
  if (sessions.empty()) return say("no session is recorded");
  constexpr const char* kRow = "{:>5}  {:<20}  {:>12}  {:<9}  {:>12}  {}";
  print_line(fmt::format(kRow, "id", "began", "length", "kind", "participants", "name"));
  for (const auto& session : sessions) {
    const auto length = session.ended ? length_text(*session.ended - session.started) +
                                            (session.interrupted ? " (cut)" : "")
                                      : std::string("recording");
    print_line(fmt::format(kRow, session.id, date_text(session.started), length, name(session.kind),
                           history.participants(session.id).size(), name_of(session)));
  }
}

/// Prints what comes in pieces line by line.
class Lines {
 public:
  void add(std::string_view text) {
    rest_ += text;
    std::size_t begin = 0;
    for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n', begin)) {
      auto line = std::string_view(rest_).substr(begin, end - begin);
      if (line.ends_with('\r')) line.remove_suffix(1);
      print_line(line, Flush::later);
      begin = end + 1;
    }
    rest_.erase(0, begin);
  }

 private:
  std::string rest_;
};

void show(const Options& options) {
  const History history(options.history.path(), History::Use::look, say);
  const auto id = find_session(history, options.sessions.at(0)).id;
  if (options.json) {
    Lines lines;
    export_json(history, id, [&](std::string_view text) { lines.add(text); });
    return flush_standard_output();
  }
  print_line(to_text(view_session(history, id)));
}

/// What is recorded is not written over, nor a device or a pipe put out of the way.
void check_output(const Options& options) {
  if (options.output.empty()) return;
  std::error_code ignored;
  if (std::filesystem::exists(options.output, ignored) &&
      !std::filesystem::is_regular_file(options.output, ignored)) {
    throw Error(ErrorCode::usage, "--output " + options.output +
                                      ": no file; give a file's name, or none for standard output");
  }
  check_is_no_history("--output", options.output, options.history.path());
}

/// To a file that its user alone may read, or to standard output.
void give(const std::string& output, const std::string& text) {
  if (output.empty()) return print_line(text);
  AtomicFile file(output, FileAccess::user_alone);
  file.append(text);
  file.commit();
  say("written: " + output);
}

void report(const Options& options) {
  options.indicators.check();
  check_output(options);
  if (options.participant.has_value() != options.sessions.empty()) {
    throw Error(ErrorCode::usage, "give sessions, or --participant NAME for a course over all");
  }
  const History history(options.history.path(), History::Use::look, say);
  const SessionReportOptions wanted = {.indicators = options.indicators.wanted,
                                       .cut_offs = options.indicators.cut_offs};
  const auto page = options.participant
                        ? course_of(history, *options.participant, wanted)
                        : report_of(history, ids_of(history, options.sessions), wanted);
  give(options.output, page);
}

/// Rows as they come: a day has millions.
void export_session(const Options& options) {
  check_output(options);
  const History history(options.history.path(), History::Use::look, say);
  const auto id = find_session(history, options.sessions.at(0)).id;
  const auto& run = options.format == "json" ? export_json : export_csv;
  if (options.output.empty()) {
    Lines lines;
    run(history, id, [&](std::string_view text) { lines.add(text); });
    return flush_standard_output();
  }
  AtomicFile file(options.output, FileAccess::user_alone);
  run(history, id, [&](std::string_view text) { file.append(text); });
  file.commit();
  say("written: " + options.output);
}

void check_ended(const SessionInfo& session) {
  if (session.ended) return;
  throw Error(ErrorCode::usage,
              fmt::format("session {} is being recorded; end that first", session.id));
}

void remove(const Options& options) {
  History history(options.history.path(), History::Use::look, say);
  std::vector<long long> ids;
  std::vector<std::string> names;
  for (const auto& text : options.sessions) {
    const auto session = find_session(history, text);
    check_ended(session);
    ids.push_back(session.id);
    names.push_back(fmt::format("{} '{}'", session.id, name_of(session)));
  }
  if (options.number) {
    if (ids.size() != 1) throw Error(ErrorCode::usage, "--participant N: give one session");
    const auto participants = history.participants(ids.front());
    const auto found = std::ranges::find(participants, *options.number, &Participant::number);
    if (found == participants.end()) {
      throw Error(ErrorCode::input, fmt::format("session {} has no participant {}; see mien "
                                                "sessions show {}",
                                                ids.front(), *options.number, ids.front()));
    }
    history.remove_participant(ids.front(), *options.number);
    return say(
        fmt::format("participant {} of session {} is deleted", *options.number, ids.front()));
  }
  history.remove(ids);
  say(fmt::format("deleted: {}", fmt::join(names, ", ")));
}

/// Seconds of "30d", "12h", "2w".
double age_of(const std::string& text) {
  const std::map<char, double> units = {{'h', 3600.0}, {'d', 86'400.0}, {'w', 604'800.0}};
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc() && rest + 1 == end && units.contains(*rest) && number >= 0) {
    return number * units.at(*rest);
  }
  throw Error(ErrorCode::usage,
              "--older-than " + text + ": give hours, days or weeks, such as 12h, 30d or 8w");
}

void purge(const Options& options) {
  const double age = age_of(options.older_than);
  History history(options.history.path(), History::Use::look, say);
  const double now = now_utc();
  std::vector<long long> old;
  for (const auto& session : history.sessions()) {
    if (session.ended && *session.ended < now - age) old.push_back(session.id);
  }
  if (old.empty()) return say("no session is that old");
  history.remove(old);
  say(fmt::format("deleted: {}", fmt::join(old, ", ")));
}

void clean(const Options& options) {
  History history(options.history.path(), History::Use::look, say);
  history.clean();
}

using Run = void (*)(const Options& options);

CLI::App* add(CLI::App& command, const std::shared_ptr<Options>& options, const char* name,
              const char* about, Run run, const char* example) {
  auto* sub = command.add_subcommand(name, about);
  options->history.add_to(*sub);
  sub->footer(std::string("Example: mien sessions ") + example);
  sub->callback([options, run] { run(*options); });
  return sub;
}

void add_sessions(CLI::App& command, Options& options, int most) {
  auto* sessions = command.add_option("SESSION", options.sessions, "its id, or its name")
                       ->type_name("")
                       ->required();
  if (most > 0) sessions->expected(most);
}

}  // namespace

void add_sessions_command(CLI::App& app) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "sessions", "List, show, report, export and delete what was recorded over time");
  command->require_subcommand(1);
  add(*command, options, "list", "The recorded sessions", list, "list --json")
      ->add_flag("--json", options->json, "one JSON object for each");
  auto* one = add(*command, options, "show", "What a session holds", show, "show 3");
  add_sessions(*one, *options, 1);
  one->add_flag("--json", options->json, "all of it, as JSON");

  auto* reported =
      add(*command, options, "report",
          "A page on sessions, or on a participant's course over all of theirs", report,
          "report 3 4 --output monday.html\n         mien sessions report "
          "--participant Ada --output course.html");
  reported->add_option("SESSION", options->sessions, "their ids, or names")->type_name("");
  reported
      ->add_option("--participant", options->participant,
                   "the course of that participant over all sessions")
      ->type_name("NAME");
  reported->add_option("--output", options->output, "default: standard output")
      ->type_name("FILE.html");
  options->indicators.add_to(*reported);
  options->indicators.add_cut_offs_to(*reported);

  auto* exported = add(*command, options, "export", "All seconds of a session", export_session,
                       "export 3 --output monday.csv");
  add_sessions(*exported, *options, 1);
  exported->add_option("--format", options->format, "csv or json")
      ->check(CLI::IsMember({"csv", "json"}).description(""))
      ->type_name("FORMAT")
      ->capture_default_str();
  exported->add_option("--output", options->output, "default: standard output")->type_name("FILE");

  auto* deleted = add(*command, options, "delete",
                      "Delete sessions, or one participant of a session, from the disk too", remove,
                      "delete 3\n         mien sessions delete 4 --participant 2");
  add_sessions(*deleted, *options, 0);
  deleted->add_option("--participant", options->number, "their number in the session")
      ->type_name("N");

  auto* purged = add(*command, options, "purge", "Delete the sessions that are old", purge,
                     "purge --older-than 30d");
  purged->add_option("--older-than", options->older_than, "such as 12h, 30d or 8w")
      ->type_name("AGE")
      ->required();

  add(*command, options, "clean",
      "Wipe what delete could not, because another program held the file", clean, "clean");

  command->footer(
      "Recorded with mien analyze --record NAME or mien serve --record. Of a class, members are "
      "shown by name only if they chose that, and the group where five or more were seen.\n\n"
      "Exit status: 2 wrong usage; 3 there is no such session or history; 4 the file is damaged, "
      "or of a newer Mien; 1 anything else.\n\n"
      "Example: mien sessions list\n"
      "         mien sessions report 3 --output monday.html\n"
      "         mien sessions report --participant Ada --output course.html\n"
      "         mien sessions purge --older-than 30d");
}

}  // namespace mien::apps
