#pragma once

#include <functional>
#include <span>
#include <string>

#include "assay/core/scores.h"

namespace assay::asking {

/// Whoever scores responses. Asked again for the same response, it may give another score.
class ScoreOracle {
 public:
  virtual ~ScoreOracle() = default;

  /// Names what is asked; two oracles with the same name give interchangeable scores. Part of the key under which a
  /// study keeps them.
  virtual std::string name() const = 0;

  /// Puts the calls to the judge and hands over each score as soon as it is there, in any order, each call once,
  /// from the calling thread. A call that failed has the value NaN. Throws OracleError if the judge can't be
  /// reached; what was handed over before that stands.
  virtual void ask(std::span<const ScoreCall> calls, const std::function<void(const Score&)>& answered) = 0;
};

}  // namespace assay::asking
