#include "dataset/imdb.h"

#include <chrono>
#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>

#include <matio.h>

#include "mien/error.h"

namespace mien {
namespace {

using Path = std::filesystem::path;

constexpr std::uintmax_t kMostBytes = 1ULL << 30;
constexpr int kOldest = 100;

struct CloseMat {
  void operator()(mat_t* mat) const { Mat_Close(mat); }
};
struct FreeVariable {
  void operator()(matvar_t* variable) const { Mat_VarFree(variable); }
};
using Variable = std::unique_ptr<matvar_t, FreeVariable>;

/// One field of the file's structure, with a value for each face.
class Field {
 public:
  Field(matvar_t& structure, const char* name, const Path& path)
      : field_(Mat_VarGetStructFieldByName(&structure, name, 0)) {
    if (field_ != nullptr && field_->rank == 2 && field_->data != nullptr) {
      size_ = field_->dims[0] * field_->dims[1];
      return;
    }
    throw Error(ErrorCode::model, path.string() + ": it has no field " + name +
                                      "; give imdb.mat or wiki.mat of IMDB-WIKI");
  }

  std::size_t size() const { return size_; }

  double number(std::size_t index) const { return number_in(*field_, index); }

  /// Of a cell; empty where it holds no text.
  std::string text(std::size_t index) const {
    if (field_->class_type != MAT_C_CELL) return {};
    const auto* cell = static_cast<matvar_t**>(field_->data)[index];
    if (cell == nullptr || cell->class_type != MAT_C_CHAR || cell->data == nullptr) return {};
    std::string text;
    const auto length = cell->nbytes / static_cast<std::size_t>(cell->data_size);
    for (std::size_t i = 0; i < length; ++i) {
      const auto letter = cell->data_size == 2 ? static_cast<const std::uint16_t*>(cell->data)[i]
                                               : static_cast<const std::uint8_t*>(cell->data)[i];
      text += static_cast<char>(letter < 128 ? letter : '?');
    }
    return text;
  }

 private:
  static double number_in(const matvar_t& numbers, std::size_t index) {
    switch (numbers.class_type) {
      case MAT_C_DOUBLE:
        return static_cast<const double*>(numbers.data)[index];
      case MAT_C_SINGLE:
        return static_cast<double>(static_cast<const float*>(numbers.data)[index]);
      case MAT_C_INT32:
        return static_cast<const std::int32_t*>(numbers.data)[index];
      case MAT_C_UINT32:
        return static_cast<const std::uint32_t*>(numbers.data)[index];
      case MAT_C_INT16:
        return static_cast<const std::int16_t*>(numbers.data)[index];
      case MAT_C_UINT16:
        return static_cast<const std::uint16_t*>(numbers.data)[index];
      case MAT_C_UINT8:
        return static_cast<const std::uint8_t*>(numbers.data)[index];
      default:
        return std::nan("");
    }
  }

  matvar_t* field_;
  std::size_t size_ = 0;
};

/// All fields that are used; each has a value for each face.
struct Table {
  Table(matvar_t& structure, const Path& path)
      : born(structure, "dob", path),
        taken(structure, "photo_taken", path),
        file(structure, "full_path", path),
        gender(structure, "gender", path),
        name(structure, "name", path),
        score(structure, "face_score", path),
        second_score(structure, "second_face_score", path) {
    for (const auto* field : {&taken, &file, &gender, &name, &score, &second_score}) {
      if (field->size() == born.size()) continue;
      throw Error(ErrorCode::model, path.string() +
                                        ": its fields are not of the same length; get the file "
                                        "again");
    }
  }

  Field born;
  Field taken;
  Field file;
  Field gender;
  Field name;
  Field score;
  Field second_score;
};

/// In whole years, on the first of July of the year. `born` is in Matlab's days.
std::optional<int> age_at(double born, double year) {
  constexpr double kMatlabsEpoch = 719529;  // Matlab's number of 1970-01-01
  constexpr double kMostDays = 800'000;     // in the year 2190
  if (!(born >= 1 && born < kMostDays) || !(year >= 1 && year < 3000)) return std::nullopt;
  const std::chrono::sys_days day{
      std::chrono::days(static_cast<int>(std::floor(born) - kMatlabsEpoch))};
  const std::chrono::year_month_day birthday(day);
  const bool is_later =
      birthday.month() > std::chrono::July ||
      (birthday.month() == std::chrono::July && birthday.day() > std::chrono::day(1));
  const int age = static_cast<int>(year) - static_cast<int>(birthday.year()) - (is_later ? 1 : 0);
  return age >= 0 && age <= kOldest ? std::optional(age) : std::nullopt;
}

/// Nothing when the face is of use.
const char* objection(const Table& table, std::size_t index, const ImdbFilter& filter) {
  const double score = table.score.number(index);
  if (!std::isfinite(score)) return "pictures in which no face was found";
  if (score < filter.min_score) return "faces with a low score";
  if (!std::isnan(table.second_score.number(index))) return "pictures with a second face";
  const double gender = table.gender.number(index);
  if (gender != 0 && gender != 1) return "faces whose gender is not known";
  if (!age_at(table.born.number(index), table.taken.number(index))) {
    return "faces whose age is not within 0 to 100";
  }
  return nullptr;
}

/// A path that stays in the data set's folder.
bool is_inside(const Path& path) {
  return !path.empty() && path.is_relative() && !path.lexically_normal().string().starts_with("..");
}

Variable structure_in(const Path& path) {
  std::error_code error;
  const auto bytes = std::filesystem::file_size(path, error);
  if (error || bytes > kMostBytes) {
    throw Error(ErrorCode::input, path.string() + ": cannot be read, or is larger than 1 GiB");
  }
  const std::unique_ptr<mat_t, CloseMat> mat(Mat_Open(path.c_str(), MAT_ACC_RDONLY));
  if (!mat) throw Error(ErrorCode::model, path.string() + ": not a file of Matlab");
  for (const auto* name : {"imdb", "wiki"}) {
    Variable variable(Mat_VarRead(mat.get(), name));
    if (variable && variable->class_type == MAT_C_STRUCT) return variable;
  }
  throw Error(ErrorCode::model, path.string() +
                                    ": it holds neither imdb nor wiki, the labels of "
                                    "IMDB-WIKI");
}

}  // namespace

ImdbFaces read_imdb(const Path& mat, const ImdbFilter& filter) {
  const auto structure = structure_in(mat);
  const Table table(*structure, mat);
  ImdbFaces result;
  for (std::size_t i = 0; i < table.born.size(); ++i) {
    const Path file = table.file.text(i);
    const char* why = is_inside(file) ? objection(table, i, filter) : "faces without a picture";
    if (why != nullptr) {
      result.left_out.add(why, file);
      continue;
    }
    result.faces.push_back({mat.parent_path() / file,
                            *age_at(table.born.number(i), table.taken.number(i)),
                            table.gender.number(i) == 1 ? Gender::male : Gender::female,
                            table.name.text(i), table.score.number(i)});
  }
  return result;
}

}  // namespace mien
