#include "assay/select/row_strategy.h"

#include <algorithm>

#include "assay/core/error.h"
#include "assay/select/query_weights.h"

namespace assay::select {
namespace {

class RowStrategy : public Strategy {
 public:
  RowStrategy(const Problem& problem, std::unique_ptr<RowRule> rule)
      : rule_(std::move(rule)),
        weights_(problem),
        models_(problem.models),
        open_(problem.pool.begin(), problem.pool.end()),
        next_model_(models_) {}

  void propose(std::size_t limit, std::vector<Call>& calls) override {
    while (limit > 0 && (next_model_ < models_ || !open_.empty())) {
      if (next_model_ == models_) start_row();
      const std::size_t count = std::min(limit, models_ - next_model_);
      for (std::size_t i = 0; i < count; ++i) calls.push_back({query_, model_id(next_model_++)});
      limit -= count;
    }
  }

  void observe(std::span<const Verdict> verdicts) override {
    for (const Verdict& verdict : verdicts) {
      const auto at =
          std::find_if(rows_.begin(), rows_.end(), [&](const Row& row) { return row.query == verdict.call.query; });
      if (at == rows_.end()) throw InvalidArgument("a verdict on a query whose judgement was not proposed");
      at->outcomes[index(verdict.call.model)] = verdict.outcome();
      if (--at->missing > 0) continue;
      rule_->update(at->outcomes, weights_.of(at->query));
      rows_.erase(at);
    }
  }

  std::vector<double> posterior() const override { return rule_->posterior(); }

 private:
  struct Row {
    QueryId query;
    std::size_t missing;  // verdicts
    std::vector<Outcome> outcomes;
  };

  void start_row() {
    const std::size_t at = rule_->choose(open_);
    query_ = open_[at];
    open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(at));  // keeps the order, which breaks ties
    rows_.push_back({query_, models_, std::vector<Outcome>(models_, Outcome::none)});
    next_model_ = 0;
  }

  std::unique_ptr<RowRule> rule_;
  QueryWeights weights_;
  std::size_t models_;
  std::vector<QueryId> open_;
  std::vector<Row> rows_;   // proposed, at least one verdict outstanding
  QueryId query_{};         // row being proposed
  std::size_t next_model_;  // == models_: none
};

}  // namespace

std::unique_ptr<Strategy> make_row_strategy(const Problem& problem, std::unique_ptr<RowRule> rule) {
  return std::make_unique<RowStrategy>(problem, std::move(rule));
}

}  // namespace assay::select
