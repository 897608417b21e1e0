#include "output/plots.h"

#include <fmt/format.h>
#include <plplot/plstream.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/atomic_file.h"
#include "mien/error.h"
#include "output/colour.h"

namespace mien {
namespace {

/// Places in PLplot's table of colours.
enum Pen : PLINT {
  kPaper = 0,
  kInk = 1,
  kGrid = 2,
  kFirst = 3,
  kSecond = 4,
  kThird = 5,
  kCell = 6
};

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& what) {
  throw Error(ErrorCode::internal, path.string() + ": cannot plot: " + what);
}

const char* device_for(const std::filesystem::path& path) {
  if (path.extension() == ".svg") return "svgcairo";
  if (path.extension() == ".png") return "pngcairo";
  fail(path, "the name ends neither in .svg nor in .png; give one that does");
}

bool has_device(const std::string& device) {
  std::array<const char*, 64> descriptions{};
  std::array<const char*, 64> names{};
  const char** description = descriptions.data();
  const char** name = names.data();
  int count = static_cast<int>(names.size());
  plgFileDevs(&description, &name, &count);
  return std::any_of(name, name + count, [&](const char* known) { return device == known; });
}

/// PLplot opens its file itself, and asks on standard input for what it lacks. So it draws into a
/// file of its own, which is there and empty, and only with a device that there is.
class Plot {
 public:
  Plot(std::filesystem::path path, int width, int height) : path_(std::move(path)) {
    const char* device = device_for(path_);
    if (!has_device(device)) {
      fail(path_, std::string("PLplot has no ") + device +
                      "; install Debian's package plplot-driver-cairo");
    }
    std::error_code error;
    std::string name = (std::filesystem::temp_directory_path(error) / "mien-plot-XXXXXX").string();
    const int descriptor = error ? -1 : ::mkstemp(name.data());
    if (descriptor < 0) {
      fail(path_, "no temporary file; check TMPDIR and the disk's free space");
    }
    ::close(descriptor);
    drawn_ = name;
    stream_.sdev(device);
    stream_.sfnam(drawn_.c_str());
    stream_.spage(0, 0, width, height, 0, 0);
    set_colour(kPaper, {255, 255, 255});
    set_colour(kInk, {40, 44, 52});
    set_colour(kGrid, {222, 226, 230});
    set_colour(kFirst, colour_of(Expression::angry));
    set_colour(kSecond, colour_of(Expression::sad));
    set_colour(kThird, colour_of(Expression::disgust));
    stream_.init();
    stream_.adv(0);
  }
  Plot(const Plot&) = delete;
  Plot& operator=(const Plot&) = delete;
  ~Plot() {
    std::error_code ignored;
    std::filesystem::remove(drawn_, ignored);
  }

  plstream& stream() { return stream_; }

  void set_colour(PLINT pen, Colour colour) {
    stream_.scol0(pen, colour.red, colour.green, colour.blue);
  }

  void save() {
    stream_.eop();
    plend1();
    std::ifstream file(drawn_, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    if (bytes.empty()) fail(path_, "PLplot wrote nothing; check the disk's free space");
    write_file_atomically(path_, bytes);
  }

 private:
  std::filesystem::path path_;
  std::filesystem::path drawn_;
  plstream stream_;
};

/// PLplot takes # for the start of a command.
std::string plain(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '#') result += '#';
    result += c;
  }
  return result;
}

/// White where nothing is, deep blue where everything is.
Colour heat(double share) {
  const auto mix = [share](int from, int to) {
    return static_cast<int>(std::lround(from + (to - from) * std::sqrt(share)));
  };
  return {mix(255, 12), mix(255, 74), mix(255, 140)};
}

void draw_cell(Plot& plot, std::size_t row, std::size_t column, std::size_t count, double share) {
  const auto x = static_cast<PLFLT>(column);
  const auto y = static_cast<PLFLT>(row);
  const std::array<PLFLT, 4> xs = {x, x + 1, x + 1, x};
  const std::array<PLFLT, 4> ys = {y, y, y + 1, y + 1};
  auto& stream = plot.stream();
  plot.set_colour(kCell, heat(share));
  stream.col0(kCell);
  stream.fill(4, xs.data(), ys.data());
  stream.col0(share > 0.3 ? kPaper : kInk);
  stream.schr(0, 0.85);
  stream.ptex(x + 0.5, y + 0.4, 1, 0, 0.5, fmt::format("{:.0f}%", 100 * share).c_str());
  stream.schr(0, 0.6);
  stream.ptex(x + 0.5, y + 0.72, 1, 0, 0.5, std::to_string(count).c_str());
}

