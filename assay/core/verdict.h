#pragma once

#include "assay/core/ids.h"
#include "assay/core/outcomes.h"

// A judge call, and what it gave. An example of use:
//
//   const Call call{query_id(0), model_id(2)};
//   const Verdict verdict{call, Outcome::win};

#pragma GCC visibility push(default)

namespace assay {

/// One judge call: compare this model's response to this query with the baseline's. The unit of the bill.
struct Call {
  QueryId query{};
  ModelId model{};
  bool operator==(const Call&) const = default;
};

/// What a judge call gave. `Outcome::none`: no verdict (the call failed, or the record has none).
struct Verdict {
  Call call;
  Outcome outcome = Outcome::none;
};

}  // namespace assay

#pragma GCC visibility pop
