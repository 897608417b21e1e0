#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "history/class_mood.h"
#include "mien/expression.h"

namespace mien::server {

/// A class in one second, as its host may see it.
struct ClassPoint {
  long long time = 0;
  int participants = 0;
  int seen = 0;                          ///< faces
  std::optional<Probabilities> group{};  ///< shares of the seen faces; nothing while they are few
  std::map<Expression, int> reports{};   ///< moods that members reported; empty while they are few
};

/// Set by the host: a slide, a question.
struct ClassMark {
  long long time = 0;
  std::string text;
};

/// A member who chose to be shown by name.
struct ShownMember {
  int number = 0;
  std::string name{};
  std::optional<Expression> expression{};  ///< nothing while not seen
  float confidence = 0;
  std::optional<Expression> reported{};
};

struct ClassUpdate {
  ClassPoint point;
  std::optional<MoodChange> hint{};
  std::vector<ShownMember> named{};
};

/// What a host is told first.
struct ClassGreeting {
  std::string title{};
  std::string code{};
  std::string purpose{};
  std::string agreed{};
  bool recording = false;
  bool faces = true;
  std::string link{};
  long long time = 0;
  std::vector<ClassPoint> history{};
  std::vector<ClassMark> marks{};
};

/// What a member says in a text; one thing at a time. {"here":true} sets none of them.
struct MemberText {
  std::optional<Expression> mood{};
  std::optional<bool> pause{};
  std::optional<bool> shown{};
  bool rest = false;
};
std::optional<MemberText> parse_member_text(std::string_view text);

struct HostText {
  std::optional<std::string> mark{};
  bool end = false;
};
std::optional<HostText> parse_host_text(std::string_view text);

/// What POST /api/v1/classes asks for; of other or missing values nothing.
struct ClassRequest {
  std::string title{};
  bool record = false;
  bool faces = true;
};
std::optional<ClassRequest> parse_class_request(std::string_view body);

std::string to_json(const ClassUpdate& update);
std::string to_json(const ClassGreeting& greeting);
std::string mark_json(long long time, const std::string& text);
std::string mood_json(Expression mood);
std::string rest_json(std::string_view state);
std::string joined_json(int number, const std::string& key);
std::string ended_json();
/// ",\"relative\":{...}": how far the probabilities are from those at rest.
std::string relative_json(const Probabilities& now, const Probabilities& rest);
std::string hint_text(double share);

}  // namespace mien::server
