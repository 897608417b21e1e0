#pragma once

#include <filesystem>
#include <vector>

#include "mien/model_card.h"

namespace mien {

/// Whether this is a folder with an ensemble's card.
bool is_ensemble(const std::filesystem::path& path);

/// The card of an ensemble's folder, at most 1 MiB, that lists at least two members. Throws Error
/// (model).
ModelCard read_ensemble_card(const std::filesystem::path& folder);

/// The files of an ensemble's members, in order: all within the folder, also when links are
/// followed, at most 2 GiB together. Throws Error (model).
std::vector<std::filesystem::path> member_files(const std::filesystem::path& folder,
                                                const ModelCard& card);

/// The card of an ensemble of models with these cards, but for its name, its members' files and
/// what is measured. At least one.
ModelCard ensemble_card(const std::vector<ModelCard>& members);

/// Makes the folder with the card and copies of the members, whole or not at all; the card's
/// `members` are filled in. Throws Error: usage when there is something under the folder's name,
/// internal when it cannot be written.
void write_ensemble(ModelCard card, const std::vector<std::filesystem::path>& members,
                    const std::filesystem::path& folder);

}  // namespace mien
