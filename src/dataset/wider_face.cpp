#include "dataset/wider_face.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "core/file_name.h"
#include "dataset/annotation_lines.h"
#include "mien/error.h"

namespace mien {
namespace {

using Path = std::filesystem::path;

constexpr std::string_view kPrefix = "wider_face_";
constexpr std::string_view kSuffix = "_bbx_gt.txt";
constexpr std::size_t kValidationEvery = 8;
enum Column { kX, kY, kWidth, kHeight, kInvalid = 7, kColumns = 10 };

struct Annotation {
  Path file;
  std::string part;  ///< "train", "val", ...
};

std::vector<Annotation> annotations_in(const Path& folder) {
  std::vector<Annotation> found;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const auto name = entry->path().filename().string();
    if (name.size() <= kPrefix.size() + kSuffix.size() || !name.starts_with(kPrefix) ||
        !name.ends_with(kSuffix)) {
      continue;
    }
    const auto length = name.size() - kPrefix.size() - kSuffix.size();
    found.push_back({entry->path(), name.substr(kPrefix.size(), length)});
  }
  return found;
}

Annotation find_annotation(const Path& root) {
  auto found = annotations_in(root);
  if (found.empty()) found = annotations_in(root / "wider_face_split");
  const auto train =
      std::ranges::find_if(found, [](const auto& one) { return one.part == "train"; });
  if (train != found.end()) return *train;
  if (found.size() == 1) return found.front();
  const std::string what = found.empty() ? "no wider_face_*_bbx_gt.txt in it"
                                         : "several wider_face_*_bbx_gt.txt, none of them train";
  throw Error(ErrorCode::input,
              root.string() + ": " + what + "; give the folder that WIDER FACE was unpacked to");
}

bool names_picture(std::string_view line) {
  const auto extension = lower_case_extension(Path(line));
  return extension == ".jpg" || extension == ".jpeg" || extension == ".png";
}

std::optional<std::size_t> parse_count(std::string_view line) {
  std::size_t count = 0;
  const auto* const end = line.data() + line.size();
  const auto [rest, error] = std::from_chars(line.data(), end, count);
  if (error != std::errc() || rest != end) return std::nullopt;
  return count;
}

class Reader {
 public:
  Reader(const Annotation& annotation, const Path& root, WiderSplit split)
      : lines_(annotation.file),
        folder_(root / ("WIDER_" + annotation.part) / "images"),
        split_(split) {}

  MarkedPictures read() {
    while (!lines_.at_end()) {
      if (names_picture(lines_.line())) {
        read_picture();
      } else {
        complain(lines_.number(), "not a picture's name; the lines up to the next are passed over");
        pass_to_next_picture();
      }
    }
    if (result_.pictures.empty()) throw_nothing_there();
    return std::move(result_);
  }

 private:
  /// Whether lines that belong to the picture being read are there.
  bool more() const { return !lines_.at_end() && !names_picture(lines_.line()); }

  void pass_to_next_picture() {
    while (more()) lines_.advance();
  }

  void complain(std::size_t number, const std::string& what) {
    if (wanted_) lines_.complain(result_, number, what);
  }

  void skip_picture(std::size_t number, const std::string& what) {
    pass_to_next_picture();
    complain(number, what + "; the picture is skipped");
    if (wanted_) ++result_.skipped_pictures;
  }

  void skip_face(std::size_t number, const std::string& what) {
    complain(number, what + "; the face is skipped");
    if (wanted_) ++result_.skipped_faces;
  }

  bool is_wanted(std::size_t index) const {
    return split_ == WiderSplit::all ||
           (index % kValidationEvery == 0) == (split_ == WiderSplit::validation);
  }

  void read_picture() {
    wanted_ = is_wanted(named_++);
    const auto number = lines_.number();
    const std::string name(lines_.line());
    lines_.advance();
    const auto count = more() ? parse_count(lines_.line()) : std::nullopt;
    if (!count) return skip_picture(number, name + ": the number of its faces is missing");
    lines_.advance();
    if (!wanted_) return pass_to_next_picture();

    const auto path = picture_in(folder_, name);
    std::error_code error;
    if (!path || !std::filesystem::is_regular_file(*path, error)) {
      return skip_picture(number, name + ": no such picture in " + folder_.string());
    }
    MarkedPicture picture{*path, {}, true};
    const auto lines = *count == 0 ? read_no_faces() : read_faces(*count, picture);
    if (lines != *count || more()) {
      return skip_picture(number, name + ": not as many faces as it says");
    }
    result_.pictures.push_back(std::move(picture));
  }

  /// Without faces there is a line of zeros, or none.
  std::size_t read_no_faces() {
    std::array<float, kColumns> columns{};
    const bool zeros = more() && parse_numbers(lines_.line(), ' ', columns) &&
                       std::ranges::all_of(columns, [](float column) { return column == 0; });
    if (zeros) lines_.advance();
    return 0;
  }

  /// The number of lines that there were, `count` at most.
  std::size_t read_faces(std::size_t count, MarkedPicture& picture) {
    const FaceCheck check(picture.path);
    std::size_t lines = 0;
    for (; lines < count && more(); ++lines) {
      read_face(check, picture);
      lines_.advance();
    }
    return lines;
  }

  void read_face(const FaceCheck& check, MarkedPicture& picture) {
    std::array<float, kColumns> columns{};
    if (!parse_numbers(lines_.line(), ' ', columns)) {
      picture.all_marked = false;
      return skip_face(lines_.number(), "not the ten numbers of a face");
    }
    const MarkedFace face{
        columns[kX], columns[kY], columns[kWidth], columns[kHeight], columns[kInvalid] == 0,
        std::nullopt};
    if (const auto complaint = check.complaint(face)) {
      return skip_face(lines_.number(), *complaint);
    }
    picture.faces.push_back(face);
  }

  [[noreturn]] void throw_nothing_there() const {
    if (named_ == 0) {
      throw Error(ErrorCode::model,
                  lines_.path().string() + ": it names no picture; give WIDER FACE's annotation");
    }
    const auto first = result_.complaints.empty() ? "" : " (" + result_.complaints.front() + ")";
    throw Error(ErrorCode::input,
                folder_.string() + ": none of the pictures that " + lines_.path().string() +
                    " names can be used; unpack WIDER FACE's pictures there" + first);
  }

  AnnotationLines lines_;
  Path folder_;
  WiderSplit split_;
  std::size_t named_ = 0;  ///< pictures, of all splits
  bool wanted_ = true;     ///< the picture being read is of the split
  MarkedPictures result_;
};

}  // namespace

MarkedPictures read_wider_face(const Path& root, WiderSplit split) {
  return Reader(find_annotation(root), root, split).read();
}

}  // namespace mien
