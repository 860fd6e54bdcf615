#include "assay/asking/judge_bill.h"

#include <algorithm>
#include <cmath>

namespace assay::asking {
namespace {

Money rounded_up(double micros) { return {static_cast<std::int64_t>(std::ceil(micros))}; }

}  // namespace

void add(JudgeBill& bill, const JudgeBill& earlier) {
  judge::CallCounts& counts = bill.counts;
  counts.from_study += earlier.counts.from_study;
  for (std::size_t i = 0; i < counts.sent.size(); ++i) counts.sent[i] += earlier.counts.sent[i];
  counts.failed += earlier.counts.failed;
  counts.tokens_in += earlier.counts.tokens_in;
  counts.tokens_out += earlier.counts.tokens_out;
  counts.cost += earlier.counts.cost;
  counts.unanswered += earlier.counts.unanswered;
  counts.most_in_flight = std::max(counts.most_in_flight, earlier.counts.most_in_flight);
  for (std::size_t i = 0; i < std::min(bill.failures.size(), earlier.failures.size()); ++i) {
    bill.failures[i] += earlier.failures[i];
  }
  if (bill.cost && earlier.cost) *bill.cost += *earlier.cost;
  for (const auto& [model, cost] : earlier.cost_of_models) bill.cost_of_models[model] += cost;
  bill.possibly_more += earlier.possibly_more;
  if (!bill.pairs || !earlier.pairs) return;
  PairTally& tally = *bill.pairs;
  tally.calls += earlier.pairs->calls;
  tally.no_verdict += earlier.pairs->no_verdict;
  tally.no_response += earlier.pairs->no_response;
  tally.both_orders += earlier.pairs->both_orders;
  tally.flips += earlier.pairs->flips;
  tally.half_flips += earlier.pairs->half_flips;
  tally.first += earlier.pairs->first;
  tally.second += earlier.pairs->second;
  tally.ties += earlier.pairs->ties;
}

void expect(JudgeEstimate& estimate, const select::CallRange& probable) {
  estimate.probable = {std::min(probable.least, estimate.calls), std::min(probable.most, estimate.calls)};
  if (!estimate.cost) return;
  estimate.cost_from = rounded_up(estimate.cost_of_new * static_cast<double>(estimate.probable.least));
  estimate.cost_to = rounded_up(estimate.cost_of_new * static_cast<double>(estimate.probable.most));
}

}  // namespace assay::asking
