#include "evaluate_attributes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <nlohmann/json.hpp>

#include "core/attribute_evaluation.h"
#include "core/progress_bar.h"
#include "dataset/utkface.h"
#include "messages.h"
#include "mien/attribute_estimator.h"
#include "mien/error.h"
#include "mien/face_crop.h"
#include "quiet_picture.h"
#include "standard_output.h"

namespace mien::apps {
namespace {

constexpr std::array<std::string_view, 3> kKinds = {"gender", "race", "age"};

UtkFaceSplit split_of(const std::string& name) {
  if (name.empty()) return UtkFaceSplit::validation;
  if (const auto split = utk_face_split_from_name(name)) return *split;
  throw Error(ErrorCode::usage,
              "--split " + name + ": of attributes there are training, validation, test and all");
}

void check_groups(const std::vector<std::string>& group_by) {
  for (const auto& kind : group_by) {
    if (std::find(kKinds.begin(), kKinds.end(), kind) != kKinds.end()) continue;
    throw Error(ErrorCode::usage,
                fmt::format("--group-by {}: give {}", kind, fmt::join(kKinds, ", ")));
  }
}

struct Measured {
  AttributeEvaluation evaluation;
  std::size_t skipped = 0;
  double images_per_second = 0;
};

AttributeAnswer answer_of(const UtkFace& face, const Attributes& said,
                          const std::vector<std::string>& group_by) {
  auto groups = attribute_groups(face.gender, face.age, std::string(face.race));
  std::erase_if(groups, [&](const auto& group) {
    return std::find(group_by.begin(), group_by.end(), group.first) == group_by.end();
  });
  return {face.gender, static_cast<double>(face.age), female_share(*said.gender), *said.age,
          std::move(groups)};
}

/// Asks about faces in batches, with a stopwatch for the model alone.
class Asker {
 public:
  Asker(AttributeEstimator& estimator, const AttributesTask& task)
      : estimator_(estimator), task_(task) {}

  void add(const UtkFace& face, Image picture) {
    faces_.push_back(face);
    pictures_.push_back(std::move(picture));
    if (faces_.size() == kBatch) flush();
  }

  void flush() {
    std::vector<ImageView> views;
    for (const auto& picture : pictures_) views.push_back(picture.view());
    const auto start = std::chrono::steady_clock::now();
    const auto said = estimator_.estimate_crops(views);
    elapsed_ += std::chrono::steady_clock::now() - start;
    for (std::size_t i = 0; i < said.size(); ++i) {
      answers_.push_back(answer_of(faces_[i], said[i], task_.group_by));
    }
    faces_.clear();
    pictures_.clear();
  }

  const std::vector<AttributeAnswer>& answers() const { return answers_; }
  double images_per_second() const {
    return static_cast<double>(answers_.size()) / elapsed_.count();
  }

 private:
  static constexpr std::size_t kBatch = 64;

