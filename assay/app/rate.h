#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "assay/app/select.h"
#include "assay/asking/assistant.h"
#include "assay/asking/candidate_prices.h"
#include "assay/asking/judge_task.h"
#include "assay/asking/rater_pool.h"
#include "assay/asking/run_memory.h"
#include "assay/store/study.h"

namespace assay::app {

struct RateRequest {
  /// As for run_select; `oracle` is not looked at, people judge. Candidates are those that have answered.
  SelectRequest select;
  asking::RaterPoolOptions raters;  ///< The seed is that of the run.
};

/// A selection that people judge, several at a time: whoever shows them pairs and brings their votes drives the
/// pool. What they say is kept in the study as it comes, so that another one with the same request, after a kill as
/// well, goes on where this one stopped.
///
///     Rating rating({.select = {.study = "mine.assay"}, .raters = {.raters = {"ann", "ben"}}});
///     rating.pool().look("ann", now).pairs;
class Rating {
 public:
  /// Takes the right to ask in the study, until it goes. Throws InvalidArgument or Error.
  explicit Rating(RateRequest request, const StartProgress& start = {});
  ~Rating();
  Rating(const Rating&) = delete;
  Rating& operator=(const Rating&) = delete;

  asking::RaterPool& pool() { return *pool_; }
  const asking::JudgeTask& task() const { return task_; }
  store::Study& study() { return study_; }
  /// What people should know before they begin.
  const std::vector<std::string>& notes() const { return notes_; }
  /// What the run has found so far. Not while a step is under way.
  asking::SelectReport report() const;
  /// The end of a sitting: last votes count, and the study has what a later run can go on from. Not while a step is
  /// under way.
  void close();

 private:
  SelectRequest request_;
  std::shared_ptr<const select::StrategyEntry> strategy_;
  store::Study study_;
  asking::JudgeTask task_;
  std::optional<asking::CandidatePrices> prices_;
  std::optional<asking::Assistant> assistant_;
  asking::RunStart begin_;
  std::string carried_;
  std::vector<std::string> notes_;
  std::unique_ptr<asking::RaterPool> pool_;
};

}  // namespace assay::app
