#include "dataset/face_split.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "mien/error.h"

namespace mien {
namespace {

using Kind = HeldOut::Kind;

constexpr std::string_view kRest = "except";
constexpr std::size_t kMostFolds = 1000;

constexpr std::array<std::pair<Kind, std::string_view>, 4> kKinds = {
    {{Kind::fraction, "fraction"},
     {Kind::subject, "subject"},
     {Kind::fold, "fold"},
     {Kind::subject_fold, "subject-fold"}}};

bool is_fold(Kind kind) { return kind == Kind::fold || kind == Kind::subject_fold; }
bool is_by_subject(Kind kind) { return kind == Kind::subject || kind == Kind::subject_fold; }

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words(1);
  for (const char c : text) {
    if (c == ':') {
      words.emplace_back();
    } else {
      words.back() += c;
    }
  }
  return words;
}

std::optional<Kind> kind_named(std::string_view name) {
  for (const auto& [kind, known] : kKinds) {
    if (known == name) return kind;
  }
  return std::nullopt;
}

std::string_view name_of(Kind kind) {
  for (const auto& [known, name] : kKinds) {
    if (known == kind) return name;
  }
  throw Error(ErrorCode::internal, "unknown kind of split");
}

template <typename Number>
bool read_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

[[noreturn]] void refuse(std::string_view text) {
  throw Error(ErrorCode::usage, "split " + std::string(text) +
                                    ": give fraction:SHARE or subject:SHARE with a share between 0 "
                                    "and 1, fold:I/K or subject-fold:I/K with I within 1..K; a "
                                    "seed may follow, as in fraction:0.1:7");
}

bool read_fold(std::string_view text, HeldOut& part) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return false;
  return read_number(text.substr(0, slash), part.fold) &&
         read_number(text.substr(slash + 1), part.folds) && part.folds >= 2 &&
         part.folds <= kMostFolds && part.fold >= 1 && part.fold <= part.folds;
}

/// What stands behind the kind.
bool read_arguments(const std::vector<std::string>& words, std::size_t next, HeldOut& part) {
  if (words.size() > next + 2) return false;
  if (is_fold(part.kind)) {
    if (words.size() == next || !read_fold(words[next], part)) return false;
  } else if (words.size() > next) {
    if (!read_number(words[next], part.share) || !(part.share > 0 && part.share < 1)) return false;
  }
  return words.size() < next + 2 || read_number(words[next + 1], part.seed);
}

/// FNV-1a (Fowler, Noll and Vo) of a key, mixed with the seed by splitmix64's finaliser.
std::uint64_t place_of(std::string_view key, std::uint64_t seed) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (const char c : key) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001B3ULL;
  hash += (seed + 1) * 0x9E3779B97F4A7C15ULL;
  hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9ULL;
  hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBULL;
  return hash ^ (hash >> 31);
}

/// Faces that stay together: copies of one picture, or all of one person.
struct Unit {
  std::uint64_t place = 0;  ///< in an order that looks random
  std::string_view key;
  std::size_t stratum = 0;  ///< the label, where that is to be equally often in each part
  std::vector<std::size_t> faces;
};

std::vector<std::string> subjects_of(const FaceDataset& faces) {
  std::vector<std::string> subjects;
  for (std::size_t i = 0; i < faces.size(); ++i) {
    subjects.push_back(faces.subject(i));
    if (!subjects.back().empty()) continue;
    throw Error(ErrorCode::usage,
                "a split by subject: the data does not tell whose faces these are (of face " +
                    std::to_string(i + 1) + " at least); choose fraction or fold");
  }
  return subjects;
}

/// In the order of their places. The subjects, which are empty unless they are asked for, must
/// outlive the units.
std::vector<Unit> units_of(const FaceDataset& faces, const std::vector<std::string>& subjects,
                           std::uint64_t seed) {
  std::unordered_map<std::string_view, std::size_t> known;
  std::vector<Unit> units;
  for (std::size_t i = 0; i < faces.size(); ++i) {
    const auto face = faces.get(i);
    const std::string_view pixels(reinterpret_cast<const char*>(face.pixels.data()),
                                  face.pixels.size());
    const auto key = subjects.empty() ? pixels : std::string_view(subjects[i]);
    const auto [found, is_new] = known.try_emplace(key, units.size());
    if (is_new) {
      const auto stratum = subjects.empty() ? static_cast<std::size_t>(face.label) : 0;
      units.push_back({place_of(key, seed), key, stratum, {}});
    }
    units[found->second].faces.push_back(i);
  }
  std::ranges::sort(units, [](const Unit& a, const Unit& b) {
    return std::tie(a.place, a.key) < std::tie(b.place, b.key);
  });
  return units;
}

