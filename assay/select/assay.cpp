// Asks for single calls, where they help the decision most.
//
// An OutcomeModel forecasts, for each model j, the sum T_j of its outcomes over the pool. What was judged is exact,
// the rest is expected. With the leader L (the model of the highest expected sum), a rival j and the tolerance
// epsilon,
//
//   z_j = (E T_L - E T_j + N epsilon + 1/4) / sqrt(var(T_L - T_j)),   risk_j = Phi(-z_j),
//
// 1/4 being half the smallest step of a sum.
//
// The next call goes to the rival with the smallest z or to the leader, whichever of the two is less certain. It
// takes the query whose outcome is the least certain. If the other one was judged on that query, the whole
// uncertainty counts; else only the part that the two do not share. So rivals are kept equally far off, which is
// what the best fixed allocation does in the limit (Glynn and Juneja 2004). Bad models cost a few calls, and
// queries that everybody wins are left alone. The risk is bounded by the sum of the risk_j.
//
// After each chunk of calls the model is fitted anew. Within a chunk each planned call is taken to have reduced the
// variance by what it will. A chunk is 8 calls, or as many as keep planning cheap: O(N) for each call, plus
// O(N m + calls) for each chunk.

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <unordered_map>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/rewards.h"
#include "assay/core/rng.h"
#include "assay/select/lead_forecast.h"
#include "assay/select/makers.h"
#include "assay/select/outcome_model.h"
#include "assay/select/race.h"
#include "assay/stats/normal.h"

namespace assay::select {
namespace {

constexpr std::size_t kChunk = 8;                // calls
constexpr std::size_t kCallsPerRefit = 128;      // a chunk is at least this part of the calls so far
constexpr std::size_t kForecastsPerCall = 8192;  // a chunk is at least this part of the forecasts that it takes
constexpr double kFar = 6;                       // rivals beyond this z are forecast in every eighth chunk only
constexpr std::size_t kFarEvery = 8;
constexpr double kSameSum = 1e-9;  // sums of outcomes that differ by less are equal
// The queries that are not judged may all be easier or harder than forecast, by this deviation on the logistic
// scale: they were passed over, not drawn. The shift is common to all models. It widens intervals and decides
// nothing.
constexpr double kCommonShift = 0.5;
constexpr std::uint64_t kOrderStream = 0x6F72646572;

class Assay : public Strategy, private Decision {
 public:
  explicit Assay(const Problem& problem)
      : models_(problem.models),
        pool_(problem.pool.begin(), problem.pool.end()),
        goal_(problem.goal),
        model_(models_, pool_, problem.features.get()),
        open_(models_ * pool_.size(), 1),
        unjudged_(open_),
        chances_(open_.size(), 0.5F),
        sums_(models_, 0),
        judged_(models_, 0),
        proposed_(models_, 0),
        failed_(models_, 0),
        lead_(models_),
        order_(models_) {
    for (std::size_t q = 0; q < pool_.size(); ++q) position_[index(pool_[q])] = q;
    lead_.tolerance = goal_.epsilon * static_cast<double>(pool_.size());
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    Rng rng(problem.seed, kOrderStream);
    rng.shuffle(std::span(order_));
    for (std::size_t j = 0; j < models_; ++j) forecast(j);
    find_leader();
  }

  void propose(std::size_t limit, std::vector<Call>& calls) override {
    for (; limit > 0; --limit) {
      if (next_ == plan_.size()) make_plan();
      if (next_ == plan_.size()) return;
      calls.push_back(plan_[next_++]);
    }
  }

  void observe(std::span<const Verdict> verdicts) override {
    for (const Verdict& verdict : verdicts) take(verdict);
    find_leader();
  }