struct Curve {
  Pen pen;
  const char* name;
  std::vector<PLFLT> values;
};

void draw_curves(Plot& plot, const std::array<PLFLT, 4>& place, const char* title,
                 const std::vector<PLFLT>& epochs, const std::vector<Curve>& curves) {
  PLFLT lowest = curves.front().values.front();
  PLFLT highest = lowest;
  for (const auto& curve : curves) {
    const auto [low, high] = std::minmax_element(curve.values.begin(), curve.values.end());
    lowest = std::min(lowest, *low);
    highest = std::max(highest, *high);
  }
  const PLFLT space = std::max(0.01, 0.06 * (highest - lowest));
  auto& stream = plot.stream();
  stream.vpor(place[0], place[1], place[2], place[3]);
  stream.wind(epochs.front(), std::max(epochs.back(), epochs.front() + 1), lowest - space,
              highest + space);
  stream.schr(0, 0.8);
  stream.width(1);
  stream.col0(kGrid);
  stream.box("g", 0, 0, "g", 0, 0);
  stream.col0(kInk);
  stream.box("bnst", 0, 0, "bnstv", 0, 0);
  stream.mtex("b", 3.2, 0.5, 0.5, "epoch");
  stream.mtex("t", 1.0, 0.0, 0.0, title);
  PLFLT from_right = 1;
  for (const auto& curve : curves) {
    stream.col0(curve.pen);
    stream.width(2);
    stream.line(static_cast<PLINT>(epochs.size()), epochs.data(), curve.values.data());
    stream.mtex("t", 1.0, from_right, 1.0, curve.name);
    from_right -= 0.25;
  }
}

std::vector<PLFLT> column(const std::vector<TrainingEpoch>& history, double TrainingEpoch::*field) {
  std::vector<PLFLT> values;
  for (const auto& epoch : history) values.push_back(epoch.*field);
  return values;
}

/// The curve from recall 0 on, without points that nobody could tell from the one before.
std::pair<std::vector<PLFLT>, std::vector<PLFLT>> visible_points(
    const std::vector<DetectionPoint>& curve) {
  constexpr double kVisible = 0.0005;
  std::vector<PLFLT> recalls = {0};
  std::vector<PLFLT> precisions = {curve.front().precision};
  for (const auto& point : curve) {
    const bool last = &point == &curve.back();
    if (last || std::abs(point.recall - recalls.back()) >= kVisible ||
        std::abs(point.precision - precisions.back()) >= kVisible) {
      recalls.push_back(point.recall);
      precisions.push_back(point.precision);
    }
  }
  return {std::move(recalls), std::move(precisions)};
}

/// Round where a side of the plot is one wide and one high.
void draw_dot(Plot& plot, PLFLT x, PLFLT y) {
  constexpr PLFLT kWidth = 0.009;
  constexpr PLFLT kHeight = 0.0122;
  plot.stream().arc(x, y, kWidth, kHeight, 0, 360, 0, true);
}

void draw_detection(Plot& plot, const DetectionEvaluation& evaluation, Pen pen) {
  if (evaluation.curve.empty()) return;
  const auto [recalls, precisions] = visible_points(evaluation.curve);
  auto& stream = plot.stream();
  stream.col0(pen);
  stream.width(2);
  stream.line(static_cast<PLINT>(recalls.size()), recalls.data(), precisions.data());
  draw_dot(plot, evaluation.recall, evaluation.precision);
}

/// At the lower left, which a curve reaches when the detector is a poor one.
void draw_legend(Plot& plot, const std::vector<DetectionCurve>& curves,
                 const std::vector<Pen>& pens) {
  auto& stream = plot.stream();
  stream.schr(0, 0.8);
  PLFLT y = 0.05;
  stream.col0(kInk);
  draw_dot(plot, 0.045, y);
  stream.ptex(0.09, y, 1, 0, 0, "at the threshold");
  for (std::size_t i = curves.size(); i-- > 0;) {
    y += 0.05;
    stream.col0(pens[i]);
    stream.width(3);
    stream.join(0.02, y, 0.07, y);
    stream.col0(kInk);
    stream.ptex(0.09, y, 1, 0, 0, plain(curves[i].name).c_str());
  }
}

}  // namespace