using Chosen = std::vector<bool>;  // by unit

/// Of each stratum the first units, until they hold that share of its faces; of people, of them.
Chosen choose_share(const std::vector<Unit>& units, const HeldOut& part) {
  const auto weight = [&](const Unit& unit) {
    return is_by_subject(part.kind) ? std::size_t{1} : unit.faces.size();
  };
  std::map<std::size_t, std::size_t> wanted;
  for (const auto& unit : units) wanted[unit.stratum] += weight(unit);
  for (auto& [stratum, count] : wanted) {
    count = static_cast<std::size_t>(std::lround(part.share * static_cast<double>(count)));
  }
  Chosen chosen(units.size());
  for (std::size_t i = 0; i < units.size(); ++i) {
    auto& left = wanted[units[i].stratum];
    chosen[i] = left > 0;
    left -= std::min(left, weight(units[i]));
  }
  return chosen;
}

/// Each unit goes to the fold that has the fewest faces of its stratum, then the fewest of all.
Chosen choose_fold(const std::vector<Unit>& units, const HeldOut& part) {
  std::map<std::size_t, std::vector<std::size_t>> filled;
  std::vector<std::size_t> all(part.folds);
  Chosen chosen(units.size());
  for (std::size_t i = 0; i < units.size(); ++i) {
    auto& counts = filled.try_emplace(units[i].stratum, part.folds).first->second;
    std::size_t best = 0;
    for (std::size_t fold = 1; fold < part.folds; ++fold) {
      if (std::tie(counts[fold], all[fold]) < std::tie(counts[best], all[best])) best = fold;
    }
    counts[best] += units[i].faces.size();
    all[best] += units[i].faces.size();
    chosen[i] = best + 1 == part.fold;
  }
  return chosen;
}

}  // namespace

SplitName parse_split(std::string_view text) {
  const auto words = words_of(text);
  const auto begin = std::ranges::find_if(
      words, [](const std::string& word) { return word == kRest || kind_named(word).has_value(); });
  if (begin == words.end()) return {std::string(text), std::nullopt};
  auto next = static_cast<std::size_t>(begin - words.begin());
  SplitName split;
  for (std::size_t i = 0; i < next; ++i) split.own += (i == 0 ? "" : ":") + words[i];
  HeldOut part;
  if (words[next] == kRest) {
    part.is_rest = true;
    ++next;
  }
  const auto kind = next < words.size() ? kind_named(words[next]) : std::nullopt;
  if (!kind) refuse(text);
  part.kind = *kind;
  if (!read_arguments(words, next + 1, part)) refuse(text);
  split.held_out = part;
  return split;
}

std::string to_text(const SplitName& split) {
  std::string text = split.own;
  if (!split.held_out) return text;
  const auto& part = *split.held_out;
  if (!text.empty()) text += ':';
  if (part.is_rest) text += std::string(kRest) + ':';
  text += std::string(name_of(part.kind)) + ':';
  if (is_fold(part.kind)) {
    text += std::to_string(part.fold) + '/' + std::to_string(part.folds);
  } else {
    std::array<char, 32> share{};
    const auto end = std::to_chars(share.data(), share.data() + share.size(), part.share).ptr;
    text.append(share.data(), end);
  }
  if (part.seed != HeldOut{}.seed) text += ':' + std::to_string(part.seed);
  return text;
}

std::vector<std::size_t> part_of(const FaceDataset& faces, const HeldOut& part) {
  const auto subjects = is_by_subject(part.kind) ? subjects_of(faces) : std::vector<std::string>();
  const auto units = units_of(faces, subjects, part.seed);
  const auto chosen = is_fold(part.kind) ? choose_fold(units, part) : choose_share(units, part);
  std::vector<std::size_t> indices;
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (chosen[i] == part.is_rest) continue;
    indices.insert(indices.end(), units[i].faces.begin(), units[i].faces.end());
  }
  if (indices.empty()) {
    throw Error(ErrorCode::usage, "split " + to_text({{}, part}) + ": no face is in it, of " +
                                      std::to_string(faces.size()) + "; choose another share");
  }
  std::ranges::sort(indices);
  return indices;
}

}  // namespace mien
