// SySRs, successive rejects on shared queries (arXiv 2606.07726): told its budget, it judges all models that are
// left on the first n_k queries of one random order, then the one with the lowest mean leaves. As all of them share
// their queries, what is hard about a query is so for all of them. Queries come one after the other, so that at any
// time those who are left have been judged on the same ones, but for the last.
//
// At the end of the pool nobody leaves any more: all that are left are known, and the best of them is returned.

#include <algorithm>

#include "assay/core/rng.h"
#include "assay/select/judged_means.h"
#include "assay/select/makers.h"
#include "assay/select/rejects.h"

namespace assay::select {
namespace {

constexpr std::uint64_t kSharedOrderStream = 0x7379737273;

class Sysrs : public Strategy {
 public:
  explicit Sysrs(const Problem& problem)
      : queries_(problem.pool),
        rounds_(reject_rounds(problem.models, problem.budget, problem.pool.size())),
        means_(problem) {
    if (rounds_.empty()) rounds_ = {queries_.size()};  // one model
    for (std::size_t j = 0; j < problem.models; ++j) left_.push_back(model_id(j));
    Rng rng(problem.seed, kSharedOrderStream);
    rng.shuffle(std::span(queries_));
    rng.shuffle(std::span(left_));  // of equal means the first leaves
  }

  // No more than what decides who leaves: the answers come before the next phase.
  void propose(std::size_t limit, std::vector<Call>& calls) override {
    if (next_ == left_.size()) start_query();
    while (limit > 0 && next_ < left_.size()) {
      const std::size_t count = std::min(limit, left_.size() - next_);
      for (std::size_t i = 0; i < count; ++i) calls.push_back({queries_[query_], left_[next_++]});
      limit -= count;
      if (next_ == left_.size() && query_ + 1 < rounds_[phase_]) start_query();
    }
  }

  void observe(std::span<const Verdict> verdicts) override { means_.observe(verdicts); }

  std::vector<double> posterior() const override { return means_.probability_of_best(left_); }

 private:
  // The next query of those who are left; none after the last phase.
  void start_query() {
    if (query_ + 1 == rounds_.back()) return;
    for (++query_; query_ == rounds_[phase_]; ++phase_) reject_one();
    next_ = 0;
  }

  void reject_one() {
    const auto worse = [&](ModelId a, ModelId b) { return means_.mean(a) < means_.mean(b); };
    left_.erase(std::min_element(left_.begin(), left_.end(), worse));
  }

  std::vector<QueryId> queries_;
  std::vector<std::size_t> rounds_;
  JudgedMeans means_;
  std::vector<ModelId> left_;
  std::size_t phase_ = 0;
  std::size_t query_ = 0;  // position in queries_
  std::size_t next_ = 0;   // position in left_
};

}  // namespace

std::unique_ptr<Strategy> make_sysrs(const Problem& problem, const ParameterValues& /*parameters*/) {
  return std::make_unique<Sysrs>(problem);
}

}  // namespace assay::select
