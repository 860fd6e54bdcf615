#include "assay/asking/answering_oracle.h"

#include <set>

namespace assay::asking {
namespace {

using Missing = CandidateAnswers::Missing;

// In the order in which they are asked for, each once.
std::vector<Missing> missing_of(const JudgeTask& task, std::span<const Ask> asks) {
  const std::size_t models = task.comparison().models.size();
  std::vector<Missing> missing;
  std::set<Missing> seen;
  const auto add = [&](const Missing& one) {
    if (seen.insert(one).second) missing.push_back(one);
  };
  for (const Ask& ask : asks) {
    const std::size_t query = ask.item / models;
    if (!task.has_response(ask.item)) add({query, ask.item % models});
    const bool compared = !task.scores() && !task.comparison().baseline.empty();
    if (compared && !task.has_baseline(query)) add({query, models});
  }
  return missing;
}

}  // namespace

AskEnd AnsweringOracle::ask(std::span<const Ask> asks, const std::function<void(const Answer&)>& answered) {
  AskEnd made = answers_.make(task_, missing_of(task_, asks));
  if (made.kind == AskEnd::Kind::all) return judge_->ask(asks, answered);
  // What has no answer yet is not without a verdict: nobody was asked.
  std::vector<Ask> complete;
  for (const Ask& ask : asks) {
    if (task_.complete(ask.item)) complete.push_back(ask);
  }
  if (!complete.empty()) {
    AskEnd judged = judge_->ask(complete, answered);
    if (judged.kind != AskEnd::Kind::all) return judged;
  }
  return made;
}

}  // namespace assay::asking
