#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "assay/app/select.h"
#include "assay/asking/assistant.h"
#include "assay/asking/candidate_prices.h"
#include "assay/asking/judge_task.h"
#include "assay/asking/oracle.h"
#include "assay/asking/run_memory.h"
#include "assay/asking/select_run.h"
#include "assay/store/study.h"

// What the ways to run a selection have in common: whether the oracle is asked, or people answer from outside.

namespace assay::app {

/// Throws InvalidArgument for a parameter that the strategy does not use.
void check_used(const GivenParameters& given, const select::StrategyEntry& entry);
/// Throws InvalidArgument where `assistant_judge` does not go with the rest.
void check_assistant(const SelectRequest& request, const select::StrategyEntry& entry);

/// Throws InvalidArgument for a budget that is none.
std::size_t budget_in_calls(const SelectRequest& request, const store::Comparison& comparison);
/// Throws InvalidArgument for a goal that the strategy can't reach, or that is none.
select::Goal goal_of(const SelectRequest& request, const select::StrategyEntry& entry,
                     const store::Comparison& comparison);
/// Empty: every query has its prompt.
std::optional<std::string> prompts_note(const asking::JudgeTask& task);
/// Empty: none is wanted.
std::optional<asking::Assistant> assistant_of(const SelectRequest& request, const asking::JudgeTask& task,
                                              const asking::Oracle& oracle, store::Study& study);

/// All but what is known and which cells are missing. `prices` are set where they are wanted.
asking::SelectSetup setup_of(const SelectRequest& request, const select::StrategyEntry& entry, store::Study& study,
                             const asking::JudgeTask& task, std::optional<asking::CandidatePrices>& prices,
                             const StartProgress& start);

/// Where the run begins or goes on; `looks`: the one that is looked at. Not kept: `keep` is false.
asking::RunStart start_of(const SelectRequest& request, const asking::SelectSetup& setup, std::size_t batch,
                          bool batch_given, const asking::JudgeTask& task, const asking::Oracle& oracle,
                          const std::optional<asking::Assistant>& assistant, store::Study& study, bool looks,
                          bool keep = true);

/// The name under which a run that began there finds the bets that it began with.
std::string draws_at_start(const std::string& carried, const asking::RunStart& begin);
/// Those that the run began with.
std::vector<select::EarlierDraws> earlier_draws(store::Study& study, const asking::JudgeTask& task,
                                                const asking::RunStart& begin, const std::string& carried);

/// Names, prices and what the assistant was worth.
void fill_names(const SelectRequest& request, const store::Comparison& comparison,
                const std::optional<asking::Assistant>& assistant,
                const std::optional<asking::CandidatePrices>& prices, const asking::SelectRun& run,
                asking::SelectReport& report);

}  // namespace assay::app
