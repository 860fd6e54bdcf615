#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "assay/core/money.h"
#include "assay/judge/call_failure.h"

namespace assay::judge {

/// What was put to a paid judge so far.
struct CallCounts {
  std::size_t from_study = 0;                     ///< Answered by the ledger, or by another task's same request.
  std::array<std::size_t, kCallFailures> sent{};  ///< Requests by their failure, each try counted.
  std::size_t failed = 0;                         ///< Tasks that ended without a readable reply.
  std::uint64_t tokens_in = 0;                    ///< As billed, of this run.
  std::uint64_t tokens_out = 0;
  Money cost;        ///< Of the replies, at most, as far as the price is known.
  Money unanswered;  ///< Of requests that got no reply and may have been billed all the same, at most.
  std::size_t most_in_flight = 0;
  std::size_t requests() const;  ///< Sent, all together.
};

}  // namespace assay::judge
