#include "output/report/evaluation_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "output/report/chart.h"
#include "output/report/html.h"

namespace mien {
namespace {

std::string_view name_of(std::size_t expression) { return name(all_expressions().at(expression)); }

std::string subject(const EvaluationReport& report) {
  return report.data + (report.split.empty() ? "" : ", " + report.split);
}

std::string head(const EvaluationReport& report) {
  const auto& e = report.evaluation;
  std::string html =
      fmt::format("<header><h1>{} on {}</h1>", escaped(report.card.name), escaped(subject(report)));
  html += R"(<p class="muted">How well the model names the expressions that people saw in these )"
          R"(faces. An expression is what a picture shows, not what anybody feels.</p></header>)";
  html += R"(<main><dl class="tiles">)";
  html += tile("Accuracy", percent(e.accuracy)) +
          tile("Balanced accuracy", percent(e.balanced_accuracy)) +
          tile("Macro F1", fmt::format("{:.3f}", e.macro_f1)) +
          tile("Calibration error", fmt::format("{:.3f}", e.ece)) +
          tile("Faces", fmt::format("{}", e.n));
  return html + "</dl>\n";
}

std::string confusion_cell(std::size_t count, double share) {
  constexpr double kStrong = 0.55;  // from where the text stands out better in the other colour
  return fmt::format(R"(<td{} style="--share:{:.3f}">{}<small>{}</small></td>)",
                     share >= kStrong ? R"( class="strong")" : "", share, percent(share, 0), count);
}

std::string confusion(const Evaluation& evaluation) {
  std::string table = R"(<table class="confusion"><caption>Rows: the label. Columns: what the )"
                      R"(model said. Share of the label's faces, and their number.</caption>)"
                      R"(<thead><tr><th scope="col">labelled</th>)";
  for (std::size_t i = 0; i < kExpressionCount; ++i) {
    table += fmt::format(R"(<th scope="col">{}</th>)", name_of(i));
  }
  table += "</tr></thead><tbody>";
  for (std::size_t label = 0; label < kExpressionCount; ++label) {
    table += fmt::format(R"(<tr><th scope="row">{}</th>)", name_of(label));
    const auto support = std::max<std::size_t>(1, evaluation.per_class[label].support);
    for (const auto count : evaluation.confusion[label]) {
      table += confusion_cell(count, static_cast<double>(count) / static_cast<double>(support));
    }
    table += "</tr>";
  }
  return section("Confusion matrix", "", scrolling("Confusion matrix", table + "</tbody></table>"));
}

std::string classes(const EvaluationReport& report) {
  std::string table = R"(<table><thead><tr><th scope="col">expression</th>)";
  for (const char* column : {"precision", "recall", "F1", "average precision", "faces"}) {
    table += fmt::format(R"(<th scope="col">{}</th>)", column);
  }
  table += "</tr></thead><tbody>";
  for (std::size_t i = 0; i < kExpressionCount; ++i) {
    const auto& score = report.evaluation.per_class[i];
    table +=
        fmt::format(R"(<tr><th scope="row">{}</th><td>{:.3f}</td><td>{:.3f}</td><td>{:.3f}</td>)"
                    R"(<td>{:.3f}</td><td>{}</td></tr>)",
                    name_of(i), score.precision, score.recall, score.f1,
                    report.curves[i].average_precision, score.support);
  }
  return section("Each expression",
                 "Precision: of the faces named so, the share that is labelled so. Recall: of the "
                 "faces labelled so, the share that is named so.",
                 scrolling("Each expression", table + "</tbody></table>"));
}

std::string reliability_table(const EvaluationReport& report) {
  std::string table =
      R"(<details><summary>The numbers</summary><table><thead><tr><th scope="col">confidence</th>)"
      R"(<th scope="col">mean</th><th scope="col">accuracy</th><th scope="col">faces</th></tr>)"
      "</thead><tbody>";
  const auto width = 1 / static_cast<double>(report.reliability.size());
  for (std::size_t i = 0; i < report.reliability.size(); ++i) {
    const auto& bin = report.reliability[i];
    if (bin.n == 0) continue;
    table += fmt::format(
        R"(<tr><th scope="row">{} to {}</th><td>{}</td><td>{}</td><td>{}</td></tr>)",
        percent(static_cast<double>(i) * width), percent(static_cast<double>(i + 1) * width),
        percent(bin.confidence), percent(bin.accuracy), bin.n);
  }
  return table + "</tbody></table></details>";
}

std::string reliability(const EvaluationReport& report) {
  const auto width = 1 / static_cast<double>(report.reliability.size());
  Chart diagram{.description =
                    "Accuracy over confidence; the dashed line is a perfectly "
                    "calibrated model",
                .across = {.label = "confidence"},
                .up = {.label = "accuracy"}};
  Chart counts{.description = "Share of the faces over confidence",
               .height = 150,
               .across = {.label = "confidence"},
               .up = {.label = "faces", .step = 0.5}};
  diagram.guide = {{0, 0}, {1, 1}};
  for (std::size_t i = 0; i < report.reliability.size(); ++i) {
    const auto& bin = report.reliability[i];
    if (bin.n == 0) continue;
    const double left = static_cast<double>(i) * width;
    diagram.bars.push_back({left, left + width, bin.accuracy});
    counts.bars.push_back({left, left + width,
                           static_cast<double>(bin.n) / static_cast<double>(report.evaluation.n)});
  }
  return section(
      "Can its confidence be trusted?",
      fmt::format(
          "Of the faces of which the model is sure to 80%, it should name 80% right: bars on "
          "the dashed line. The expected calibration error over {} bins of equal width is "
          "{:.3f}; the temperature on the card is {:.3f}.",
          report.reliability.size(), report.evaluation.ece, report.card.temperature),
      to_svg(diagram) + to_svg(counts) + reliability_table(report));
}

/// The first point of the curve at which the model is not uncertain any more; null when there is
/// none.
const Coverage* own_point(const EvaluationReport& report) {
  const auto found = std::find_if(
      report.coverage.begin(), report.coverage.end(),
      [&](const Coverage& point) { return point.threshold >= report.card.uncertain_below - 1e-9; });
  return found == report.coverage.end() ? nullptr : &*found;
}

std::string coverage_table(const EvaluationReport& report) {
  constexpr std::size_t kStep = 10;
  std::string table = R"(<details><summary>The numbers</summary><table><thead><tr>)"
                      R"(<th scope="col">confidence from</th><th scope="col">faces kept</th>)"
                      R"(<th scope="col">accuracy</th></tr></thead><tbody>)";
  for (std::size_t i = 0; i < report.coverage.size(); i += kStep) {
    const auto& point = report.coverage[i];
    table += fmt::format(R"(<tr><th scope="row">{:.2f}</th><td>{}</td><td>{}</td></tr>)",
                         point.threshold, percent(point.coverage), percent(point.accuracy));
  }
  return table + "</tbody></table></details>";
}

std::string coverage(const EvaluationReport& report) {
  double lowest = 1;
  for (const auto& point : report.coverage) lowest = std::min(lowest, point.accuracy);
  Chart chart{
      .description = "Accuracy of the faces that are kept over the share that is kept",
      .across = {.label = "share of the faces that is kept"},
      .up = {
          .label = "accuracy", .lowest = std::min(0.8, std::floor(10 * lowest) / 10), .step = 0.1}};
  for (auto point = report.coverage.rbegin(); point != report.coverage.rend(); ++point) {
    chart.line.emplace_back(point->coverage, point->accuracy);
  }
  std::string text = fmt::format(
      "The less sure answers are left out, the fewer are wrong. Below a "
      "confidence of {:.2f} the model calls a face uncertain",
      report.card.uncertain_below);
  if (const auto* own = own_point(report)) {
    chart.marks.push_back(
        {own->coverage, own->accuracy, fmt::format("from {:.2f}", report.card.uncertain_below)});
    text += fmt::format(": it then names {} of the faces, {} of them right.",
                        percent(own->coverage), percent(own->accuracy));
  } else {
    text += ", which is every face.";
  }
  return section("What if unsure faces are left out?", text,
                 to_svg(chart) + coverage_table(report));
}

std::string curves(const EvaluationReport& report) {
  std::string charts;
  for (std::size_t i = 0; i < kExpressionCount; ++i) {
    const auto& curve = report.curves[i];
    Chart chart{.description = fmt::format("Precision over recall of {}", name_of(i)),
                .width = 300,
                .height = 240,
                .across = {.label = "recall", .step = 0.5},
                .up = {.label = "precision", .step = 0.5}};
    for (const auto& point : curve.points) chart.line.emplace_back(point.recall, point.precision);
    charts += fmt::format(
        "<figure>{}<figcaption><strong>{}</strong>, average precision {:.3f}</figcaption></figure>",
        to_svg(chart), name_of(i), curve.average_precision);
  }
  return section("Precision over recall",
                 "Each expression against all others, from the faces that are named so with the "
                 "highest probability to all.",
                 R"(<div class="curves">)" + charts + "</div>");
}

std::string example(const ConfusedPair& pair, const ConfusedFace& face) {
  const auto said = fmt::format("{} {}", name(pair.said), percent(face.confidence, 0));
  return fmt::format(
      R"(<li><figure><img src="{}" alt="A face labelled {} of which the model says {}">)"
      R"(<figcaption>{}</figcaption></figure></li>)",
      data_uri(face.picture.view()), name(pair.label), said, said);
}

std::string confused(const EvaluationReport& report) {
  std::string html;
  for (const auto& pair : report.confused) {
    const auto& score = report.evaluation.per_class[static_cast<std::size_t>(pair.label)];
    html +=
        fmt::format(R"(<h3>{} taken for {}</h3><p class="muted">{} of {} faces labelled {}. )"
                    R"(Those of which the model was surest:</p><ul class="faces">)",
                    name(pair.label), name(pair.said), pair.count, score.support, name(pair.label));
    for (const auto& face : pair.examples) html += example(pair, face);
    html += "</ul>";
  }
  if (html.empty()) html = "<p>No face was named otherwise than its label says.</p>";
  return section(
      "Most confused",
      "These pictures are from the data that was evaluated on, and are part of this file: "
      "pass it on only if you may pass on the data.",
      html);
}

std::string card_table(const ModelCard& card) {
  std::string table = R"(<table class="text"><tbody>)";
  table += table_row("name", card.name) + table_row("architecture", card.architecture) +
           table_row("parameters", fmt::format("{}", card.parameters));
  if (!card.members.empty())
    table += table_row("members", fmt::format("{}", fmt::join(card.members, "\n")));
  table +=
      table_row("input", fmt::format("gray {} x {} pixels; contrast {}; normalisation {}",
                                     card.input.width, card.input.height, name(card.input.contrast),
                                     name(card.input.normalisation)));
  table += table_row("crop", fmt::format("{} times FER-2013's frame, {} of it further down",
                                         card.input.margin, card.input.shift_down));
  table += table_row("temperature", fmt::format("{:.4f}", card.temperature)) +
           table_row("uncertain below", fmt::format("{:.2f}", card.uncertain_below)) +
           (card.logit_offsets.empty()
                ? std::string()
                : table_row("added to logits",
                            fmt::format("{:+.3f}", fmt::join(card.logit_offsets, ", ")))) +
           table_row("training data", card.training_data + ", " + card.training_split) +
           table_row("selected on", card.selection_split);
  for (const auto& [metric, value] : card.metrics)
    table += table_row(metric, fmt::format("{:.4f}", value));
  table += table_row("commit", fmt::format("{}, seed {}", card.commit, card.seed)) +
           table_row("licence", card.licence) + table_row("data notice", card.data_notice) +
           table_row("intended use", card.intended_use) + table_row("misuse", card.misuse);
  return table + "</tbody></table>";
}

std::string card(const EvaluationReport& report) {
  auto html = scrolling("The model's card", card_table(report.card));
  if (!report.card.recipe.empty()) {
    html += R"(<details><summary>The recipe</summary><pre tabindex="0">)" +
            escaped(report.card.recipe) + "</pre></details>";
  }
  return section("The model's card", "Its metrics are those of its own selection split.", html);
}

std::string method(const EvaluationReport& report) {
  std::string table = R"(<table class="text"><tbody>)";
  for (const auto& [head, value] : report.method) table += table_row(head, value);
  return section("How it was measured", "", table + "</tbody></table>");
}

}  // namespace

std::string to_html(const EvaluationReport& report) {
  const std::string html = head(report) + confusion(report.evaluation) + classes(report) +
                           R"(<div class="two">)" + reliability(report) + coverage(report) +
                           "</div>\n" + curves(report) + confused(report) + method(report) +
                           card(report) + "</main>";
  return page(report.card.name + " on " + subject(report), html, "mien evaluate");
}

}  // namespace mien
