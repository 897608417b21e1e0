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

/// So that a whole file on one line does not become a message.
std::string shortened(std::string_view line) {
  constexpr std::size_t kMost = 80;
  return line.size() <= kMost ? std::string(line) : std::string(line.substr(0, kMost)) + "...";
}

std::string_view name_of(WiderSplit split) {
  switch (split) {
    case WiderSplit::training:
      return "training";
    case WiderSplit::validation:
      return "validation";
    case WiderSplit::all:
      break;
  }
  return "all";
}

class Reader {
 public:
  Reader(const Annotation& annotation, const Path& root, WiderSplit split)
      : lines_(annotation.file),
        folder_(root / ("WIDER_" + annotation.part) / "images"),
        split_(split) {
    result_.annotation = lines_.path();
  }

  MarkedPictures read() {
    while (!lines_.at_end()) {
      if (names_picture(lines_.line())) {
        read_picture();
      } else if (is_before_count()) {
        skip_broken_name();
      } else {
        complain(lines_.number(), "not a picture's name; the lines up to the next are passed over");
        pass_to_next_picture();
      }
    }
    if (result_.pictures.empty()) throw_nothing_there();
    return std::move(result_);
  }

 private:
  /// Where a picture's name would be.
  bool is_before_count() const { return parse_count(lines_.following()).has_value(); }

  /// Whether lines that belong to the picture being read are there. One of more than numbers, with
  /// a count after it, is the broken name of the next picture.
  bool more() const {
    constexpr std::string_view kOfNumbers = "0123456789+-., \t";
    if (lines_.at_end() || names_picture(lines_.line())) return false;
    return lines_.line().find_first_not_of(kOfNumbers) == std::string_view::npos ||
           !is_before_count();
  }

  void pass_to_next_picture() {
    while (more()) lines_.advance();
  }

  void complain(std::size_t number, const std::string& what) {
    if (wanted_) lines_.complain(result_, number, what);
  }

  void skip_picture(std::size_t number, const std::string& what) {
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

  void begin_picture() {
    wanted_ = is_wanted(named_++);
    if (wanted_) ++named_in_split_;
  }

  std::string leads_out() const { return "leads out of " + folder_.string(); }

  void skip_broken_name() {
    begin_picture();
    const auto number = lines_.number();
    const auto name = shortened(lines_.line());
    const bool stays = picture_in(folder_, lines_.line()).has_value();
    lines_.advance();
    pass_to_next_picture();
    skip_picture(
        number, name + ": " + (stays ? "not the name of a .jpg, .jpeg or .png file" : leads_out()));
  }

  void read_picture() {
    begin_picture();
    const auto number = lines_.number();
    const std::string name(lines_.line());
    lines_.advance();
    const auto complaint = read_named(name);
    if (complaint) skip_picture(number, name + ": " + *complaint);
  }

  /// Keeps the picture when it is wanted, or says what is wrong with it.
  std::optional<std::string> read_named(const std::string& name) {
    if (!more()) return "the number of its faces is missing";
    const auto count = parse_count(lines_.line());
    if (!count) {
      auto complaint = "'" + shortened(lines_.line()) + "' is not the number of its faces";
      pass_to_next_picture();
      return complaint;
    }
    lines_.advance();
    const auto path = picture_in(folder_, name);
    std::error_code error;
    const bool there = wanted_ && path && std::filesystem::is_regular_file(*path, error);
    const auto picture = read_faces(*count, there ? path : std::nullopt);
    if (!picture) pass_to_next_picture();
    if (!wanted_) return std::nullopt;
    if (!path) return leads_out();
    if (!there) {
      ++missing_;
      return "no such picture in " + folder_.string();
    }
    if (!picture) return "not as many faces as it says";
    result_.pictures.push_back(*picture);
    return std::nullopt;
  }

  /// The picture, or nothing when there are not `count` lines. Without a path they are passed over.
  std::optional<MarkedPicture> read_faces(std::size_t count, const std::optional<Path>& path) {
    MarkedPicture picture;
    if (count == 0) pass_line_of_zeros();
    if (path) picture.path = *path;
    const auto check = path && count > 0 ? std::optional<FaceCheck>(*path) : std::nullopt;
    std::size_t lines = 0;
    for (; lines < count && more(); ++lines) {
      if (check) read_face(*check, picture);
      lines_.advance();
    }
    if (lines != count || (more() && !is_before_count())) return std::nullopt;
    return picture;
  }

  /// Where there are no faces it may be there, or not.
  void pass_line_of_zeros() {
    std::array<float, kColumns> columns{};
    const bool zeros = more() &&
                       parse_numbers(lines_.line(), ' ', columns) == ParsedNumbers::good &&
                       std::ranges::all_of(columns, [](float column) { return column == 0; });
    if (zeros) lines_.advance();
  }

  void read_face(const FaceCheck& check, MarkedPicture& picture) {
    std::array<float, kColumns> columns{};
    const auto parsed = parse_numbers(lines_.line(), ' ', columns);
    if (parsed != ParsedNumbers::good) {
      picture.all_marked = false;
      return skip_face(lines_.number(), parsed == ParsedNumbers::out_of_range
                                            ? "one of its numbers is over a million"
                                            : "not the ten numbers of a face");
    }
    MarkedFace face{
        columns[kX],  columns[kY],    columns[kWidth], columns[kHeight], columns[kInvalid] == 0,
        std::nullopt, lines_.number()};
    if (const auto complaint = check.complaint(face)) {
      // A box of no size is nobody's; where the face of another one is remains unknown.
      if (face.width > 0 && face.height > 0) picture.all_marked = false;
      return skip_face(lines_.number(), *complaint);
    }
    check.cut(face);
    picture.faces.push_back(face);
  }

  [[noreturn]] void throw_nothing_there() const {
    const auto annotation = lines_.path().string();
    if (named_ == 0) {
      throw Error(ErrorCode::model,
                  annotation + ": it names no picture; give WIDER FACE's annotation");
    }
    const std::string split(name_of(split_));
    if (named_in_split_ == 0) {
      throw Error(ErrorCode::input, annotation + ": its split " + split +
                                        " is empty, for it names " + std::to_string(named_) +
                                        " picture only; choose another split");
    }
    const std::string of_split = split_ == WiderSplit::all ? "" : " of the split " + split;
    const auto first = result_.complaints.empty() ? "" : " (" + result_.complaints.front() + ")";
    if (missing_ == 0) {
      throw Error(ErrorCode::input, annotation + ": what it says of its pictures" + of_split +
                                        " is broken; mend it or get it again" + first);
    }
    throw Error(ErrorCode::input,
                folder_.string() + ": none of the pictures" + of_split + " that " + annotation +
                    " names can be used; unpack WIDER FACE's pictures there" + first);
  }

  AnnotationLines lines_;
  Path folder_;
  WiderSplit split_;
  std::size_t named_ = 0;           ///< pictures, of all splits
  std::size_t named_in_split_ = 0;  ///< and of that asked for,
  std::size_t missing_ = 0;         ///< and without a file
  bool wanted_ = true;              ///< the picture being read is of the split
  MarkedPictures result_;
};

}  // namespace

MarkedPictures read_wider_face(const Path& root, WiderSplit split) {
  return Reader(find_annotation(root), root, split).read();
}

}  // namespace mien
