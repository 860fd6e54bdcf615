#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "assay/app/select.h"
#include "assay/asking/candidate_answers.h"
#include "assay/store/study.h"

namespace assay::app {

/// Who is compared, and with whom, where a request has candidates: unless it is said, each answer is compared with
/// that of the first one. Nothing happens without. Throws InvalidArgument if they don't go with the oracle, or with
/// each other.
void take_candidates(SelectRequest& request, const store::Study& study);

/// The candidates of a request, who answer when they are asked, over all the runs that it takes: where one can't be
/// asked any more, another run goes on without it.
class Respondents {
 public:
  /// `study` must outlive it. From now on one budget is for answers and judgements, whoever judges: it is in
  /// `request.oracle.llm`. Throws InvalidArgument before anything is sent.
  Respondents(SelectRequest& request, store::Study& study);

  asking::CandidateAnswers& answers() { return answers_; }
  /// After a run that ended because somebody can't be asked: `request` is without them. Throws OracleError if
  /// nobody is left.
  void leave(const asking::SelectReport& report, const std::string& why, SelectRequest& request);
  /// After the last run: what all of them were asked, and what that cost.
  void fill(asking::SelectReport& report) const;

 private:
  std::shared_ptr<judge::Budget> budget_;
  answering::Answerer answerer_;
  asking::CandidateAnswers answers_;
  std::size_t calls_before_ = 0;  // of runs that ended because somebody left
  std::vector<asking::JudgeBill> bills_before_;
};

}  // namespace assay::app
