#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace assay::select {

/// What is known of a model on a pool of N queries.
struct PooledModel {
  std::span<const double> rewards;  ///< N: as judged, or what is expected.
  double variance = 0;              ///< Of the sum over the pool, by what is not judged.
  double chance = 0;                ///< Variance of the sum on as many other queries, beyond what `rewards` shows.
  /// The sum over the pool is below the leader's plus this: the test says so. Infinite: nothing is said.
  double below = std::numeric_limits<double>::infinity();
};

/// How likely another model is the best one on other queries from the source of the pool, a random sample. An
/// estimate: the source is drawn again and again from the pool (Bayesian bootstrap, Rubin 1981), the sums that are
/// not known from normals, cut off where the test excludes them. The draws are the same for the same seed. O(draws
/// * N) a model, 100 to 1000 draws.
class OtherQueries {
 public:
  /// `weights`: of the queries, sum N.
  OtherQueries(std::span<const double> weights, const PooledModel& leader, std::uint64_t seed);

  void add_rival(const PooledModel& rival);

  /// Share of the draws in which a rival has a mean more than `epsilon` above the leader's.
  double risk(double epsilon) const;

 private:
  std::vector<double> means(std::span<const double> rewards) const;  // over each drawn source

  std::size_t queries_;
  std::vector<double> weights_;
  std::uint64_t seed_;
  std::uint64_t rivals_ = 0;
  std::vector<float> sources_;         // draws x N, weights that sum to 1
  std::vector<double> leads_;          // of the leader over 0, on each source, with what is not known
  std::vector<double> leader_errors_;  // of its sum over the pool
  double leader_sum_ = 0;
  std::vector<double> behind_;  // the least lead over a rival
};

}  // namespace assay::select
