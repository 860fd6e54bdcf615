#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "assay/asking/candidate_answers.h"
#include "assay/asking/judge_task.h"
#include "assay/asking/oracle.h"

namespace assay::asking {

/// A judge of answers that are not there yet: has them made first, then asks the judge. While answers wait for an
/// endpoint in trouble the judge is asked about the others. What could not be made has no verdict. A candidate that
/// can't be asked any more ends the asking as AskEnd::Kind::gone, after the judge has said what can be said.
class AnsweringOracle : public Oracle {
 public:
  /// All must outlive it. `judge` reads `task`, whose texts grow.
  AnsweringOracle(std::unique_ptr<Oracle> judge, JudgeTask& task, CandidateAnswers& answers)
      : judge_(std::move(judge)), task_(task), answers_(answers) {}

  std::string name() const override { return judge_->name(); }
  std::optional<file::Digest> fingerprint(std::size_t item) const override { return judge_->fingerprint(item); }
  AskEnd ask(std::span<const Ask> asks, const std::function<void(const Answer&)>& answered) override;
  bool divisible() const override { return judge_->divisible(); }
  std::vector<Answer> known(const store::AnswerMark& until) const override { return judge_->known(until); }
  store::Remark remark(std::size_t item) const override { return judge_->remark(item); }
  std::vector<std::string> notes() const override { return judge_->notes(); }
  std::optional<JudgeBill> bill() const override { return judge_->bill(); }
  std::optional<JudgeEstimate> estimate(std::size_t calls) override { return judge_->estimate(calls); }

 private:
  std::unique_ptr<Oracle> judge_;
  JudgeTask& task_;
  CandidateAnswers& answers_;
};

}  // namespace assay::asking