  std::vector<double> posterior() const override {
    // Each rival has its chance to be ahead of the leader, whatever the tolerance. The leader has the rest.
    std::vector<double> posterior(models_, 0);
    double sum = 0;
    for (std::size_t j = 0; j < models_; ++j) {
      if (j == lead_.leader) continue;
      const double behind = lead_.mean[lead_.leader] - lead_.mean[j];
      posterior[j] = stats::normal_cdf(-behind / std::sqrt(lead_.variance(j)));
      sum += posterior[j];
    }
    posterior[lead_.leader] = std::max(0.5, 1 - sum);
    sum += posterior[lead_.leader];
    for (double& probability : posterior) probability /= sum;
    return posterior;
  }

  const Decision* decision() const override { return this; }

 private:
  // --- Decision ---

  ModelId leader() const override { return model_id(lead_.leader); }
  // A model without a verdict may be anything, whatever the prior says.
  double risk() const override { return unseen_ > 0 && models_ > 1 ? 1 : lead_.risk(); }
  double risk(std::size_t model) const {
    if (model == lead_.leader) return 0;
    return judged_[model] == 0 || judged_[lead_.leader] == 0 ? 1 : lead_.risk(model);
  }

  std::vector<Estimate> estimates() const override {
    std::vector<Estimate> estimates;
    const auto n = static_cast<double>(pool_.size());
    for (std::size_t j = 0; j < models_; ++j) {
      const double unknown = 0.5 * failed_[j];  // a call without a verdict counts 1/2 and may be anything
      const double spread = std::sqrt(lead_.own(j) + std::pow(kCommonShift * lead_.noise[j], 2));
      const double half = stats::kNormal95 * spread;
      const double least = sums_[j];
      const double most = sums_[j] + n - static_cast<double>(judged_[j]);
      const double mean = std::clamp(lead_.mean[j], least, most);
      const stats::Interval interval{(std::max(least, mean - half) - unknown) / n,
                                     (std::min(most, mean + half) + unknown) / n};
      estimates.push_back({mean / n, interval, risk(j), true});
    }
    // The models of least risk may be left out, up to the risk that the goal allows.
    std::vector<std::size_t> by_risk(models_);
    std::iota(by_risk.begin(), by_risk.end(), std::size_t{0});
    std::stable_sort(by_risk.begin(), by_risk.end(),
                     [&](std::size_t a, std::size_t b) { return estimates[a].risk < estimates[b].risk; });
    double left_out = 0;
    for (const std::size_t j : by_risk) {
      left_out += estimates[j].risk;
      estimates[j].possible = j == lead_.leader || left_out > 1 - goal_.confidence;
    }
    return estimates;
  }

  std::size_t calls_to_decide() const override {
    if (risk() <= 1 - goal_.confidence) return 0;
    LeadForecast lead = lead_;
    std::vector<std::vector<float>> noises(models_);  // of the unjudged outcomes, ascending, made when needed
    std::vector<std::size_t> left(models_);
    for (std::size_t j = 0; j < models_; ++j) left[j] = pool_.size() - judged_[j];
    const std::size_t all = std::accumulate(left.begin(), left.end(), std::size_t{0});
    for (std::size_t calls = 0; calls < all; ++calls) {
      if (calls >= unseen_ && lead.risk() <= 1 - goal_.confidence) return calls;
      const std::size_t rival = nearest(lead, left);
      const std::size_t target = less_certain(lead, rival, left);
      if (noises[target].empty()) noises[target] = unjudged_noises(target);
      lead.learn(target, noises[target][--left[target]]);
    }
    return all;
  }

  std::vector<float> unjudged_noises(std::size_t model) const {
    std::vector<float> noises;
    for (std::size_t q = 0; q < pool_.size(); ++q) {
      if (unjudged_[cell(q, model)] != 0) noises.push_back(noise(q, model));
    }
    std::sort(noises.begin(), noises.end());
    return noises;
  }

  // --- what is known ---

  std::size_t cell(std::size_t position, std::size_t model) const { return model * pool_.size() + position; }
  float noise(std::size_t position, std::size_t model) const {
    const float p = chances_[cell(position, model)];
    return p * (1 - p);
  }

