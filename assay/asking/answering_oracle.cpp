#include "assay/asking/answering_oracle.h"

#include <algorithm>
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
  std::vector<Ask> open(asks.begin(), asks.end());
  AskEnd judged;
  // What has its answers; false: the judge can't go on.
  const auto judge_complete = [&] {
    const auto incomplete = [&](const Ask& ask) { return !task_.complete(ask.item); };
    const auto complete = std::stable_partition(open.begin(), open.end(), incomplete);
    const std::vector<Ask> now(complete, open.end());
    open.erase(complete, open.end());
    if (!now.empty()) judged = judge_->ask(now, answered);
    return judged.kind == AskEnd::Kind::all;
  };
  const std::vector<Missing> missing = missing_of(task_, asks);
  AskEnd made = judge_->divisible() ? answers_.make(task_, missing, judge_complete) : answers_.make(task_, missing);
  if (judged.kind != AskEnd::Kind::all) return judged;
  if (made.kind == AskEnd::Kind::all) return open.empty() ? AskEnd{} : judge_->ask(open, answered);
  // What has no answer yet is not without a verdict: nobody was asked.
  return judge_complete() ? made : judged;
}

}  // namespace assay::asking
