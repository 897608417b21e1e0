#include "history/session_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace mien {
namespace {

constexpr std::size_t kLongestName = 60;

long long whole(double seconds) {
  constexpr double kMost = 1e12;
  return std::isfinite(seconds) ? std::llround(std::clamp(seconds, 0.0, kMost)) : 0;
}

/// The first and the last that have four digits.
std::chrono::sys_seconds time_of(double time) {
  constexpr double kYearOne = -62135596800;
  constexpr double kYear9999 = 253402300799;
  const double known = std::isfinite(time) ? std::clamp(time, kYearOne, kYear9999) : 0;
  return std::chrono::sys_seconds(std::chrono::seconds(static_cast<long long>(std::floor(known))));
}

}  // namespace

std::string clock_text(double seconds) {
  const auto all = static_cast<long long>(whole(std::floor(seconds)));
  if (all < 3600) return fmt::format("{}:{:02}", all / 60, all % 60);
  return fmt::format("{}:{:02}:{:02}", all / 3600, all / 60 % 60, all % 60);
}

std::string length_text(double seconds) {
  const auto all = whole(seconds);
  if (all < 60) return fmt::format("{} s", all);
  if (all < 3600) {
    return all % 60 == 0 ? fmt::format("{} min", all / 60)
                         : fmt::format("{} min {} s", all / 60, all % 60);
  }
  const auto minutes = (all + 30) / 60;
  return minutes % 60 == 0 ? fmt::format("{} h", minutes / 60)
                           : fmt::format("{} h {} min", minutes / 60, minutes % 60);
}

std::string day_text(double time) {
  const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(time_of(time)));
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}

std::string date_text(double time) {
  const auto seconds = time_of(time);
  const auto minutes = std::chrono::floor<std::chrono::minutes>(
                           seconds - std::chrono::floor<std::chrono::days>(seconds))
                           .count();
  return fmt::format("{} {:02}:{:02} UTC", day_text(time), minutes / 60, minutes % 60);
}

std::string shortened(std::string_view text, std::size_t most) {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool goes_on = (static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U;  // UTF-8
    if (goes_on) continue;
    if (++characters > most) return std::string(text.substr(0, i)) + "…";
  }
  return std::string(text);
}

std::string counted(long long count, std::string_view one) {
  return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

std::string name_of(const SessionInfo& session) {
  return session.name.empty() ? fmt::format("Session {}", session.id)
                              : shortened(session.name, kLongestName);
}

std::string name_of(const SessionInfo& session, const Participant& participant) {
  if (!participant.name.empty()) return shortened(participant.name, kLongestName);
  const bool is_followed =
      session.kind == SessionKind::analysis || session.kind == SessionKind::stream;
  return fmt::format("{} {}", is_followed ? "Face" : "Participant", participant.number);
}

}  // namespace mien
