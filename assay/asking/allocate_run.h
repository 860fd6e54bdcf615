#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assay/allocate/allocation.h"
#include "assay/asking/judge_bill.h"
#include "assay/asking/run.h"
#include "assay/stats/intervals.h"
#include "assay/store/scoring.h"

namespace assay::asking {

/// What an AllocateRun starts from; it owns all of it.
struct AllocateSetup {
  std::vector<store::Scoring::Arm> arms;  ///< K responses.
  const allocate::AllocatorEntry* allocator = nullptr;
  ParameterValues parameters;
  std::vector<double> variances;  ///< True ones, for allocators that need them; else empty.
  std::vector<double> means;      ///< True ones, where they are known; else empty.
  allocate::EstimateRule estimate = allocate::EstimateRule::mean;
  Scale scale;
  std::size_t budget = 0;   ///< Calls.
  std::size_t threads = 0;  ///< For the intervals of the report; 0: one per core.
};

/// What a run found, and what it cost.
struct AllocateReport : AskedReport {
  struct Arm {
    std::string query;
    std::string model;
    int turn = 1;
    std::size_t calls = 0;
    std::size_t failed = 0;
    double mean = 0;           ///< Of its scores; NaN without one.
    double estimate = 0;       ///< By the estimate rule; NaN likewise.
    stats::Interval interval;  ///< 95 %, of the true mean; holds although the calls were chosen as the scores came.
  };
  std::string study;
  std::string judge;
  std::string oracle;
  std::string allocator;
  allocate::EstimateRule estimate = allocate::EstimateRule::mean;
  ParameterValues parameters;
  std::uint64_t seed = 0;
  Scale scale;
  bool scale_declared = false;
  std::size_t budget = 0;
  std::size_t calls = 0;
  std::size_t calls_failed = 0;
  std::size_t unscored = 0;  ///< Responses that got no score: no error below speaks of them.
  bool varies = false;       ///< Some response was scored in two ways.
  /// No estimate is further off, with 95 %, whatever the distribution of the scores.
  double worst_error_bound = 0;
  double worst_error_likely = 0;  ///< Median of the largest error of means, by what the variances may be.
  double worst_error_true = 0;    ///< What it is: the means of recorded scores are known. NaN for a live oracle.
  double uniform_calls = 0;  ///< That a uniform allocation would probably need for the same likely worst error.
  std::vector<Arm> arms;     ///< As in Scoring.
};

/// Throws InvalidArgument unless the calls can be counted.
void check_budget(std::size_t calls);

/// Estimates how good each of K responses is, by a judge that gives another score when it is asked again. An item
/// is a response.
///
///     AllocateRun run(setup);
///     for (auto asks = run.next(8); !asks.empty(); asks = run.next(8)) run.take(scores_of(asks));
///     run.report().arms[0].estimate;
class AllocateRun : public Run {
 public:
  /// Throws InvalidArgument if there is no response, if the allocator lacks what it needs, or for a budget below
  /// its warm-up.
  explicit AllocateRun(AllocateSetup setup);

  std::size_t calls() const { return answered_; }  ///< Answered.
  /// All that the run itself knows; who was asked and what it cost is for the caller to add.
  AllocateReport report() const;

 protected:
  bool over() const override { return false; }
  std::size_t left() const override { return setup_.budget - answered_; }
  void restart() override;
  std::vector<Ask> propose(std::size_t limit) override;
  void observe(std::span<const Answer> answers) override;

 private:
  std::vector<allocate::ArmTally> tallies() const;
  void fill_arms(std::span<const allocate::ArmTally> tallies, AllocateReport& report) const;
  void fill_intervals(AllocateReport& report) const;

  AllocateSetup setup_;
  std::optional<allocate::Allocation> allocation_;
  std::vector<std::vector<double>> given_;  // scores, an arm each
  std::vector<std::uint32_t> waiting_;      // calls without an answer yet, an arm each
  std::size_t answered_ = 0;
};

}  // namespace assay::asking