  template <typename T>
  std::span<T> row(std::vector<T>& cells, std::size_t model) const {
    return std::span(cells).subspan(model * pool_.size(), pool_.size());
  }
  template <typename T>
  std::span<const T> row(const std::vector<T>& cells, std::size_t model) const {
    return std::span(cells).subspan(model * pool_.size(), pool_.size());
  }

  void take(const Verdict& verdict) {
    const auto found = position_.find(index(verdict.call.query));
    const std::size_t j = index(verdict.call.model);
    if (found == position_.end() || open_[cell(found->second, j)] != 0 || unjudged_[cell(found->second, j)] == 0) {
      throw InvalidArgument("a verdict on a query whose judgement was not proposed");
    }
    const std::size_t q = found->second;
    const double worth_of = worth(verdict.reward);
    unjudged_[cell(q, j)] = 0;
    if (judged_[j]++ == 0) --unseen_;
    sums_[j] += worth_of;
    lead_.see(j, worth_of, chances_[cell(q, j)], noise(q, j));
    if (judged_[j] == pool_.size()) lead_.settle(j, sums_[j]);
    ++unfitted_;
    ++calls_;
    if (std::isnan(verdict.reward)) {
      ++failed_[j];
    } else {
      model_.add(q, j, worth_of);
    }
  }

  void forecast(std::size_t model) {
    const Forecast forecast = model_.forecast(model, row(unjudged_, model), row(chances_, model));
    lead_.expect(model, sums_[model], pool_.size() - judged_[model], forecast);
  }

  // Ties go by the drawn order, not to the former leader: that would be the first model of the table. A new leader
  // shares nothing with any model until the next fit. That overstates the risk.
  void find_leader() {
    std::size_t best = order_.front();
    for (const std::size_t j : order_) {
      if (lead_.mean[j] > lead_.mean[best] + kSameSum) best = j;
    }
    if (best == lead_.leader) return;
    lead_.leader = best;
    std::fill(lead_.shared.begin(), lead_.shared.end(), 0.0);
  }

  void refit() {
    for (int step = 0; step < (calls_ < 2 * models_ ? 4 : 1); ++step) model_.fit();
    const bool all = refits_++ % kFarEvery == 0;
    std::vector<std::size_t> near;
    for (std::size_t j = 0; j < models_; ++j) {
      if (judged_[j] < pool_.size() && (all || j == lead_.leader || lead_.z(j) < kFar)) near.push_back(j);
    }
    for (const std::size_t j : near) forecast(j);
    find_leader();
    const std::size_t leader = lead_.leader;
    for (const std::size_t j : near) {
      if (j == leader) continue;
      lead_.shared[j] = model_.shared(leader, j, row(unjudged_, leader), row(unjudged_, j), row(chances_, leader),
                                      row(chances_, j));
    }
    forecasts_ = near.size() * pool_.size();
    unfitted_ = 0;
  }

  // --- what to ask next ---

  void make_plan() {
    if (unfitted_ > 0 && unfitted_ >= plan_.size()) refit();
    plan_.clear();
    next_ = 0;
    if (proposed_.front() == 0) {  // nothing is known: a first row
      for (std::size_t j = 0; j < models_; ++j) plan(0, j);
      return;
    }
    // Each chunk goes through what is outstanding anew.
    const std::size_t all = std::accumulate(proposed_.begin(), proposed_.end(), std::size_t{0});
    const std::size_t chunk =
        std::max({kChunk, calls_ / kCallsPerRefit, forecasts_ / kForecastsPerCall, (all - calls_) / kChunk});
    LeadForecast lead = lead_;
    take_outstanding_as_known(lead);
    std::vector<std::size_t> left(models_);
    for (std::size_t j = 0; j < models_; ++j) left[j] = pool_.size() - proposed_[j];
    for (std::size_t i = 0; i < chunk; ++i) {
      const std::size_t rival = nearest(lead, left);
      if (rival == models_) return;
      const std::size_t target = less_certain(lead, rival, left);
      const std::size_t q = least_certain_query(target, target == rival ? lead.leader : rival);
      lead.learn(target, noise(q, target));
      --left[target];
      plan(q, target);
    }
  }

