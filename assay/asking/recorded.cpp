#include "assay/asking/recorded.h"

#include <fmt/format.h>

#include "assay/core/error.h"

namespace assay::asking {

double RecordedOracle::value(const Ask& ask) const {
  if (!task_.pairs()) return recorded_score(task_.scoring().scores, seed_, {arm_id(ask.item), ask.repeat});
  const store::Comparison& comparison = task_.comparison();
  const std::size_t m = comparison.models.size();
  return comparison.rewards.at(query_id(ask.item / m), model_id(ask.item % m));
}

AskEnd RecordedOracle::ask(std::span<const Ask> asks, const std::function<void(const Answer&)>& answered) {
  for (const Ask& ask : asks) {
    if (ask.item >= task_.size()) {
      throw InvalidArgument(fmt::format("expected an item below {}, came {}", task_.size(), ask.item));
    }
    if (!task_.pairs() && task_.scoring().scores.scores(arm_id(ask.item)).empty()) {
      throw InvalidArgument(fmt::format("item {} has no recorded score", ask.item));
    }
    answered({ask, value(ask)});
  }
  return {};
}

}  // namespace assay::asking
