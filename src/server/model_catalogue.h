#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace mien::server {

/// The expression models that can be asked for. A request names one of them, never a file.
class ModelCatalogue {
 public:
  struct Entry {
    std::string name;
    std::filesystem::path path;
    std::string card;  ///< JSON; "null" for a model without one
  };

  /// Those of list_models(), and the default: a name that find_model() knows, or a file, whose name
  /// it then has. Throws Error (model) when that is not found.
  explicit ModelCatalogue(const std::string& default_model);
  ModelCatalogue(std::vector<Entry> entries, std::string default_name);

  const std::vector<Entry>& entries() const { return entries_; }
  const std::string& default_name() const { return default_name_; }

  /// The model of that name, of an empty one the default; null when there is none.
  const Entry* find(const std::string& name) const;

  /// The same; throws Error (input), which tells the client what there is.
  const Entry& get(const std::string& name) const;

 private:
  std::vector<Entry> entries_;
  std::string default_name_;
};

}  // namespace mien::server
