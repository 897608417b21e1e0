#include "dataset/fer2013.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <fstream>

#include "mien/error.h"

namespace mien {
namespace {

constexpr std::string_view kHeader = "emotion,pixels,Usage";
constexpr std::size_t kLongestLine = 1 << 16;

constexpr std::array<std::pair<FerSplit, std::string_view>, 3> kSplits = {
    {{FerSplit::training, "Training"},
     {FerSplit::public_test, "PublicTest"},
     {FerSplit::private_test, "PrivateTest"}}};

/// Lines of a file with their numbers, and one kind of error for what is wrong with them.
class LineReader {
 public:
  explicit LineReader(const std::filesystem::path& path)
      : path_(path), file_(path, std::ios::binary) {
    std::error_code error;
    size_ = std::filesystem::file_size(path, error);
    if (error || !file_) {
      throw Error(ErrorCode::input, path.string() + ": cannot be read; check the path");
    }
  }

  bool next(std::string_view& line) {
    file_.getline(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
    const auto length = static_cast<std::size_t>(file_.gcount());
    if (file_.bad()) {
      throw Error(ErrorCode::input, path_.string() + ": reading broke off; check the disk");
    }
    if (length == 0) return false;
    ++number_;
    read_ += length;
    if (file_.fail()) fail("the line is too long for a row");
    line = {buffer_.data(), std::strlen(buffer_.data())};
    if (line.ends_with('\r')) line.remove_suffix(1);
    return true;
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::model, path_.string() + ": line " + std::to_string(number_) + ": " +
                                      what + "; correct or remove the row");
  }

  std::size_t number() const { return number_; }
  std::uintmax_t read() const { return std::min(read_, size_); }
  std::uintmax_t size() const { return size_; }

 private:
  std::filesystem::path path_;
  std::ifstream file_;
  std::vector<char> buffer_ = std::vector<char>(kLongestLine);  // bounds what a line may take
  std::size_t number_ = 0;
  std::uintmax_t read_ = 0;
  std::uintmax_t size_ = 0;
};

/// A number at the start of `text`, which is then moved past it.
std::optional<int> take_number(std::string_view& text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

std::string_view unquoted(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
  }
  return text;
}

Fer2013::Pixels parse_pixels(std::string_view text, const LineReader& lines) {
  Fer2013::Pixels pixels{};
  std::size_t count = 0;
  text = unquoted(text);
  while (!text.empty()) {
    const auto value = take_number(text);
    if (!value || *value < 0 || *value > 255) {
      lines.fail("pixel " + std::to_string(count + 1) + " is not a number of 0..255");
    }
    if (count < pixels.size()) pixels[count] = static_cast<std::uint8_t>(*value);
    ++count;
    const auto next = text.find_first_not_of(' ');
    if (next == 0) lines.fail("pixels are not separated by spaces");
    text.remove_prefix(std::min(next, text.size()));
  }
  if (count != pixels.size()) {
    lines.fail("expected 2304 pixels, found " + std::to_string(count));
  }
  return pixels;
}

struct ParsedRow {
  Expression label;
  FerSplit split;
  Fer2013::Pixels pixels;
};

ParsedRow parse_row(std::string_view line, const LineReader& lines) {
  const auto first = line.find(',');
  const auto last = line.rfind(',');
  if (first == std::string_view::npos || first == last) {
    lines.fail("expected emotion,pixels,Usage; the row is cut off or is not FER-2013's");
  }
  auto emotion = unquoted(line.substr(0, first));
  const auto label = take_number(emotion);
  if (!label || !emotion.empty() || *label < 0 || *label >= static_cast<int>(kExpressionCount)) {
    lines.fail("the emotion is not a number of 0..6");
  }
  const auto usage = unquoted(line.substr(last + 1));
  const auto split = fer_split_from_name(usage);
  if (!split) {
    lines.fail("unknown Usage '" + std::string(usage.substr(0, 40)) +
               "' (known: Training, PublicTest, PrivateTest)");
  }
  return {static_cast<Expression>(*label), *split,
          parse_pixels(line.substr(first + 1, last - first - 1), lines)};
}

/// The FER+ rows, read in step with FER-2013's.
class VotesReader {
 public:
  explicit VotesReader(const std::filesystem::path& path) : lines_(path) {
    std::string_view header;
    if (!lines_.next(header) || !header.starts_with("Usage,Image name,neutral,")) {
      lines_.fail("not FER+'s fer2013new.csv: its header is Usage,Image name,neutral,...");
    }
  }