std::vector<TrainingEpoch> read_training_history(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::error_code ignored;
  if (!file || std::filesystem::is_directory(path, ignored)) {
    throw Error(ErrorCode::input, path.string() + ": cannot be read; check the path");
  }
  std::vector<TrainingEpoch> history;
  for (std::string line; std::getline(file, line);) {
    try {
      const auto object = nlohmann::json::parse(line);
      history.push_back({object.at("epoch").get<int>(), object.at("train_loss").get<double>(),
                         object.at("train_accuracy").get<double>(),
                         object.at("validation_loss").get<double>(),
                         object.at("validation_accuracy").get<double>()});
    } catch (const nlohmann::json::exception&) {
      throw Error(ErrorCode::model, path.string() + ": line " + std::to_string(history.size() + 1) +
                                        ": not an epoch's metrics; give a run's metrics.jsonl");
    }
  }
  if (history.empty()) {
    throw Error(ErrorCode::model, path.string() + ": no epoch in it; give a run's metrics.jsonl");
  }
  return history;
}

void plot_confusion(const Evaluation& evaluation, const std::string& title,
                    const std::filesystem::path& path) {
  constexpr auto kCount = static_cast<PLFLT>(kExpressionCount);
  Plot plot(path, 900, 860);
  auto& stream = plot.stream();
  stream.vpor(0.17, 0.97, 0.14, 0.9);
  stream.wind(0, kCount, kCount, 0);  // the first row is at the top
  for (std::size_t row = 0; row < kExpressionCount; ++row) {
    for (std::size_t column = 0; column < kExpressionCount; ++column) {
      const auto count = evaluation.confusion[row][column];
      const auto support = std::max<std::size_t>(1, evaluation.per_class[row].support);
      draw_cell(plot, row, column, count,
                static_cast<double>(count) / static_cast<double>(support));
    }
  }
  stream.col0(kInk);
  stream.schr(0, 0.8);
  for (std::size_t i = 0; i < kExpressionCount; ++i) {
    const std::string label(name(all_expressions()[i]));
    const PLFLT place = (static_cast<PLFLT>(i) + 0.5) / kCount;
    stream.mtex("b", 1.5, place, 0.5, label.c_str());
    stream.mtex("lv", 1.0, 1 - place, 1.0, label.c_str());
  }
  stream.schr(0, 0.95);
  stream.mtex("b", 3.2, 0.5, 0.5, "predicted");
  stream.mtex("l", 6.2, 0.5, 0.5, "true");
  stream.mtex("t", 1.5, 0.5, 0.5, plain(title).c_str());
  plot.save();
}

void plot_training(const std::vector<TrainingEpoch>& history, const std::string& title,
                   const std::filesystem::path& path) {
  std::vector<PLFLT> epochs;
  for (const auto& epoch : history) epochs.push_back(epoch.epoch);
  Plot plot(path, 1200, 560);
  draw_curves(plot, {0.07, 0.48, 0.16, 0.8}, "loss", epochs,
              {{kSecond, "validation", column(history, &TrainingEpoch::validation_loss)},
               {kFirst, "training", column(history, &TrainingEpoch::train_loss)}});
  draw_curves(plot, {0.57, 0.98, 0.16, 0.8}, "accuracy", epochs,
              {{kSecond, "validation", column(history, &TrainingEpoch::validation_accuracy)},
               {kFirst, "training", column(history, &TrainingEpoch::train_accuracy)}});
  auto& stream = plot.stream();
  stream.vpor(0, 1, 0, 1);
  stream.wind(0, 1, 0, 1);
  stream.col0(kInk);
  stream.schr(0, 0.95);
  stream.ptex(0.5, 0.93, 1, 0, 0.5, plain(title).c_str());
  plot.save();
}

void plot_detection(const std::vector<DetectionCurve>& curves, const std::string& title,
                    const std::filesystem::path& path) {
  const std::vector<Pen> pens = {kSecond, kFirst, kThird};
  if (curves.size() > pens.size()) fail(path, "more than three curves");
  Plot plot(path, 900, 760);
  auto& stream = plot.stream();
  stream.vpor(0.1, 0.97, 0.13, 0.9);
  stream.wind(0, 1, 0, 1.02);
  stream.schr(0, 0.85);
  stream.width(1);
  stream.col0(kGrid);
  stream.box("g", 0.1, 0, "g", 0.1, 0);
  stream.col0(kInk);
  stream.box("bcnst", 0.2, 2, "bcnstv", 0.2, 2);
  stream.schr(0, 0.95);
  stream.mtex("b", 3.2, 0.5, 0.5, "recall");
  stream.mtex("l", 4.2, 0.5, 0.5, "precision");
  stream.mtex("t", 1.5, 0.5, 0.5, plain(title).c_str());
  for (std::size_t i = 0; i < curves.size(); ++i) {
    draw_detection(plot, curves[i].evaluation, pens[i]);
  }
  draw_legend(plot, curves, pens);
  plot.save();
}

}  // namespace mien
