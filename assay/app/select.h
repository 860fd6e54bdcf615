#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "assay/answering/answerer.h"
#include "assay/asking/candidate_prices.h"
#include "assay/asking/oracles.h"
#include "assay/asking/select_run.h"
#include "assay/asking/strategy_inputs.h"
#include "assay/judge/program_hooks.h"

namespace assay::app {

struct SelectRequest {
  std::string study;
  store::ComparisonChoice choice;
  asking::OracleOptions oracle;
  /// Models that answer when they are asked: they are compared, whatever answers the study has. Empty: those that
  /// have answered. `oracle.llm.most_cost` holds for their answers and the judge together, whoever that is.
  std::vector<answering::Candidate> candidates = {};
  answering::AnswererOptions answering = {};  ///< How these are reached.
  /// Another judge of the study, cheaper than the one that is asked: what it said helps to choose the calls, and
  /// counts for nothing else. Empty: none. As asking::assistant_of.
  std::string assistant_judge = {};
  std::string strategy = "assay";    ///< As asking::find_strategy.
  judge::ProgramHooks program;       ///< Of a strategy that is a program.
  std::optional<double> budget;      ///< Query equivalents, fractions allowed; empty: all queries.
  std::optional<std::size_t> calls;  ///< The same in calls, positive; not both.
  std::uint64_t seed = 1;
  GivenParameters parameters;                 ///< What is not given is searched.
  std::optional<select::ReturnRule> returns;  ///< Empty: the strategy's own.
  select::WeakJudgeOptions weak;
  std::size_t threads = 0;
  std::size_t batch = 0;  ///< Calls put to the oracle at a time; 0: a row for strategies of whole rows, else one.
  std::optional<store::Tolerance> epsilon;  ///< Empty: none.
  std::optional<double> confidence;         ///< As Goal.
  bool population = false;                  ///< As Goal.
  /// Find the cheapest model that is at most so much worse than the best; empty: find the best.
  std::optional<store::Tolerance> good_enough = {};
  std::optional<asking::CandidatePriceOptions> prices = {};  ///< Empty, with `good_enough`: the default.
  bool keep_baseline = true;  ///< The answer may be to keep the model that the others are compared with.
};

/// Asks the oracle, call by call as the strategy wants them. Each answer is kept in the study before the next batch
/// is asked, those of an LLM as its replies. What is kept is taken from the study and costs nothing, so that a run
/// that was killed goes on where it stopped and ends as if it had not been. A call that failed before is made
/// again. Recorded judgements are not kept again: for them a study that can't be written will do. What is not said
/// of an LLM as judge is as the study remembers it (asking/llm_memory.h). Throws InvalidArgument, OracleError or
/// Error.
///
///     run_select({.study = "alpaca.assay"}).best;
asking::SelectReport run_select(SelectRequest request, const StartProgress& start = {},
                                const std::function<void(const asking::SelectState&)>& on_step = {});

/// A selection that has been looked at: what it found, and what stands behind it.
struct SelectFinding {
  asking::SelectReport report;
  std::unique_ptr<asking::JudgeTask> task;  ///< With its texts where the oracle is live.
  std::unique_ptr<asking::Oracle> oracle;   ///< Its replies stand in the study's ledger.
  std::vector<Verdict> verdicts;  ///< In the order in which they counted; the first `report.known` before the run.
};

/// As run_select, of a study that somebody else has opened, for an oracle that asks nobody: recorded, or one that
/// only looks. `study` must outlive the result, and may be one that is only read. Throws InvalidArgument for other
/// oracles.
SelectFinding look_at_selection(SelectRequest request, store::Study& study, const StartProgress& start = {});

/// What the paid judge would be asked, at most and probably; nothing is sent or written. Of strategies that stop by
/// themselves the probable calls are `select::probable_calls`, of others the budget. Throws InvalidArgument if the
/// oracle costs nothing.
asking::JudgeEstimate estimate_select(SelectRequest request);

}  // namespace assay::app