  AttributeEstimator& estimator_;
  const AttributesTask& task_;
  std::vector<UtkFace> faces_;
  std::vector<Image> pictures_;
  std::vector<AttributeAnswer> answers_;
  std::chrono::duration<double> elapsed_{};
};

Measured measure(AttributeEstimator& estimator, const AttributesTask& task, const UtkFaces& data) {
  Measured measured;
  measured.skipped = data.skipped;
  Asker asker(estimator, task);
  ProgressBar bar("evaluate");
  for (std::size_t i = 0; i < data.faces.size(); ++i) {
    try {
      asker.add(data.faces[i], read_picture_quietly(data.faces[i].path));
    } catch (const Error& error) {
      if (error.code() != ErrorCode::input) throw;
      say(error.what());
      ++measured.skipped;
    }
    bar.update(i + 1, data.faces.size());
  }
  asker.flush();
  if (asker.answers().empty()) {
    throw Error(ErrorCode::input,
                task.data.string() + ": none of its pictures can be read; get them again");
  }
  measured.evaluation = evaluate_attributes(asker.answers());
  measured.images_per_second = asker.images_per_second();
  return measured;
}

nlohmann::ordered_json to_json(const AttributeScores& scores) {
  return {{"n", scores.faces},
          {"gender_accuracy", scores.gender_accuracy},
          {"age_error", scores.age_error},
          {"age_bias", scores.age_bias}};
}

nlohmann::ordered_json to_json(const std::optional<AttributeGap>& gap) {
  if (!gap) return {};
  return {{"group_by", gap->kind},           {"best", gap->best},
          {"best_value", gap->best_value},   {"worst", gap->worst},
          {"worst_value", gap->worst_value}, {"gap", gap->size()}};
}

std::string to_json(const Measured& measured) {
  const auto& evaluation = measured.evaluation;
  auto object = to_json(evaluation.all);
  object["skipped"] = measured.skipped;
  object["groups"] = nlohmann::ordered_json::object();
  for (const auto& [kind, groups] : evaluation.groups) {
    for (const auto& group : groups) object["groups"][kind][group.name] = to_json(group.scores);
  }
  object["largest_gap"] = {{"gender_accuracy", to_json(evaluation.gaps.gender_accuracy)},
                           {"age_error", to_json(evaluation.gaps.age_error)}};
  object["images_per_second"] = measured.images_per_second;
  return object.dump();
}

void print_groups(const AttributeEvaluation& evaluation, const std::vector<std::string>& kinds) {
  for (const auto& kind : kinds) {
    const auto found = evaluation.groups.find(kind);
    if (found == evaluation.groups.end()) continue;
    print_line(fmt::format("\n{:<8} {:>7} {:>16} {:>12} {:>9}", kind, "faces", "gender accuracy",
                           "age error", "age bias"));
    for (const auto& [name, scores] : found->second) {
      print_line(fmt::format("{:<8} {:>7} {:>16.4f} {:>12.2f} {:>+9.2f}", name, scores.faces,
                             scores.gender_accuracy, scores.age_error, scores.age_bias));
    }
  }
}

void print_gap(const char* measure, const std::optional<AttributeGap>& gap, int digits) {
  if (!gap) return;
  print_line(fmt::format("{:<16} {:.{}f} of {} {}, {:.{}f} of {} {}", measure, gap->best_value,
                         digits, gap->kind, gap->best, gap->worst_value, digits, gap->kind,
                         gap->worst));
}

void print_table(const Measured& measured, const AttributesTask& task) {
  const auto& all = measured.evaluation.all;
  print_line(fmt::format("faces              {}", all.faces));
  if (measured.skipped > 0) print_line(fmt::format("skipped            {}", measured.skipped));
  print_line(fmt::format("gender accuracy    {:.4f}", all.gender_accuracy));
  print_line(fmt::format("age error          {:.2f} years  (mean absolute)", all.age_error));
  print_line(fmt::format("age bias           {:+.2f} years  (said less labelled)", all.age_bias));
  print_line(fmt::format("images per second  {:.0f}", measured.images_per_second));
  print_groups(measured.evaluation, task.group_by);
  const auto& gaps = measured.evaluation.gaps;
  if (!gaps.gender_accuracy && !gaps.age_error) return;
  print_line(fmt::format("\nlargest gaps between groups of {} faces or more", kFewestFaces));
  print_gap("gender accuracy", gaps.gender_accuracy, 4);
  print_gap("age error", gaps.age_error, 2);
}

}  // namespace

void evaluate_attributes_task(const AttributesTask& task, Outcome& outcome) {
  const auto split = split_of(task.split);
  check_groups(task.group_by);
  AttributeOptions options;
  options.model = task.model;
  options.wanted = {.gender = true, .age = true};
  AttributeEstimator estimator(load_attribute_model(options, task.network));
  const auto data = read_utk_faces(task.data, split);
  if (data.skipped > 0) {
    say(fmt::format("{} files were skipped, the first: {}", data.skipped, data.complaints.front()));
  }
  const auto measured = measure(estimator, task, data);
  outcome.inputs_failed = measured.skipped > 0;
  if (task.json) {
    print_line(to_json(measured));
  } else {
    print_table(measured, task);
  }
}

}  // namespace mien::apps
