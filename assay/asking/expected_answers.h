#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "assay/answering/candidate.h"
#include "assay/asking/candidate_prices.h"
#include "assay/asking/judge_bill.h"
#include "assay/asking/judge_task.h"
#include "assay/store/study.h"

namespace assay::asking {

/// Answers that candidates have not given yet, as far as anybody can tell what they will be: as long as those that
/// the study has of the same model, else `kLikelyAnswer` tokens.
class ExpectedAnswers {
 public:
  /// Puts a text of the likely length wherever `task` has none, so that one can tell what judging it may cost.
  ExpectedAnswers(const store::Study& study, std::span<const answering::Candidate> candidates, JudgeTask& task);

  /// Of `calls` (query, model) pairs out of all, `probable` of which will probably be asked.
  AnsweringEstimate estimate(std::size_t calls, const select::CallRange& probable) const;

 private:
  /// Of those of one model that are missing.
  struct Cost {
    std::size_t answers = 0;
    double likely = 0;  // dollars
    double most = 0;    // of the dearest one
  };
  double likely(double share) const;

  std::size_t cells_ = 0;
  std::size_t models_ = 0;
  std::size_t candidates_ = 0;
  std::vector<Cost> of_models_;
  Cost of_baseline_;
  bool priced_ = true;
  bool guessed_ = false;
};

}  // namespace assay::asking
