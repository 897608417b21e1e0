#include "made_dataset.h"

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <random>
#include <stdexcept>

namespace mien::test {
namespace {

constexpr int kSide = 48;
constexpr int kClasses = 7;
constexpr int kStripe = 6;

std::string made_pixels(int label, std::mt19937& random) {
  std::uniform_int_distribution<int> noise(60, 140);
  std::string text;
  for (int y = 0; y < kSide; ++y) {
    for (int x = 0; x < kSide; ++x) {
      const bool stripe = y / kStripe == label;
      text += std::to_string(noise(random) + (stripe ? 80 : 0));
      text += ' ';
    }
  }
  text.pop_back();
  return text;
}

/// The label's own column of FER+ gets all ten votes.
std::string made_votes(int label) {
  static constexpr std::array<int, kClasses> column = {4, 5, 6, 1, 3, 2, 0};
  std::string text;
  for (int i = 0; i < 10; ++i) {
    text += i == column.at(static_cast<std::size_t>(label)) ? ",10" : ",0";
  }
  return text;
}

void write_rows(std::ofstream& faces, std::ofstream& votes, const std::string& usage, int rows,
                std::mt19937& random) {
  for (int i = 0; i < rows; ++i) {
    const int label = i % kClasses;
    faces << label << ',' << made_pixels(label, random) << ',' << usage << '\n';
    votes << usage << ",fer.png" << made_votes(label) << '\n';
  }
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "mien-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::filesystem::path path_from_environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) throw std::runtime_error(std::string(name) + " is not set; use ctest");
  return value;
}

void write_text(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_made_fer2013(const std::filesystem::path& folder, int training_rows,
                        int validation_rows) {
  std::mt19937 random(7);
  std::ofstream faces(folder / "fer2013.csv");
  std::ofstream votes(folder / "fer2013new.csv");
  faces << "emotion,pixels,Usage\n";
  votes << "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,"
           "unknown,NF\n";
  write_rows(faces, votes, "Training", training_rows, random);
  write_rows(faces, votes, "PublicTest", validation_rows, random);
}

std::string made_recipe(const std::string& architecture, int epochs, const std::string& training) {
  return "name = \"made\"\nseed = 3\n"
         "[architecture]\nname = \"" +
         architecture +
         "\"\nwidth = 8\ndropout = 0.1\n"
         "[[augmentation]]\nkind = \"affine\"\nrotation = 3\ntranslation = 0.02\n"
         "[[augmentation]]\nkind = \"flip\"\nprobability = 0.5\n"
         "[loss]\nvotes_weight = 0.5\n"
         "[optimiser]\nlearning_rate = 0.05\n"
         "[training]\nepochs = " +
         std::to_string(epochs) +
         "\nbatch_size = 32\nprecision = \"float32\"\naverage_decay = 0.9\n" + training;
}

}  // namespace mien::test
