// Which call belongs to which row, and which rows are complete. The test itself is in sequential_test.cpp.

#include "assay/select/race.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <span>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/rewards.h"
#include "assay/select/sequential_test.h"

namespace assay::select {
namespace {

constexpr double kNotCome = std::numeric_limits<double>::quiet_NaN();

class Race : public Strategy {
 public:
  explicit Race(const Problem& problem)
      : pool_(problem.pool.begin(), problem.pool.end()), test_(problem.goal, problem.models, pool_.size()) {
    for (std::size_t row = 0; row < pool_.size(); ++row) {
      row_of_.resize(std::max(row_of_.size(), index(pool_[row]) + 1), pool_.size());
      row_of_[index(pool_[row])] = row;
    }
  }

  // A batch of up to m calls keeps to one row, so that it asks what single calls would ask; larger ones are
  // filled.
  void propose(std::size_t limit, std::vector<Call>& calls) override {
    const bool one_row = limit <= test_.models();
    std::size_t row = pool_.size();
    for (; limit > 0 && find_next_call(); --limit) {
      if (one_row && row < next_row_) break;
      row = next_row_;
      if (test_.rows() + open_.size() == row) open_.emplace_back(test_.models(), kNotCome);
      calls.push_back({pool_[row], model_id(next_model_++)});
    }
  }

  void observe(std::span<const Verdict> verdicts) override {
    for (const Verdict& verdict : verdicts) keep(verdict);
    while (!test_.over() && !open_.empty() && complete(open_.front())) {
      test_.add_row(open_.front());
      open_.pop_front();
    }
  }

  std::vector<double> posterior() const override { return test_.posterior(); }
  const Decision* decision() const override { return &test_; }

 private:
  // Moves on to the next call that is wanted; false if there is none.
  bool find_next_call() {
    if (test_.over()) return false;
    for (; next_row_ < pool_.size(); ++next_row_, next_model_ = 0) {
      for (; next_model_ < test_.models(); ++next_model_) {
        if (test_.racing(model_id(next_model_))) return true;
      }
    }
    return false;
  }

  void keep(const Verdict& verdict) {
    const std::size_t query = index(verdict.call.query);
    const std::size_t row = query < row_of_.size() ? row_of_[query] : pool_.size();
    if (row >= test_.rows() + open_.size() || index(verdict.call.model) >= test_.models()) {
      throw InvalidArgument("a verdict on a query whose judgement was not proposed");
    }
    // A complete row lacks only verdicts of models that have left the race; they are ignored.
    if (row < test_.rows()) return;
    open_[row - test_.rows()][index(verdict.call.model)] = worth(verdict.reward);
  }

  bool complete(std::span<const double> row) const {
    for (std::size_t j = 0; j < row.size(); ++j) {
      if (test_.racing(model_id(j)) && std::isnan(row[j])) return false;
    }
    return true;
  }

  std::vector<QueryId> pool_;
  std::vector<std::size_t> row_of_;  // by query; the pool's size for others
  SequentialTest test_;
  std::deque<std::vector<double>> open_;  // worth of the rows from the first incomplete one on; kNotCome
  std::size_t next_row_ = 0;              // of the next call
  std::size_t next_model_ = 0;
};

}  // namespace

std::unique_ptr<Strategy> make_race(const Problem& problem) { return std::make_unique<Race>(problem); }

}  // namespace assay::select
