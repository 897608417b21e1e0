#pragma once

#include <gtest/gtest.h>
#include <matio.h>

#include <filesystem>
#include <limits>
#include <string>
#include <vector>

namespace mien::test {

/// What imdb.mat says of a picture.
struct ImdbRow {
  std::string file = "01/a.jpg";
  double born = 719529;  // 1970-01-01
  double taken = 2000;
  double gender = 1;
  double score = 3;
  double second_score = std::numeric_limits<double>::quiet_NaN();
  std::string name = "A. Person";
};

inline matvar_t* numbers(const std::vector<ImdbRow>& rows, double ImdbRow::*field) {
  std::vector<double> values;
  for (const auto& row : rows) values.push_back(row.*field);
  std::size_t dimensions[2] = {1, values.size()};
  return Mat_VarCreate(nullptr, MAT_C_DOUBLE, MAT_T_DOUBLE, 2, dimensions, values.data(), 0);
}

inline matvar_t* texts(const std::vector<ImdbRow>& rows, std::string ImdbRow::*field) {
  std::size_t dimensions[2] = {1, rows.size()};
  matvar_t* cells = Mat_VarCreate(nullptr, MAT_C_CELL, MAT_T_CELL, 2, dimensions, nullptr, 0);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::string text = rows[i].*field;
    std::size_t length[2] = {1, text.size()};
    Mat_VarSetCell(cells, static_cast<int>(i),
                   Mat_VarCreate(nullptr, MAT_C_CHAR, MAT_T_UTF8, 2, length, text.data(), 0));
  }
  return cells;
}

/// imdb.mat; not `is_whole`: a field is missing.
inline void write_imdb(const std::filesystem::path& path, const std::vector<ImdbRow>& rows,
                       const char* name = "imdb", bool is_whole = true) {
  const char* fields[] = {"dob",  "photo_taken", "full_path",        "gender",
                          "name", "face_score",  "second_face_score"};
  std::size_t one[2] = {1, 1};
  matvar_t* structure = Mat_VarCreateStruct(name, 2, one, fields, is_whole ? 7 : 6);
  Mat_VarSetStructFieldByName(structure, "dob", 0, numbers(rows, &ImdbRow::born));
  Mat_VarSetStructFieldByName(structure, "photo_taken", 0, numbers(rows, &ImdbRow::taken));
  Mat_VarSetStructFieldByName(structure, "full_path", 0, texts(rows, &ImdbRow::file));
  Mat_VarSetStructFieldByName(structure, "gender", 0, numbers(rows, &ImdbRow::gender));
  Mat_VarSetStructFieldByName(structure, "name", 0, texts(rows, &ImdbRow::name));
  Mat_VarSetStructFieldByName(structure, "face_score", 0, numbers(rows, &ImdbRow::score));
  if (is_whole) {
    Mat_VarSetStructFieldByName(structure, "second_face_score", 0,
                                numbers(rows, &ImdbRow::second_score));
  }
  mat_t* mat = Mat_CreateVer(path.c_str(), nullptr, MAT_FT_MAT5);
  EXPECT_EQ(0, Mat_VarWrite(mat, structure, MAT_COMPRESSION_ZLIB));
  Mat_Close(mat);
  Mat_VarFree(structure);
}

}  // namespace mien::test
