#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assay/asking/assistant.h"
#include "assay/asking/baseline_report.h"
#include "assay/asking/candidate_answers.h"
#include "assay/asking/candidate_prices.h"
#include "assay/asking/judge_bill.h"
#include "assay/asking/run.h"
#include "assay/select/selection.h"
#include "assay/stats/intervals.h"
#include "assay/store/study.h"

namespace assay::asking {

/// What a SelectRun starts from. It owns all of it.
struct SelectSetup {
  std::vector<std::string> models;   ///< m names.
  std::string baseline = {};         ///< A candidate, too, whose reward is 1/2 everywhere. Empty: it is none.
  bool alone = false;                ///< Each response is judged alone: there is no baseline to report on.
  std::size_t queries = 0;           ///< n
  std::vector<double> weights = {};  ///< Of the queries, as store::Comparison.
  const select::StrategyEntry* strategy = nullptr;
  select::Problem problem;  ///< Its pool is drawn by the run; its goal is `goal`.
  /// Answers are scores: from the one that is worth 0 to the one that is worth 1. Empty: they are rewards.
  std::optional<Scale> scores = {};
  std::vector<Answer> known;              ///< Before the first call; for strategies that use it.
  std::vector<std::size_t> missing = {};  ///< Items of which there is no judgement to ask for, sorted.
  ParameterValues parameters;
  select::ReturnRule returns = select::ReturnRule::win_rate;
  select::Goal goal;
  std::size_t budget = 0;  ///< Calls.
  std::uint64_t seed = 1;
};

/// Where a run stands.
struct SelectState {
  std::size_t calls = 0;   ///< Answered so far.
  std::size_t budget = 0;  ///< Calls that may be made.
  std::string leader;      ///< Model that would be returned now.
  double probability = 0;  ///< Of its being the best by the posterior, or, of strategies that stop, within epsilon
                           ///< of the best.
};

/// What a run found, and what it cost.
struct SelectReport : AskedReport {
  std::optional<AnsweringReport> answering = {};  ///< Where candidates answered when they were asked.
  struct Model {
    std::string name;
    double probability = 0;  ///< Of being the best, by the strategy's posterior.
    double win_rate = 0;     ///< On what was judged; of strategies that stop, what is expected over all queries.
    stats::Interval
        interval;  ///< 95 %, of the win rate over all queries; a call without a verdict may be anything.
    select::Tally tally;
    bool possible = true;     ///< May still be the best.
    std::size_t missing = 0;  ///< Queries of which there is no judgement to ask for: each counts 1/2.
    /// As `prefer` says: dollars or seconds an answered prompt, or weights. Empty: not known, or not asked for.
    std::optional<double> price = {};
    bool pareto = false;  ///< It has a price, and none that is cheaper, or as cheap, seems better.
  };
  /// How far a strategy that stops by itself has come.
  struct Stop {
    select::Goal goal;
    bool decided = false;  ///< Within the budget.
    double risk = 1;       ///< As Decision, as the next.
    double population_risk = 1;
    std::size_t calls_to_decide = 0;  ///< Probably, beyond those made.
  };
  std::string study;
  std::string judge;
  std::string baseline;  ///< Empty if the measure needs none.
  store::Measure measure = store::Measure::win_rate;
  Scale scale;  ///< As store::Comparison, as the next.
  bool lower_is_better = false;
  store::Averaging averaging;
  std::string oracle;
  std::string strategy;
  select::ReturnRule returns = select::ReturnRule::win_rate;
  bool random_queries = false;  ///< As StrategyEntry.
  ParameterValues parameters;   ///< What the strategy does not use is the default.
  std::uint64_t seed = 0;
  std::size_t queries = 0;
  std::size_t queries_judged = 0;  ///< With at least one call.
  std::size_t calls = 0;
  std::size_t known = 0;             ///< Verdicts that counted before the first call; `calls` is without them.
  std::size_t calls_failed = 0;      ///< Without a verdict, though the judge was asked.
  std::size_t calls_all = 0;         ///< What judging everything takes: n * m.
  std::string best;                  ///< Empty: no model has a verdict yet.
  std::optional<Preference> prefer;  ///< What prices are; empty: none were asked for.
  bool keep_baseline = false;        ///< The baseline is a candidate, and none seems to beat it.
  std::optional<Stop> stop;          ///< Of strategies that stop by themselves.
  std::optional<BaselineReport> baseline_report;  ///< On what was judged; empty if that is too little.
  std::optional<AssistantReport> assistant;       ///< On what was judged; empty without one.
  std::vector<Model> models;                      ///< The returned model first, then by falling win rate.
  std::vector<SelectState> trace;
};

/// Whether a strategy that decides has not done so.
inline bool undecided(const SelectReport& report) { return report.stop && !report.stop->decided; }

/// Finds the best of m models on n queries. An item is a pair: item = query * m + model.
///
///     SelectRun run(setup);
///     for (auto asks = run.next(8); !asks.empty(); asks = run.next(8)) run.take(judge(asks));
///     run.report().best;
class SelectRun : public Run {
 public:
  /// Throws InvalidArgument if the problem lacks what the strategy needs, or a parameter or the goal is out of
  /// range.
  explicit SelectRun(SelectSetup setup);

  /// Whether the goal is reached. Only strategies that stop by themselves can decide.
  bool decided() const;
  std::size_t calls_left() const { return left(); }  ///< Of the budget, those that are out included.
  SelectState state() const;
  const select::Selection& selection() const { return *selection_; }
  /// Of the models that may be returned: the candidates, and the baseline if it is one.
  const std::vector<std::string>& names() const { return names_; }
  /// Rewards so far, none elsewhere; those of known answers, too.
  const RewardTable& judged() const { return judged_; }
  /// All that counted, in that order: first what was known before, then what was asked for.
  const std::vector<Verdict>& verdicts() const { return verdicts_; }
  /// What a later run may go on from.
  std::vector<select::EarlierDraws> draws() const { return selection_->draws(); }
  /// All that the run itself knows; who was asked and what it cost is for the caller to add.
  SelectReport report() const;

 protected:
  bool over() const override { return decided(); }
  std::size_t left() const override { return setup_.budget - selection_->calls(); }
  void restart() override;
  std::vector<Ask> propose(std::size_t limit) override;
  void observe(std::span<const Answer> answers) override;

 private:
  Verdict verdict_of(const Answer& answer) const;
  void note(const Verdict& verdict);
  bool missing(const Verdict& verdict) const;
  void add_step();
  void fill_models(SelectReport& report) const;

  std::string name_of(ModelId model) const;

  SelectSetup setup_;
  std::vector<std::string> names_;  // of the problem's models: the candidates, and the baseline if it is one
  std::optional<select::Selection> selection_;
  RewardTable judged_;             // so far, the rest none
  std::vector<Verdict> verdicts_;  // likewise, in their order
  std::vector<char> seen_;         // queries with a call
  std::size_t asked_in_vain_ = 0;  // items of which there is no judgement
  std::vector<SelectState> trace_;
};

}  // namespace assay::asking
