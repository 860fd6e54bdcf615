#include "assay/asking/kept_oracle.h"

#include <fmt/format.h>

#include <limits>
#include <utility>

namespace assay::asking {

KeptOracle::KeptOracle(const JudgeTask& task, std::string name, std::unique_ptr<Oracle> judge)
    : task_(task), name_(std::move(name)), judge_(std::move(judge)) {}

std::vector<Answer> KeptOracle::known(const store::AnswerMark& until) const {
  return judge_ ? judge_->known(until) : std::vector<Answer>{};
}

std::vector<JudgeReply> KeptOracle::replies(std::size_t item) const {
  return judge_ ? judge_->replies(item) : std::vector<JudgeReply>{};
}

AskEnd KeptOracle::ask(std::span<const Ask> asks, const std::function<void(const Answer&)>& answered) {
  if (!ledger_) {
    ledger_.emplace();
    for (const Answer& answer : known(store::kUntilNow)) {
      ledger_->emplace(key_of(answer.ask), answer);
    }
  }
  bool whole = true;
  for (const Ask& ask : complete_asks(task_, asks, answered)) {
    const auto found = ledger_->find(key_of(ask));
    if (found != ledger_->end()) answered(found->second);
    whole = whole && found != ledger_->end();
  }
  if (whole) return {};
  return {AskEnd::Kind::left, "nobody was asked: the answers that the study has end here"};
}

}  // namespace assay::asking
