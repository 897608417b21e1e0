#include "dataset/labelled_faces.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "dataset/face_split.h"
#include "dataset/face_subset.h"
#include "dataset/fer_plus.h"
#include "dataset/formats/formats.h"
#include "mien/error.h"

namespace mien {
namespace {

using Path = std::filesystem::path;
using Faces = std::shared_ptr<const FaceDataset>;
using FacesByOwnSplit = std::map<std::string, Faces>;

constexpr std::string_view kFolders = "folders";
constexpr std::string_view kAll = "all";

constexpr std::array<DataFormat, 7> kFormats = {
    {{kFer2013Format, "Kaggle's fer2013.csv (emotion,pixels,Usage), or a folder with it"},
     {kFerPlusFormat, "the same with the labels of FER+: fer2013new.csv beside it"},
     {"ckplus", "cohn-kanade-images/S005/001/*.png, Emotion/S005/001/*_emotion.txt"},
     {"affectnet", "train_set/images, train_set/annotations/*_exp.npy; or SPLIT/0..7/*"},
     {kFolders, "SPLIT/LABEL/* or LABEL/*"},
     {"kdef", "AF01ANS.JPG, also in folders"},
     {"jaffe", "KA.AN1.39.tiff"}}};

/// A layout of picture files.
struct Layout {
  std::string_view name;
  bool (*is_in)(const Path& root);
  PictureListing (*list)(const Path& root, const std::string& split);
};

constexpr std::array<Layout, 5> kLayouts = {
    {{"ckplus", is_ck_plus, list_ck_plus},
     {"affectnet", is_affectnet, list_affectnet},
     {kFolders, has_labelled_folders, list_labelled_folders},
     {"kdef", is_kdef, list_kdef},
     {"jaffe", is_jaffe, list_jaffe}}};

const Layout& layout_named(std::string_view name) {
  return *std::ranges::find_if(kLayouts, [&](const Layout& layout) { return layout.name == name; });
}

bool is_folder(const Path& path) {
  std::error_code ignored;
  return std::filesystem::is_directory(path, ignored);
}

/// fer2013.csv itself, or that in the folder.
Path csv_of(const Path& data) { return is_folder(data) ? data / "fer2013.csv" : data; }

std::string_view found_format(const Path& data) {
  std::error_code ignored;
  if (!std::filesystem::exists(data, ignored)) {
    throw Error(ErrorCode::input,
                data.string() + ": no such file or folder; check the data's path");
  }
  if (std::filesystem::is_regular_file(csv_of(data), ignored)) return kFer2013Format;
  for (const auto& layout : kLayouts) {
    if (layout.is_in(data)) return layout.name;
  }
  return kFolders;  // whose reader says best what is missing
}

FerSplit fer_split(const std::string& name) {
  const auto split = fer_split_from_name(name);
  if (!split) {
    throw Error(ErrorCode::usage,
                "split " + name + ": fer2013.csv has Training, PublicTest and PrivateTest");
  }
  return *split;
}

/// The same faces with the labels of FER+.
Fer2013 relabelled(const Fer2013& faces, const Path& csv, LeftOut& left_out) {
  Fer2013 result;
  for (std::size_t i = 0; i < faces.size(); ++i) {
    const auto face = faces.get(i);
    const auto label = majority(*face.votes);
    if (!label) {
      left_out.add("faces without a majority of the votes for one of FER+'s eight classes", csv);
      continue;
    }
    const auto expression = expression_of(*label);
    if (!expression) {
      left_out.add("faces of contempt, which Mien does not name", csv);
      continue;
    }
    Fer2013::Pixels pixels{};
    std::ranges::copy(face.pixels, pixels.begin());
    result.add(pixels, *expression, face.votes);
  }
  return result;
}

FacesByOwnSplit read_csv(const LabelledFacesRequest& request, const std::vector<std::string>& own,
                         bool is_ferplus, LeftOut& left_out) {
  const auto csv = csv_of(request.data);
  if (is_ferplus && request.votes.empty()) {
    throw Error(ErrorCode::usage,
                "format ferplus needs the votes of FER+: give them with --votes fer2013new.csv "
                "(github.com/microsoft/FERPlus), or lay that file beside fer2013.csv");
  }
  std::vector<FerSplit> splits;
  for (const auto& name : own) splits.push_back(fer_split(name));
  auto read = read_fer2013({csv, request.votes}, splits, request.progress);
  FacesByOwnSplit faces;
  for (std::size_t i = 0; i < own.size(); ++i) {
    if (is_ferplus) {
      faces[own[i]] = std::make_shared<Fer2013>(relabelled(read[i], csv, left_out));
    } else {
      faces[own[i]] = std::make_shared<Fer2013>(std::move(read[i]));
    }
  }
  return faces;
}

[[noreturn]] void refuse_empty(const LabelledFacesRequest& request, const std::string& split,
                               const Layout& layout) {
  throw Error(ErrorCode::input, request.data.string() + ": no picture of an expression in it" +
                                    (split.empty() ? "" : ", in the split " + split) +
                                    ", laid out as " + std::string(layout.name) +
                                    "; check the path, the split and the format");
}

FacesByOwnSplit read_listed(const LabelledFacesRequest& request,
                            const std::vector<std::string>& own, const Layout& layout,
                            LeftOut& left_out) {
  FacesByOwnSplit faces;
  for (const auto& split : own) {
    auto listing = layout.list(request.data, split == kAll ? "" : split);
    auto read =
        read_pictures(listing, request.width, request.height, request.read, request.progress);
    left_out.add(listing.left_out);
    if (read.size() == 0) refuse_empty(request, split, layout);
    faces[split] = std::make_shared<PictureFaces>(std::move(read));
  }
  return faces;
}

/// Each of the data set's own splits once, in order.
std::vector<std::string> own_splits(const std::vector<SplitName>& splits) {
  std::vector<std::string> own;
  for (const auto& split : splits) {
    if (std::ranges::find(own, split.own) == own.end()) own.push_back(split.own);
  }
  return own;
}

}  // namespace

std::span<const DataFormat> data_formats() { return kFormats; }

bool is_data_format(std::string_view name) {
  return name == kAnyFormat || std::ranges::any_of(kFormats, [&](const DataFormat& format) {
           return format.name == name;
         });
}

std::string known_formats() {
  std::string text;
  for (const auto& format : kFormats) {
    text += (text.empty() ? "" : ", ") + std::string(format.name);
  }
  return text;
}

bool tells_subjects(std::string_view format) {
  return format == "ckplus" || format == "kdef" || format == "jaffe";
}

std::string format_of(const Path& data, const std::string& format) {
  if (!is_data_format(format)) {
    throw Error(ErrorCode::usage,
                "format " + format + ": unknown; known: auto, " + known_formats());
  }
  if (format != kAnyFormat) return format;
  return std::string(found_format(data));
}

std::vector<Faces> read_faces(const LabelledFacesRequest& request) {
  const auto format = format_of(request.data, request.format);
  std::vector<SplitName> splits;
  const bool is_csv = format == kFer2013Format || format == kFerPlusFormat;
  for (const auto& text : request.splits) {
    splits.push_back(parse_split(text));
    if (is_csv && splits.back().own.empty()) splits.back().own = name(FerSplit::public_test);
  }
  const auto own = own_splits(splits);
  LeftOut left_out;
  const auto faces = is_csv ? read_csv(request, own, format == kFerPlusFormat, left_out)
                            : read_listed(request, own, layout_named(format), left_out);
  if (request.note) {
    for (const auto& line : left_out.notes()) request.note(line);
  }
  std::vector<Faces> result;
  for (const auto& split : splits) {
    const auto& all = faces.at(split.own);
    result.push_back(
        split.held_out ? std::make_shared<FaceSubset>(all, part_of(*all, *split.held_out)) : all);
  }
  return result;
}

}  // namespace mien
