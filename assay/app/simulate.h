#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "assay/asking/assistant.h"
#include "assay/asking/candidate_prices.h"
#include "assay/asking/strategy_inputs.h"
#include "assay/judge/program_hooks.h"
#include "assay/sim/replay.h"

namespace assay::app {

struct SimulateRequest {
  std::string study;
  store::ComparisonChoice choice;
  /// As SelectRequest. Strategies that look at one are replayed twice: without, and with it.
  std::string assistant_judge = {};
  std::vector<std::string> strategies;  ///< As asking::find_strategy; empty: all of the table.
  judge::ProgramHooks program;          ///< Of strategies that are programs.
  std::size_t realizations = 1000;
  std::optional<std::size_t> pool;    ///< Empty: five eighths of the queries, as 500 of AlpacaEval's 805.
  std::optional<std::size_t> budget;  ///< Query equivalents; empty: the pool.
  std::uint64_t seed = 1;
  double confidence = 0.95;
  store::Tolerance epsilon;  ///< Told to the strategies that stop by themselves.
  store::Tolerance within;   ///< Of the plot: how often the returned model is so near to the best.
  std::size_t batch = 0;     ///< Calls answered at a time; 0: a row for strategies of whole rows, else one.
  /// Each strategy takes its own, one at least must; what is not given is searched.
  GivenParameters parameters;
  std::optional<select::ReturnRule> returns;  ///< Empty: each strategy's own.
  select::WeakJudgeOptions weak;
  std::size_t threads = 0;
  /// As SelectRequest. Strategies that stop by themselves are replayed twice where dollars are told: with all
  /// answers generated first, and with answers generated when they are to be judged.
  std::optional<store::Tolerance> good_enough = {};
  std::optional<asking::CandidatePriceOptions> prices = {};
  /// Of the judge's tokens; with it dollars are told. Needs `prices` by price.
  std::optional<judge::Price> judge_price = {};
  /// Files of run_simulate_part that together have each realization once: nothing is replayed anew. Empty: all is.
  std::vector<std::string> parts = {};
};

struct SimulateReport {
  struct Strategy {
    std::shared_ptr<const select::StrategyEntry> entry;
    select::ReturnRule returns = select::ReturnRule::win_rate;
    ParameterValues parameters;  ///< Of the strategy.
    bool lazy = false;           ///< As sim::Competitor.
    bool assisted = false;       ///< Looked at the assistant; the row before is the same strategy without.
    sim::ReplayResult result;
    std::array<std::optional<double>, sim::kTolerances.size()> efficiency;
  };
  std::string study;
  std::string judge;
  std::string baseline;  ///< Empty if the measure needs none.
  store::Measure measure = store::Measure::win_rate;
  Scale scale;  ///< Of scores.
  store::Averaging averaging;
  std::size_t queries = 0;
  std::size_t models = 0;
  std::size_t realizations = 0;
  std::size_t pool = 0;
  std::size_t budget = 0;
  std::uint64_t seed = 0;
  double confidence = 0;
  double epsilon = 0;
  double within = 0;  ///< In rewards, as epsilon.
  std::size_t batch = 0;
  std::optional<double> good_enough;
  std::optional<asking::Preference> prefer;  ///< What `good_enough` prefers by.
  std::optional<double> seconds;             ///< Set by the caller, who has a clock.
  std::vector<Strategy> strategies;
  std::optional<asking::AssistantReport> assistant;  ///< On all recorded judgements; empty without one.
  std::vector<std::string> notes;
};

/// Replays whole experiments on the study's recorded outcomes. Throws InvalidArgument or Error; DataError for a
/// file of `parts` that is none, or of another experiment.
SimulateReport run_simulate(const SimulateRequest& request, const StartProgress& start = {});

/// Replays these realizations alone and writes what they leave behind to the file `path`: work that is spread over
/// machines. The parts make the report that run_simulate makes alone, to the last bit. An empty part prepares the
/// study: what strategies look at and parameters that are searched are kept in it.
void run_simulate_part(const SimulateRequest& request, const sim::Part& part, const std::string& path,
                       const StartProgress& start = {});

}  // namespace assay::app
