#include "coverage_output.h"

#include <fmt/format.h>

#include <cmath>

#include "standard_output.h"

namespace mien::apps {
namespace {

void print_row(const Coverage& point, const char* remark) {
  print_line(fmt::format("{:<10.2f} {:>9.3f} {:>9.3f}{}", point.threshold, point.coverage,
                         point.accuracy, remark));
}

bool is_multiple(double threshold, double step) {
  return std::abs(std::remainder(threshold, step)) < 1e-9;
}

}  // namespace

nlohmann::ordered_json coverage_to_json(std::span<const Coverage> curve) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& point : curve) {
    list.push_back({{"threshold", point.threshold},
                    {"coverage", point.coverage},
                    {"accuracy", point.accuracy}});
  }
  return list;
}

void print_coverage(std::span<const Coverage> curve, double uncertain_below) {
  constexpr double kStep = 0.1;
  print_line(fmt::format("\n{:<10} {:>9} {:>9}", "confidence", "coverage", "accuracy"));
  bool is_said = false;
  for (const auto& point : curve) {
    const bool is_own = !is_said && point.threshold >= uncertain_below - 1e-9;
    if (is_own) {
      print_row(point, "  below it the model says uncertain");
      is_said = true;
    } else if (is_multiple(point.threshold, kStep)) {
      print_row(point, "");
    }
  }
  if (!is_said) {
    print_line(fmt::format("{:<10.2f} {:>9.3f} {:>9}  every face is uncertain", uncertain_below,
                           0.0, "-"));
  }
}

}  // namespace mien::apps