  void plan(std::size_t position, std::size_t model) {
    plan_.push_back({pool_[position], model_id(model)});
    open_[cell(position, model)] = 0;
    ++proposed_[model];
  }

  void take_outstanding_as_known(LeadForecast& lead) const {
    for (std::size_t j = 0; j < models_; ++j) {
      if (proposed_[j] == judged_[j]) continue;
      for (std::size_t q = 0; q < pool_.size(); ++q) {
        if (open_[cell(q, j)] == 0 && unjudged_[cell(q, j)] != 0) lead.learn(j, noise(q, j));
      }
    }
  }

  // The rival with the largest risk of which, or of the leader, something is left to ask; models_ if there is
  // none. The leader alone, if it is all that is left.
  std::size_t nearest(const LeadForecast& lead, const std::vector<std::size_t>& left) const {
    std::size_t nearest = models_;
    double most = 0;
    double least = 0;
    for (const std::size_t j : order_) {
      if (j == lead.leader || (left[j] == 0 && left[lead.leader] == 0)) continue;
      const double z = lead.z(j);
      const double risk = lead.risk(j);
      // Both give the same order, but risk counts surprises, and z tells apart differences too small for risk.
      if (nearest == models_ || risk > most || (risk == most && z < least)) {
        most = risk;
        least = z;
        nearest = j;
      }
    }
    if (nearest == models_ && left[lead.leader] > 0) return lead.leader;
    return nearest;
  }

  std::size_t less_certain(const LeadForecast& lead, std::size_t rival,
                           const std::vector<std::size_t>& left) const {
    if (left[rival] == 0) return lead.leader;
    if (left[lead.leader] == 0) return rival;
    return lead.own(lead.leader) >= lead.own(rival) ? lead.leader : rival;
  }

  // Among the queries open for `target`; earlier ones of the pool where several are equal.
  std::size_t least_certain_query(std::size_t target, std::size_t other) const {
    std::size_t best = pool_.size();
    double most = -1;
    for (std::size_t q = 0; q < pool_.size(); ++q) {
      if (open_[cell(q, target)] == 0) continue;
      const double own = noise(q, target);
      double gain = own;
      if (open_[cell(q, other)] != 0) {
        const double rest = own - model_.shared(q, target, other, own, noise(q, other));
        gain = rest * rest / own;
      }
      if (gain > most) {
        most = gain;
        best = q;
      }
    }
    return best;
  }

  std::size_t models_;
  std::vector<QueryId> pool_;
  std::unordered_map<std::size_t, std::size_t> position_;
  Goal goal_;
  OutcomeModel model_;
  std::vector<char> open_;  // not proposed; a row of N for each model, as all that follow
  std::vector<char> unjudged_;
  std::vector<float> chances_;  // expected outcomes of what is unjudged
  std::vector<double> sums_;    // of judged outcomes
  std::vector<std::size_t> judged_;
  std::vector<std::size_t> proposed_;
  std::vector<double> failed_;
  LeadForecast lead_;
  std::vector<std::size_t> order_;  // of models, drawn once: breaks ties
  std::vector<Call> plan_;
  std::size_t next_ = 0;  // of plan_
  std::size_t calls_ = 0;
  std::size_t unseen_ = models_;  // models without a verdict
  std::size_t unfitted_ = 0;      // verdicts since the last fit
  std::size_t refits_ = 0;
  std::size_t forecasts_ = 0;  // that the last refit made
};

}  // namespace

std::unique_ptr<Strategy> make_assay(const Problem& problem, const ParameterValues& /*parameters*/) {
  if (problem.goal.rule == StopRule::guaranteed) return make_race(problem);
  return std::make_unique<Assay>(problem);
}

}  // namespace assay::select
