#include "assay/asking/recorded.h"

#include <utility>

#include "assay/core/error.h"

namespace assay::asking {

RecordedOracle::RecordedOracle(const OutcomeTable& outcomes, std::string judge, std::string baseline)
    : outcomes_(outcomes), judge_(std::move(judge)), baseline_(std::move(baseline)) {}

// The lengths keep two pairs of names from meeting in one key.
std::string RecordedOracle::name() const {
  return "recorded:" + std::to_string(judge_.size()) + ":" + judge_ + ":" + baseline_;
}

void RecordedOracle::ask(std::span<const Call> calls, const std::function<void(const Verdict&)>& answered) {
  for (const Call& call : calls) {
    if (index(call.query) >= outcomes_.queries() || index(call.model) >= outcomes_.models()) {
      throw InvalidArgument("a call to query " + std::to_string(index(call.query)) + ", model " +
                            std::to_string(index(call.model)) + " is outside the recorded " +
                            std::to_string(outcomes_.queries()) + " x " + std::to_string(outcomes_.models()));
    }
    answered({call, outcomes_.at(call.query, call.model)});
  }
}

}  // namespace assay::asking
