#pragma once

#include <string>

#include "assay/asking/oracle.h"
#include "assay/core/outcomes.h"

namespace assay::asking {

/// Answers from outcomes that were recorded before: free, instant, always the same.
class RecordedOracle : public Oracle {
 public:
  /// `outcomes` must outlive the oracle. `judge` and `baseline` tell whose outcomes they are.
  RecordedOracle(const OutcomeTable& outcomes, std::string judge, std::string baseline);

  std::string name() const override;
  /// Throws InvalidArgument for a call outside the table.
  void ask(std::span<const Call> calls, const std::function<void(const Verdict&)>& answered) override;

 private:
  const OutcomeTable& outcomes_;
  std::string judge_;
  std::string baseline_;
};

}  // namespace assay::asking
