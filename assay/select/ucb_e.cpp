// UCB-E (Audibert, Bubeck and Munos, COLT 2010), used for language models in arXiv 2407.06172: the next call is for
// the model with the highest index,
//
//   mean_i + sqrt(a / T_i),   a = c (B - m) / H,
//
// on a query drawn from those on which it was not judged. B is the budget, T_i the calls of model i so far. H says
// how hard the models are to tell apart; it is estimated as in their "adaptive UCB-E": at the end of each phase k
// of successive rejects, which take as many calls as theirs,
//
//   H = max_{m - k < i <= m} i / Delta_<i>^2,
//
// Delta_<i> being the i-th smallest difference from the highest mean; before the first, H = m. Their theorem allows
// c = 25/36. A model whose pool is exhausted is asked no more.

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "assay/core/rng.h"
#include "assay/select/judged_means.h"
#include "assay/select/makers.h"
#include "assay/select/rejects.h"

namespace assay::select {
namespace {

constexpr std::uint64_t kQueryStream = 0x7563622D65;

// Draws 0 .. size - 1, each once: Fisher-Yates, of which only what was moved is kept.
class DrawnOnce {
 public:
  explicit DrawnOnce(std::size_t size) : left_(size) {}

  std::size_t left() const { return left_; }

  std::size_t draw(Rng& rng) {
    const std::size_t at = rng.below(left_--);
    const std::size_t drawn = value(at);
    moved_[at] = value(left_);
    moved_.erase(left_);
    return drawn;
  }

 private:
  std::size_t value(std::size_t at) const {
    const auto found = moved_.find(at);
    return found == moved_.end() ? at : found->second;
  }

  std::size_t left_;
  std::unordered_map<std::size_t, std::size_t> moved_;
};

// Calls after which each phase of successive rejects ends.
std::vector<std::size_t> phase_ends(std::size_t models, std::size_t budget) {
  std::vector<std::size_t> ends;
  std::size_t before = 0;  // judged on by those who left
  std::size_t left = models;
  for (const std::size_t round : reject_rounds(models, budget)) {
    ends.push_back(before + left-- * round);
    before += round;
  }
  return ends;
}

class UcbE : public Strategy {
 public:
  UcbE(const Problem& problem, const ParameterValues& parameters)
      : pool_(problem.pool),
        exploration_(parameters.at("exploration") *
                     static_cast<double>(problem.budget - std::min(problem.budget, problem.models))),
        phase_ends_(phase_ends(problem.models, problem.budget)),
        hardness_(static_cast<double>(problem.models)),
        means_(problem),
        open_(problem.models, DrawnOnce(problem.pool.size())),
        rng_(problem.seed, kQueryStream) {
    for (std::size_t j = 0; j < problem.models; ++j) models_.push_back(model_id(j));
    rng_.shuffle(std::span(models_));
  }

  void propose(std::size_t limit, std::vector<Call>& calls) override {
    for (; limit > 0; --limit) {
      const auto highest = std::max_element(models_.begin(), models_.end(),
                                            [&](ModelId a, ModelId b) { return index_of(a) < index_of(b); });
      DrawnOnce& open = open_[index(*highest)];
      if (open.left() == 0) return;
      calls.push_back({pool_[open.draw(rng_)], *highest});
    }
  }

  void observe(std::span<const Verdict> verdicts) override {
    means_.observe(verdicts);
    while (phase_ < phase_ends_.size() && means_.verdicts() >= phase_ends_[phase_]) {
      ++phase_;
      hardness_ = estimated_hardness();
    }
  }

  std::vector<double> posterior() const override { return means_.probability_of_best(models_); }

 private:
  // Below all others if nothing is left to ask.
  double index_of(ModelId model) const {
    const std::size_t left = open_[index(model)].left();
    if (left == 0) return -1;
    const std::size_t asked = pool_.size() - left;
    if (asked == 0) return std::numeric_limits<double>::infinity();
    return means_.mean(model) + std::sqrt(exploration_ / hardness_ / static_cast<double>(asked));
  }

  double estimated_hardness() const {
    std::vector<double> means;
    for (const ModelId model : models_) means.push_back(means_.mean(model));
    std::ranges::sort(means, std::greater());
    double hardness = 0;
    for (std::size_t i = models_.size() - phase_; i < models_.size(); ++i) {
      const double gap = means.front() - means[i];
      hardness = std::max(hardness, static_cast<double>(i + 1) / (gap * gap));
    }
    return hardness;
  }

  std::vector<QueryId> pool_;
  double exploration_;  // c (B - m)
  std::vector<std::size_t> phase_ends_;
  std::size_t phase_ = 0;
  double hardness_;  // H
  JudgedMeans means_;
  std::vector<DrawnOnce> open_;  // by model
  std::vector<ModelId> models_;  // in random order, which breaks ties
  Rng rng_;
};

}  // namespace

std::unique_ptr<Strategy> make_ucb_e(const Problem& problem, const ParameterValues& parameters) {
  return std::make_unique<UcbE>(problem, parameters);
}

}  // namespace assay::select
