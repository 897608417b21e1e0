#include "train/attributes/attribute_data.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "mien/error.h"
#include "mien/face_crop.h"
#include "train/jpeg_pictures.h"
#if MIEN_HAS_IMDB
#include "dataset/imdb.h"
#endif

namespace mien::train {
namespace {

Image gray_of(const Image& picture) {
  const int side = std::max(picture.width(), picture.height());
  const int kept = std::min(side, kLargestFace);
  return crop_face(picture.view(), whole_picture(picture.view()), kept, kept);
}

/// A picture that is still to be read.
struct ListedFace {
  std::filesystem::path file;
  int age = 0;
  Gender gender = Gender::male;
  std::string race;
};

struct Listing {
  std::vector<ListedFace> training;
  std::vector<ListedFace> validation;
  std::vector<std::string> notes;
};

std::vector<ListedFace> listed(const UtkFaces& faces) {
  std::vector<ListedFace> result;
  for (const auto& face : faces.faces) {
    result.push_back({face.path, face.age, face.gender, std::string(face.race)});
  }
  return result;
}

Listing list_utkface(const std::filesystem::path& root) {
  const auto training = read_utk_faces(root, UtkFaceSplit::training);
  Listing listing{listed(training), listed(read_utk_faces(root, UtkFaceSplit::validation)), {}};
  if (training.skipped > 0) {
    listing.notes.push_back(std::to_string(training.skipped) +
                            " files were skipped, the first: " + training.complaints.front());
  }
  return listing;
}

#if MIEN_HAS_IMDB

/// The same on every machine.
bool is_of_validation(const std::string& person) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;  // FNV-1a
  for (const char c : person) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001B3ULL;
  return (hash >> 32U) % 10 == 0;
}

Listing list_imdb(const std::filesystem::path& labels) {
  const auto read = read_imdb(labels);
  Listing listing{{}, {}, read.left_out.notes()};
  for (const auto& face : read.faces) {
    const bool validates =
        is_of_validation(face.person.empty() ? face.file.filename().string() : face.person);
    (validates ? listing.validation : listing.training)
        .push_back({face.file, face.age, face.gender, {}});
  }
  return listing;
}

#else

Listing list_imdb(const std::filesystem::path& labels) {
  throw Error(ErrorCode::usage, labels.string() +
                                    ": this build of mien-train reads no .mat files; install "
                                    "libmatio-dev and build again");
}

#endif

std::vector<AttributedFace> read_faces(const std::vector<ListedFace>& listed,
                                       std::vector<std::string>& notes,
                                       const std::function<void()>& one_more) {
  std::vector<AttributedFace> faces;
  for (const auto& face : listed) {
    try {
      faces.push_back({gray_of(read_jpeg_picture(face.file)), face.age, face.gender, face.race});
    } catch (const Error& error) {
      if (error.code() != ErrorCode::input) throw;
      notes.emplace_back(error.what());
    }
    one_more();
  }
  return faces;
}

}  // namespace

bool is_imdb(const std::filesystem::path& data) { return data.extension() == ".mat"; }

AttributeData read_attribute_data(const std::filesystem::path& source,
                                  const std::function<void(std::size_t, std::size_t)>& progress) {
  auto listing = is_imdb(source) ? list_imdb(source) : list_utkface(source);
  AttributeData data;
  data.notes = std::move(listing.notes);
  const auto total = listing.training.size() + listing.validation.size();
  std::size_t done = 0;
  const auto one_more = [&] { progress(++done, total); };
  data.training = read_faces(listing.training, data.notes, one_more);
  data.validation = read_faces(listing.validation, data.notes, one_more);
  if (data.training.empty() || data.validation.empty()) {
    throw Error(ErrorCode::input,
                source.string() + ": too few pictures that can be read; both splits need one");
  }
  return data;
}

}  // namespace mien::train
