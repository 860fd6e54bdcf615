#pragma once

#include <limits>

#include "assay/core/ids.h"
#include "assay/core/outcomes.h"

// A judge call, and what it gave. An example of use:
//
//   const Call call{query_id(0), model_id(2)};
//   const Verdict verdict{call, 0.75};
//   const Outcome outcome = verdict.outcome();  // win

#pragma GCC visibility push(default)

namespace assay {

/// One judge call: say how good this model's response to this query is. The unit of the bill.
struct Call {
  QueryId query{};
  ModelId model{};
  bool operator==(const Call&) const = default;
};

/// What a judge call gave.
struct Verdict {
  Call call;
  /// In [0, 1]: how well the model did; against a baseline, 1 a win, 1/2 a draw, 0 a loss. NaN: no verdict (the
  /// call failed, or the record has none).
  double reward = std::numeric_limits<double>::quiet_NaN();

  Verdict() = default;
  Verdict(Call of, double came) : call(of), reward(came) {}
  Verdict(Call of, Outcome came) : call(of), reward(reward_of(came)) {}

  /// More than 1/2 is a win, less a loss.
  Outcome outcome() const { return outcome_of(reward); }
};

}  // namespace assay

#pragma GCC visibility pop
