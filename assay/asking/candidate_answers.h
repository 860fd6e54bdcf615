#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "assay/answering/answerer.h"
#include "assay/asking/ask.h"
#include "assay/asking/judge_task.h"
#include "assay/store/study.h"

namespace assay::asking {

/// What candidates were asked in a run, and what their answers cost.
struct AnsweringReport {
  struct Model {
    std::string name;
    std::size_t there = 0;      ///< Answers that the study had before the run.
    std::size_t made = 0;       ///< In this run.
    std::size_t failed = 0;     ///< Prompts to which it gave no answer.
    std::size_t truncated = 0;  ///< Of `made`, those that ended at the limit of tokens.
    std::uint64_t tokens_in = 0;
    std::uint64_t tokens_out = 0;             ///< Of `made`, as billed.
    std::optional<Money> cost = {};           ///< Of this run, at most; empty: no price is known.
    std::optional<Money> judging = {};        ///< What judging its answers cost in this run; empty: not known.
    Money possibly_more = {};                 ///< At most: of requests that got no reply and may have been billed.
    std::optional<double> mean_cost = {};     ///< Dollars of an answer, of all in the study; empty: not known.
    std::optional<double> mean_seconds = {};  ///< Of an answer, likewise.
    std::string gone = {};                    ///< Why it left the race; empty: it did not. Content of strangers.
  };
  std::vector<Model> models;  ///< As in the candidates' file.
  std::size_t prompts = 0;    ///< Of the pool.
  /// Dollars that making and judging every answer would cost, by the means so far; empty: something is not known.
  std::optional<double> everything = {};
  std::optional<double> per_month = {};  ///< Prompts a month for which people want to know the cost.
};

/// Answers of candidates to the prompts of a study: made when they are needed, and kept as they come. It outlives
/// the runs that need them, as one goes on with another choice of models when a candidate can't be asked any more.
class CandidateAnswers {
 public:
  /// All must outlive it. Throws InvalidArgument if a candidate answered with other settings before: then its
  /// answers are not those of one model.
  CandidateAnswers(store::Study& study, answering::Answerer& answerer);

  /// A response that a task lacks: of a model, or, where `model` is the number of models, of the baseline.
  struct Missing {
    std::size_t query = 0;
    std::size_t model = 0;
    bool operator<(const Missing& other) const {
      return std::tie(query, model) < std::tie(other.query, other.model);
    }
  };

  /// Has these responses made, puts them into the study and into the task's texts. One that fails stays missing,
  /// and is not asked for again. Ends as `gone` where a model can't be asked any more, as `trouble` where that is
  /// the baseline, as `money` at the limit of cost. `stalled`: as Answerer::ask.
  AskEnd make(JudgeTask& task, std::span<const Missing> missing, const std::function<bool()>& stalled = {});

  /// Whether a model of this name can't be asked any more.
  bool gone(const std::string& model) const;
  /// What came of it so far.
  AnsweringReport report() const;
  /// One line for each reason of failures, for people.
  std::vector<std::string> notes() const;

 private:
  void take(JudgeTask& task, const Missing& missing, const answering::GivenAnswer& answer);
  AskEnd end_of(const JudgeTask& task) const;

  store::Study& study_;
  answering::Answerer& answerer_;
  std::unordered_map<std::string_view, std::size_t> by_name_;
  std::vector<AnsweringReport::Model> models_;            // without what is summed up in `report`
  std::set<std::pair<std::size_t, std::string>> failed_;  // candidate, query
  std::vector<std::string> first_failure_;                // of each candidate
};

/// Keeps who is compared, so that somebody can look at it later, and completes a choice of candidates that names
/// nobody, where the baseline is the same.
void remember_candidates(store::Study& study, const store::ComparisonChoice& choice);
void take_held_candidates(const store::Study& study, store::ComparisonChoice& choice);

}  // namespace assay::asking
