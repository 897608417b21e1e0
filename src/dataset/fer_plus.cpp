#include "dataset/fer_plus.h"

#include <algorithm>
#include <numeric>

namespace mien {
namespace {

struct ClassName {
  std::string_view name;
  std::optional<Expression> expression;
};

constexpr std::array<ClassName, kFerPlusClasses> kClasses = {{{"neutral", Expression::neutral},
                                                              {"happiness", Expression::happy},
                                                              {"surprise", Expression::surprise},
                                                              {"sadness", Expression::sad},
                                                              {"anger", Expression::angry},
                                                              {"disgust", Expression::disgust},
                                                              {"fear", Expression::fear},
                                                              {"contempt", std::nullopt}}};

}  // namespace

std::string_view name(FerPlusClass label) {
  return kClasses.at(static_cast<std::size_t>(label)).name;
}

std::optional<Expression> expression_of(FerPlusClass label) {
  return kClasses.at(static_cast<std::size_t>(label)).expression;
}

std::optional<FerPlusClass> majority(const FerPlusVotes& votes) {
  auto counted = votes;
  for (auto& count : counted) {
    if (count == 1) count = 0;
  }
  const auto total = std::accumulate(counted.begin(), counted.end(), 0);
  const auto* const most = std::max_element(counted.begin(), counted.end());
  const auto place = static_cast<std::size_t>(most - counted.begin());
  if (2 * *most <= total || place >= kFerPlusClasses) return std::nullopt;
  return static_cast<FerPlusClass>(place);
}

}  // namespace mien
