#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "assay/asking/baseline_report.h"
#include "assay/asking/evidence.h"
#include "assay/asking/oracle_choice.h"
#include "assay/select/selection.h"
#include "assay/stats/intervals.h"

namespace assay::app {

struct SelectRequest {
  std::string study;
  store::ComparisonChoice choice;
  asking::OracleOptions oracle;
  std::string strategy = "assay";
  std::optional<double> budget;  ///< Query equivalents, fractions allowed; empty: all queries.
  std::uint64_t seed = 1;
  GivenParameters parameters;                 ///< What is not given is searched.
  std::optional<select::ReturnRule> returns;  ///< Empty: the strategy's own.
  select::WeakJudgeOptions weak;
  std::size_t threads = 0;
  std::size_t batch = 0;  ///< Calls put to the oracle at a time; 0: a row for strategies of whole rows, else one.
  std::optional<double> epsilon;         ///< As Goal; naming this, `confidence` or `rule` asks for a decision.
  std::optional<double> confidence;      ///< As Goal.
  std::optional<select::StopRule> rule;  ///< As Goal.
};

/// Where a run stands.
struct SelectStep {
  std::size_t calls = 0;   ///< Answered so far.
  std::size_t budget = 0;  ///< Calls that may be made.
  std::string leader;      ///< Model that would be returned now.
  double probability = 0;  ///< Of its being the best by the posterior, or, of strategies that stop, within epsilon
                           ///< of the best.
};

struct SelectReport {
  struct Model {
    std::string name;
    double probability = 0;  ///< Of being the best, by the strategy's posterior.
    double win_rate = 0;     ///< On what was judged; of strategies that stop, what is expected over all queries.
    stats::Interval
        interval;  ///< 95 %, of the win rate over all queries; a call without a verdict may be anything.
    select::Tally tally;
    bool possible = true;  ///< May still be the best.
  };
  /// How far a strategy that stops by itself has come.
  struct Stop {
    select::Goal goal;
    bool asked = false;               ///< The caller asked for a decision.
    bool decided = false;             ///< Within the budget.
    double risk = 1;                  ///< As Decision.
    std::size_t calls_to_decide = 0;  ///< Probably, beyond those made.
  };
  std::string study;
  std::string judge;
  std::string baseline;
  std::string oracle;
  std::string strategy;
  select::ReturnRule returns = select::ReturnRule::win_rate;
  ParameterValues parameters;  ///< Of the strategy.
  std::uint64_t seed = 0;
  std::size_t queries = 0;
  std::size_t queries_judged = 0;  ///< With at least one call.
  std::size_t calls = 0;
  std::size_t calls_new = 0;     ///< Of these, asked by this run.
  std::size_t calls_failed = 0;  ///< Without a verdict.
  std::size_t calls_all = 0;     ///< What judging everything takes: n * m.
  std::string best;
  std::optional<Stop> stop;                               ///< Of strategies that stop by themselves.
  std::optional<asking::BaselineReport> baseline_report;  ///< On what was judged; empty if that is too little.
  std::vector<Model> models;                              ///< The returned model first, then by falling win rate.
  std::vector<SelectStep> trace;
  std::optional<asking::JudgeBill> bill;  ///< Of a paid judge.
  bool money_ended = false;               ///< The limit of cost came before the budget did.
  std::vector<std::string> notes;
};

/// Whether a decision was asked for and not reached.
inline bool undecided(const SelectReport& report) {
  return report.stop && report.stop->asked && !report.stop->decided;
}

/// Asks the oracle, call by call as the strategy wants them, and keeps each answer in the study before the next
/// batch is asked. Answers that the study has already are taken from it and cost nothing, so that a run that was
/// killed goes on where it stopped and ends as if it had not been. A call that failed before is made again. Throws
/// InvalidArgument, OracleError or Error.
SelectReport run_select(const SelectRequest& request, const StartProgress& start = {},
                        const std::function<void(const SelectStep&)>& on_step = {});

/// What the paid judge would be asked at most; nothing is sent or written but what is computed before the first
/// call. Throws InvalidArgument if the oracle costs nothing.
asking::JudgeEstimate estimate_select(const SelectRequest& request);

}  // namespace assay::app
