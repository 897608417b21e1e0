#include "mien/expression_model.h"

#include <utility>

#include "inference/ensemble.h"
#include "mien/error.h"

namespace mien {

ExpressionModel::ExpressionModel(ModelCard ensemble, std::vector<std::unique_ptr<Network>> members)
    : card(std::move(ensemble)), networks(std::move(members)) {
  if (networks.size() < 2) {
    throw Error(ErrorCode::internal, "ExpressionModel: an ensemble has at least two members");
  }
}

ExpressionModel make_expression_model(const std::filesystem::path& path,
                                      const NetworkOptions& options) {
  if (!is_ensemble(path)) return make_network(path, options);
  auto card = read_ensemble_card(path);
  auto member_options = options;
  member_options.card.reset();  // members carry their own
  std::vector<std::unique_ptr<Network>> networks;
  for (const auto& file : member_files(path, card)) {
    networks.push_back(make_network(file, member_options));
  }
  return {std::move(card), std::move(networks)};
}

}  // namespace mien
