#pragma once

#include <functional>
#include <span>
#include <string>

#include "assay/core/verdict.h"

namespace assay::asking {

/// Whoever gives verdicts.
class Oracle {
 public:
  virtual ~Oracle() = default;

  /// Names what is asked; two oracles with the same name give interchangeable answers. Part of the key under which
  /// a study keeps answers.
  virtual std::string name() const = 0;

  /// Puts the calls to the judge and hands over each verdict as soon as it is there, in any order, each call once,
  /// from the calling thread. A call that failed has outcome `none`. Throws OracleError if the judge can't be
  /// reached; what was handed over before that stands.
  virtual void ask(std::span<const Call> calls, const std::function<void(const Verdict&)>& answered) = 0;
};

}  // namespace assay::asking
