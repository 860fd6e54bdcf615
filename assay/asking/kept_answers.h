#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "assay/asking/judge_task.h"
#include "assay/asking/oracle.h"

namespace assay::asking {

/// Answers that a study keeps of an oracle, and the oracle for the rest: each is kept before the next is asked. An
/// answer counts for what was shown, not for a name: where texts have changed since, it is asked anew.
///
///     KeptAnswers answers(study, task, *oracle);
///     answers.get(run.next(16), taken);
class KeptAnswers {
 public:
  /// What becomes of pairs that failed.
  enum class Failed : char {
    asked_again,
    stay,  ///< Of who only looks: where the oracle has no answer, they are answers that failed.
  };

  /// All must outlive it.
  KeptAnswers(store::Study& study, const JudgeTask& task, Oracle& oracle, Failed failed = Failed::asked_again);

  /// Appends one for each ask, in their order, whoever answered first: sums come out the same to the last bit. A
  /// pair that failed before is asked again, unless it is to stay; a score that failed stays failed. Where asking
  /// ends early, only those that are there. Throws OracleError; what was answered before that is kept.
  AskEnd get(std::span<const Ask> asks, std::vector<Answer>& answers);

  /// All that counts without asking or paying, by item and repeat, however it came about: what the study keeps and
  /// what the oracle has in its ledger, up to `until`. Of pairs without failed calls, which are made again.
  std::vector<Answer> known(const store::AnswerMark& until) const;
  /// Pairs whose last call failed, and has not been answered since.
  std::vector<Answer> failed() const;

  /// As if it had never been answered; also in the study.
  void forget(const Ask& ask);

  /// Calls that the oracle answered anew, failed ones included.
  std::size_t asked() const { return asked_; }
  /// What people should be told: answers that an older Assay kept without saying what was shown.
  std::vector<std::string> notes() const;

 private:
  void read();
  void take_over(store::KeptAnswer answer, const file::Digest& shown);
  bool known(const Ask& ask) const;
  void keep(const Answer& answer);
  store::KeptAnswer stored(const Answer& answer) const;

  store::Study& study_;
  const JudgeTask& task_;
  Oracle& oracle_;
  Failed stays_;
  std::string name_;
  struct Kept {
    double value = 0;
    std::int64_t number = 0;  // as KeptAnswer; of this object's own answers 0, which nothing asks for
  };
  std::unordered_map<std::uint64_t, Kept> known_;  // by item and repeat
  std::size_t asked_ = 0;
  std::size_t of_older_ = 0;
};

}  // namespace assay::asking
