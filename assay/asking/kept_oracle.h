#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "assay/asking/judge_task.h"
#include "assay/asking/oracle.h"

namespace assay::asking {

/// What a study has of a judge, and nobody to ask for the rest. It has the judge's own name, so that KeptAnswers
/// finds what is kept.
class KeptOracle : public Oracle {
 public:
  /// `judge`: whose ledger is looked at; it is never asked. nullptr: all its answers are kept. `task` must have its
  /// texts and outlive the oracle.
  KeptOracle(const JudgeTask& task, std::string name, std::unique_ptr<Oracle> judge);

  std::string name() const override { return name_; }
  std::optional<file::Digest> fingerprint(std::size_t item) const override { return task_.fingerprint(item); }
  /// Answers what the ledger has, and what can't be answered by anybody. Ends as `left` where something else is
  /// wanted.
  AskEnd ask(std::span<const Ask> asks, const std::function<void(const Answer&)>& answered) override;
  std::vector<Answer> known(const store::AnswerMark& until) const override;
  std::vector<JudgeReply> replies(std::size_t item) const override;

 private:
  const JudgeTask& task_;
  std::string name_;
  std::unique_ptr<Oracle> judge_;
  std::optional<std::unordered_map<std::uint64_t, Answer>> ledger_;  // read at the first ask
};

}  // namespace assay::asking
