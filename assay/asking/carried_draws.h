#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "assay/asking/judge_task.h"
#include "assay/select/strategy.h"
#include "assay/store/study.h"

namespace assay::asking {

/// The draws that a run left in the study, for one with the same seed that asks the same judge: about the same
/// queries, or more; about the same models, or others. Of models whose texts have changed there are none.
std::vector<select::EarlierDraws> carried_draws(const store::Study& study, const JudgeTask& task,
                                                std::string_view name);

/// Leaves draws to later runs, under a name of the caller's choice. Does nothing where the study can't be written.
void carry_draws(store::Study& study, const JudgeTask& task, std::string_view name,
                 const std::vector<select::EarlierDraws>& draws);

/// Of a mean over other queries than all, or of unequal weights: what another run must have in common to go on with
/// a run's bets. Empty where all queries weigh the same.
std::string averaging_print(const store::Comparison& comparison);

/// The name for all runs of a judge with a seed, about the same mean.
std::string draws_name(const JudgeTask& task, std::string_view oracle, std::uint64_t seed);

}  // namespace assay::asking
