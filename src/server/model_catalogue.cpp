#include "server/model_catalogue.h"

#include <algorithm>
#include <utility>

#include "mien/error.h"
#include "mien/models.h"

namespace mien::server {
namespace {

std::string card_of(const std::filesystem::path& path) {
  try {
    return to_json(read_model_card(path));
  } catch (const Error&) {
    return "null";  // what runs with the options of a model without a card
  }
}

std::vector<ModelCatalogue::Entry> listed() {
  std::vector<ModelCatalogue::Entry> entries;
  for (const auto& file : list_models()) {
    try {
      const auto card = read_model_card(file.path);
      if (card.task == kExpressionTask) entries.push_back({file.name, file.path, to_json(card)});
    } catch (const Error&) {  // `mien models` says what is wrong with it
    }
  }
  return entries;
}

}  // namespace

ModelCatalogue::ModelCatalogue(const std::string& default_model) : entries_(listed()) {
  const auto path = find_model(default_model);
  const auto same = [&](const Entry& entry) { return entry.path == path; };
  const auto found = std::find_if(entries_.begin(), entries_.end(), same);
  if (found != entries_.end()) {
    default_name_ = found->name;
    return;
  }
  default_name_ = path.extension() == ".onnx" ? path.stem().string() : path.filename().string();
  std::erase_if(entries_, [&](const Entry& entry) { return entry.name == default_name_; });
  entries_.insert(entries_.begin(), {default_name_, path, card_of(path)});
}

ModelCatalogue::ModelCatalogue(std::vector<Entry> entries, std::string default_name)
    : entries_(std::move(entries)), default_name_(std::move(default_name)) {}

const ModelCatalogue::Entry* ModelCatalogue::find(const std::string& name) const {
  const auto& wanted = name.empty() ? default_name_ : name;
  for (const auto& entry : entries_) {
    if (entry.name == wanted) return &entry;
  }
  return nullptr;
}

const ModelCatalogue::Entry& ModelCatalogue::get(const std::string& name) const {
  if (const auto* entry = find(name)) return *entry;
  std::string names;
  for (const auto& entry : entries_) names += (names.empty() ? "" : ", ") + entry.name;
  throw Error(ErrorCode::input, "there is no model '" + name + "'; give one of " + names);
}

}  // namespace mien::server
