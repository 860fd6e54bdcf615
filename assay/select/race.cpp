// Which call belongs to which row, and which rows are complete. The test itself is in sequential_test.cpp.

#include "assay/select/race.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "assay/core/error.h"
#include "assay/core/rewards.h"

namespace assay::select {
namespace {

constexpr double kNotCome = std::numeric_limits<double>::quiet_NaN();
constexpr double kOfBaseline = 0.5;

}  // namespace

Race::Race(const Problem& problem)
    : pool_(problem.pool),
      candidates_(problem.models - (problem.baseline ? 1 : 0)),
      test_(problem.goal, problem.models, pool_.size(), problem.seed) {
  for (std::size_t row = 0; row < pool_.size(); ++row) {
    row_of_.resize(std::max(row_of_.size(), index(pool_[row]) + 1), pool_.size());
    row_of_[index(pool_[row])] = row;
  }
  for (const Verdict& verdict : problem.known) {
    const std::size_t query = index(verdict.call.query);
    if (query >= row_of_.size() || row_of_[query] == pool_.size()) continue;
    known_[row_of_[query] * test_.models() + index(verdict.call.model)] = worth(verdict.reward);
  }
  find_next_call();
}

void Race::propose(std::size_t limit, std::vector<Call>& calls) {
  const bool one_row = limit <= candidates_;
  std::size_t row = pool_.size();
  for (; limit > 0 && find_next_call(); --limit) {
    if (one_row && row < next_row_) break;
    row = next_row_;
    calls.push_back({pool_[row], model_id(next_model_++)});
  }
}

void Race::observe(std::span<const Verdict> verdicts) {
  for (const Verdict& verdict : verdicts) keep(verdict);
  take_complete_rows();
}

void Race::take_complete_rows() {
  while (!test_.over() && !open_.empty() && complete(open_.front())) {
    test_.add_row(open_.front());
    open_.pop_front();
  }
}

// Moves on to the next call that is wanted; false if there is none.
bool Race::find_next_call() {
  if (test_.over()) return false;
  for (; next_row_ < pool_.size(); ++next_row_, next_model_ = 0) {
    take_complete_rows();  // those of which all was known
    if (test_.over()) return false;
    open_rows(next_row_);
    for (; next_model_ < candidates_; ++next_model_) {
      if (!test_.racing(model_id(next_model_))) continue;
      if (!known_.contains(next_row_ * test_.models() + next_model_)) return true;
    }
  }
  take_complete_rows();
  return false;
}

// Up to this one, each with what is known of it.
void Race::open_rows(std::size_t row) {
  while (test_.rows() + open_.size() <= row) {
    const std::size_t opened = test_.rows() + open_.size();
    open_.emplace_back(test_.models(), kNotCome);
    if (candidates_ < test_.models()) open_.back().back() = kOfBaseline;
    for (std::size_t j = 0; j < candidates_; ++j) {
      const auto known = known_.find(opened * test_.models() + j);
      if (known != known_.end()) open_.back()[j] = known->second;
    }
  }
}

void Race::keep(const Verdict& verdict) {
  const std::size_t query = index(verdict.call.query);
  const std::size_t row = query < row_of_.size() ? row_of_[query] : pool_.size();
  if (row >= test_.rows() + open_.size() || index(verdict.call.model) >= candidates_) {
    throw InvalidArgument("a verdict on a query whose judgement was not proposed");
  }
  // A complete row lacks only verdicts of models that have left the race; they are ignored.
  if (row < test_.rows()) return;
  open_[row - test_.rows()][index(verdict.call.model)] = worth(verdict.reward);
}

bool Race::complete(std::span<const double> row) const {
  for (std::size_t j = 0; j < row.size(); ++j) {
    if (test_.racing(model_id(j)) && std::isnan(row[j])) return false;
  }
  return true;
}

}  // namespace assay::select
