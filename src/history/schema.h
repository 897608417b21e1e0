#pragma once

#include <filesystem>
#include <functional>

namespace SQLite {
class Database;
}

namespace mien {

/// Of the newest Mien's files.
int newest_schema();

/// Makes the tables of an empty database, or brings those of an older Mien up to date, each version
/// whole or not at all. Throws Error (model) for a database of another program or of a newer Mien.
/// `fill_minutes` computes the minutes of all seconds, which the first version had none of.
void prepare_schema(SQLite::Database& database, const std::filesystem::path& path,
                    const std::function<void()>& fill_minutes);

}  // namespace mien