  FerPlusVotes next(FerSplit expected) {
    std::string_view line;
    if (!lines_.next(line)) lines_.fail("fewer rows than fer2013.csv");
    const auto usage_end = line.find(',');
    if (fer_split_from_name(line.substr(0, usage_end)) != expected) {
      lines_.fail("its Usage is not that of the same row of fer2013.csv");
    }
    line.remove_prefix(usage_end + 1);
    line.remove_prefix(std::min(line.find(','), line.size()));
    FerPlusVotes votes{};
    for (auto& vote : votes) {
      if (line.empty() || line.front() != ',') lines_.fail("expected ten votes");
      line.remove_prefix(1);
      const auto count = take_number(line);
      if (!count || *count < 0 || *count > 100) lines_.fail("a vote is not a number of 0..100");
      vote = static_cast<std::uint8_t>(*count);
    }
    if (!line.empty()) lines_.fail("expected ten votes");
    return votes;
  }

  void finish() {
    std::string_view line;
    if (lines_.next(line)) lines_.fail("more rows than fer2013.csv");
  }

 private:
  LineReader lines_;
};

}  // namespace

std::string_view name(FerSplit split) {
  for (const auto& [candidate, name] : kSplits) {
    if (candidate == split) return name;
  }
  throw Error(ErrorCode::internal, "unknown FER-2013 split");
}

std::optional<FerSplit> fer_split_from_name(std::string_view name) {
  for (const auto& [split, candidate] : kSplits) {
    if (candidate == name) return split;
  }
  return std::nullopt;
}

LabelledFace Fer2013::get(std::size_t index) const {
  const auto& row = faces_.at(index);
  return {row.pixels, row.label, row.votes};
}

void Fer2013::add(const Pixels& pixels, Expression label, std::optional<FerPlusVotes> votes) {
  faces_.push_back({pixels, label, votes});
}

std::vector<Fer2013> read_fer2013(const Fer2013Files& files, const std::vector<FerSplit>& splits,
                                  const ReadProgress& progress) {
  LineReader lines(files.csv);
  std::optional<VotesReader> votes;
  if (!files.votes_csv.empty()) votes.emplace(files.votes_csv);

  std::string_view line;
  if (!lines.next(line) || line != kHeader) {
    throw Error(ErrorCode::model, files.csv.string() +
                                      ": line 1: not FER-2013: its header is emotion,pixels,Usage; "
                                      "give Kaggle's fer2013.csv as it is");
  }
  std::vector<Fer2013> result(splits.size());
  while (lines.next(line)) {
    const auto row = parse_row(line, lines);
    std::optional<FerPlusVotes> row_votes;
    if (votes) row_votes = votes->next(row.split);
    const auto wanted = std::find(splits.begin(), splits.end(), row.split);
    if (wanted != splits.end()) {
      result[static_cast<std::size_t>(wanted - splits.begin())].add(row.pixels, row.label,
                                                                    row_votes);
    }
    if (progress && lines.number() % 512 == 0) progress(lines.read(), lines.size());
  }
  if (votes) votes->finish();
  if (progress) progress(lines.size(), lines.size());
  for (std::size_t i = 0; i < splits.size(); ++i) {
    if (result[i].size() == 0) {
      throw Error(ErrorCode::model, files.csv.string() + ": it has no row of " +
                                        std::string(name(splits[i])) + "; choose another split");
    }
  }
  return result;
}

}  // namespace mien
