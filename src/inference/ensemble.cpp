#include "inference/ensemble.h"

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <string>

#include "core/atomic_file.h"
#include "mien/error.h"
#include "mien/expression_model.h"

namespace mien {
namespace {

using Path = std::filesystem::path;

constexpr std::uintmax_t kLargestCard = 1U << 20;
constexpr std::uintmax_t kLargestMembers = std::uintmax_t{2} << 30;

[[noreturn]] void fail(const Path& where, const std::string& what) {
  throw Error(ErrorCode::model,
              where.string() + ": " + what + "; make the ensemble again with `mien ensemble`");
}

/// Whether `path` lies in `folder`, both without links and dots.
bool lies_in(const Path& path, const Path& folder) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first ==
         folder.end();
}

Path member_file(const Path& folder, const std::string& member) {
  const Path card = folder / kEnsembleFile;
  const Path relative(member);
  const auto goes_up = [](const Path& part) { return part == ".."; };
  if (member.empty() || relative.is_absolute() ||
      std::any_of(relative.begin(), relative.end(), goes_up)) {
    fail(card, "the member '" + member + "' is not a file within the folder");
  }
  std::error_code error;
  const Path file = std::filesystem::canonical(folder / relative, error);
  if (error || !std::filesystem::is_regular_file(file, error)) {
    fail(card, "the member '" + member + "' is missing or no file");
  }
  const Path home = std::filesystem::canonical(folder, error);
  if (error || !lies_in(file, home)) {
    fail(card, "the member '" + member + "' is a link that leads out of the folder");
  }
  return folder / relative;
}

/// What the cards say, each once, in order.
template <typename Field>
std::string said(const std::vector<ModelCard>& cards, const Field& field, const char* between) {
  std::vector<std::string> texts;
  for (const auto& card : cards) {
    const std::string text = field(card);
    if (!text.empty() && std::find(texts.begin(), texts.end(), text) == texts.end()) {
      texts.push_back(text);
    }
  }
  std::string joined;
  for (const auto& text : texts) joined += (joined.empty() ? "" : between) + text;
  return joined;
}

/// Removed with all that is in it, unless it got its name.
class NewFolder {
 public:
  explicit NewFolder(Path path) : path_(without_slash(std::move(path))), neighbour_(path_) {
    neighbour_ += ".part" + std::to_string(::getpid());
    std::error_code error;
    std::filesystem::create_directories(neighbour_, error);
    if (error) fail_to_write(error);
  }
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;
  ~NewFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(neighbour_, ignored);
  }

  const Path& path() const { return neighbour_; }

  void add_copy(const Path& file, const std::string& name) {
    std::error_code error;
    std::filesystem::copy_file(file, neighbour_ / name, error);
    if (error) fail_to_write(error);
  }

  void commit() {
    std::error_code error;
    std::filesystem::rename(neighbour_, path_, error);
    if (error) fail_to_write(error);
  }

 private:
  static Path without_slash(Path path) { return path.has_filename() ? path : path.parent_path(); }

  [[noreturn]] void fail_to_write(const std::error_code& error) const {
    throw Error(ErrorCode::internal,
                path_.string() + ": cannot write: " + error.message() +
                    "; check the disk's free space and the folder's permissions");
  }

  Path path_;
  Path neighbour_;
};

/// "03-mien-base.onnx": in order, and each another.
std::string member_name(std::size_t index, const Path& file) {
  const std::string number = std::to_string(index + 1);
  return std::string(number.size() < 2 ? "0" : "") + number + "-" + file.filename().string();
}

}  // namespace

bool is_ensemble(const Path& path) {
  std::error_code error;
  return std::filesystem::is_directory(path, error) &&
         std::filesystem::is_regular_file(path / kEnsembleFile, error);
}

ModelCard read_ensemble_card(const Path& folder) {
  const Path path = folder / kEnsembleFile;
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  std::ifstream file(path, std::ios::binary);
  if (error || !file) fail(path, "cannot be read");
  if (size > kLargestCard) fail(path, "larger than 1 MiB");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  auto card = model_card_from_json(text, path.string());
  if (card.members.empty()) fail(path, "it lists no members");
  return card;
}

std::vector<Path> member_files(const Path& folder, const ModelCard& card) {
  std::vector<Path> files;
  std::uintmax_t bytes = 0;
  for (const auto& member : card.members) {
    files.push_back(member_file(folder, member));
    bytes += std::filesystem::file_size(files.back());
  }
  if (bytes > kLargestMembers) fail(folder, "its members are larger than 2 GiB together");
  return files;
}

ModelCard ensemble_card(const std::vector<ModelCard>& members) {
  if (members.empty()) throw Error(ErrorCode::internal, "ensemble_card: no member");
  const auto pixels = [](const ModelCard& card) { return card.input.width * card.input.height; };
  ModelCard card;
  card.labels = members.front().labels;
  const auto votes_alike = [&members](const ModelCard& member) {
    return member.vote_labels == members.front().vote_labels;
  };
  if (std::all_of(members.begin(), members.end(), votes_alike)) {
    card.vote_labels = members.front().vote_labels;
  }
  card.input =
      std::max_element(members.begin(), members.end(), [&](const ModelCard& a, const ModelCard& b) {
        return pixels(a) < pixels(b);
      })->input;
  const auto not_counted = [](const ModelCard& member) { return member.multiply_adds == 0; };
  const bool is_counted = std::none_of(members.begin(), members.end(), not_counted);
  for (const auto& member : members) {
    card.parameters += member.parameters;
    if (is_counted) card.multiply_adds += member.multiply_adds;
  }
  const auto all = [&members](std::string ModelCard::*field, const char* between) {
    return said(
        members, [field](const ModelCard& member) { return member.*field; }, between);
  };
  card.architecture = "ensemble of " + all(&ModelCard::architecture, ", ");
  card.training_data = all(&ModelCard::training_data, "; ");
  card.training_split = all(&ModelCard::training_split, "; ");
  card.recipe = said(
      members, [](const ModelCard& member) { return "# " + member.name + "\n" + member.recipe; },
      "\n");
  card.commit = all(&ModelCard::commit, ", ");
  card.licence = all(&ModelCard::licence, " ");
  card.data_notice = all(&ModelCard::data_notice, " ");
  card.intended_use = all(&ModelCard::intended_use, " ");
  card.misuse = all(&ModelCard::misuse, " ");
  return card;
}

void write_ensemble(ModelCard card, const std::vector<Path>& members, const Path& folder) {
  std::error_code ignored;
  if (std::filesystem::exists(std::filesystem::symlink_status(folder, ignored))) {
    throw Error(ErrorCode::usage, folder.string() + ": exists already; give another folder");
  }
  NewFolder made(folder);
  card.members.clear();
  for (std::size_t i = 0; i < members.size(); ++i) {
    card.members.push_back(member_name(i, members[i]));
    made.add_copy(members[i], card.members.back());
  }
  write_file_atomically(made.path() / kEnsembleFile, to_json(card));
  made.commit();
}

}  // namespace mien
