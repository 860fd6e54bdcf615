#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "assay/core/rewards.h"
#include "assay/stats/intervals.h"
#include "assay/store/study.h"

namespace assay::asking {

/// What another, cheaper judge of a study says of what is compared.
struct Assistant {
  std::string judge;
  std::string baseline;  ///< Its own; empty if it judged each response alone.
  /// Whether its rewards mean what the judge's do: win, draw and loss against the same baseline, or right and
  /// wrong.
  bool same_outcomes = false;
  /// Of the comparison's queries and models, none where it says nothing.
  std::shared_ptr<const RewardTable> rewards;
};

/// Recorded judgements of the judge called `name`, or the kept answers of a live one, as `held_judge` finds it.
/// Against the comparison's baseline if it knows that one, else as it judged. `judge`: whose calls it is to save,
/// by the key of a live judge, else the name. Throws InvalidArgument if there is no such judge, with those that
/// there are; if it is that judge; or if it says nothing of these queries and models.
Assistant assistant_of(store::Study& study, const store::Comparison& comparison,
                       const store::ComparisonChoice& choice, const std::string& name, const std::string& judge);

/// The key of the judge that `recorded_comparison` takes: that of a live one, else the name.
std::string judge_key(const store::Study& study, const store::ComparisonChoice& choice,
                      const store::Comparison& comparison);

/// Of the assistant's table: two with the same are the same hints.
std::string hints_digest(const Assistant& assistant);

/// What a cheap judge was worth.
struct AssistantReport {
  std::string judge;
  std::size_t both = 0;  ///< Calls that it and the judge gave a reward.
  /// Share of these with the same outcome; empty without any, and where the two rewards mean different things.
  std::optional<double> agreement;
  /// Pearson's, of the rewards, where outcomes can't be compared; empty if one of the two never differs.
  std::optional<double> correlation;
  /// 95 %, of what is not empty, as if the calls had been drawn at random from all that the assistant judged.
  stats::Interval interval = {};
  std::string winner;  ///< The best by the assistant alone.
};

/// `judged`: the judge's rewards so far on what `comparison` compares, none elsewhere. `keep`: the baseline, if it
/// may be the winner; else empty.
AssistantReport assistant_report(const Assistant& assistant, const RewardTable& judged,
                                 const store::Comparison& comparison, const std::string& keep);

}  // namespace assay::asking
