#include "assay/allocate/allocation.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "assay/allocate/tournament.h"
#include "assay/core/error.h"

namespace assay::allocate {
namespace {

constexpr double kLargestScore = 1e50;

void check(const AllocatorEntry& entry, const AllocationProblem& problem) {
  if (problem.arms == 0) throw InvalidArgument("expected at least one arm to score, came none");
  if (!entry.needs_variances) return;
  if (problem.variances.size() != problem.arms) {
    throw InvalidArgument("allocator " + std::string(entry.name) + " needs the variance of each of the " +
                          std::to_string(problem.arms) + " arms, came " + std::to_string(problem.variances.size()));
  }
  for (const double variance : problem.variances) {
    if (!(variance >= 0))
      throw InvalidArgument("a variance must not be negative, came " + std::to_string(variance));
  }
}

}  // namespace

void check_budget(const AllocatorEntry& entry, const ParameterValues& parameters, std::size_t arms,
                  std::size_t budget) {
  const std::size_t each = entry.warm_up(checked(entry.parameters, parameters));
  if (budget >= each * arms) return;
  throw InvalidArgument("allocator " + std::string(entry.name) + " begins with " + std::to_string(each) +
                        (each == 1 ? " call" : " calls") + " to each of " + std::to_string(arms) +
                        " arms: expected a budget of at least " + std::to_string(each * arms) + " calls, came " +
                        std::to_string(budget));
}

Allocation::Allocation(const AllocatorEntry& entry, const AllocationProblem& problem,
                       const ParameterValues& parameters)
    : arms_(problem.arms) {
  const ParameterValues values = checked(entry.parameters, parameters);
  check(entry, problem);
  rule_ = entry.make(problem, values);
  warm_up_ = entry.warm_up(values);
  learn_at_ = warm_up_ * problem.arms;
}

Allocation::~Allocation() = default;
Allocation::Allocation(Allocation&&) noexcept = default;
Allocation& Allocation::operator=(Allocation&&) noexcept = default;

// What is not answered yet is not learnt from.
void Allocation::learn() {
  const bool first = !tournament_;
  if (!rule_->learn(arms_) && !first) return;
  std::vector<double> priorities(arms_.size());
  for (std::size_t i = 0; i < arms_.size(); ++i) priorities[i] = rule_->priority(arm_id(i), arms_[i]);
  tournament_ = std::make_unique<Tournament>(std::move(priorities));
  stale_.reset();
}

void Allocation::refresh(ArmId arm) {
  tournament_->set(arm, rule_->priority(arm, arms_[index(arm)]));
  if (stale_ == arm) stale_.reset();
}

// Every arm in turn; then once more those whose calls failed, but not for ever.
std::optional<ArmId> Allocation::next_of_warm_up() {
  constexpr std::size_t kPatience = 10;
  if (calls_ < warm_up_ * arms_.size()) return arm_id(calls_ % arms_.size());
  while (!again_.empty()) {
    const ArmId arm = again_.front();
    again_.pop_front();
    const ArmTally& tally = arms_[index(arm)];
    if (tally.calls - tally.failed < warm_up_ && tally.calls < kPatience * warm_up_) return arm;
  }
  return std::nullopt;
}

ArmId Allocation::next() {
  if (const std::optional<ArmId> arm = next_of_warm_up()) {
    ++calls_;
    ++arms_[index(*arm)].calls;
    if (tournament_) refresh(*arm);
    return *arm;
  }
  if (calls_ >= learn_at_) {
    learn();
    learn_at_ = calls_ + std::max(arms_.size() / 4, calls_ / 10) + 1;
  }
  if (stale_) refresh(*stale_);
  const ArmId arm = tournament_->winner();
  ++calls_;
  ++arms_[index(arm)].calls;
  stale_ = arm;
  return arm;
}

void Allocation::observe(ArmId arm, double score) {
  if (index(arm) >= arms_.size()) throw InvalidArgument("an answer to an arm that is not there");
  ArmTally& tally = arms_[index(arm)];
  if (tally.scores + tally.failed >= tally.calls) throw InvalidArgument("an answer that nobody asked for");
  if (std::isnan(score)) {
    ++tally.failed;
    if (tally.calls - tally.failed < warm_up_) again_.push_back(arm);
  } else if (!(std::abs(score) <= kLargestScore)) {
    throw InvalidArgument("expected a score between -1e50 and 1e50, came " + std::to_string(score));
  } else {
    tally.add(score);
  }
  if (tournament_) refresh(arm);
}

}  // namespace assay::allocate
