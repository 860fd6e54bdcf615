#include "assay/asking/complete_pairs.h"

#include <utility>

namespace assay::asking {

CompletePairs::CompletePairs(const ResponseTable& responses, std::unique_ptr<Oracle> behind)
    : models_(responses.models()), complete_(responses.queries() * responses.models()), behind_(std::move(behind)) {
  for (std::size_t q = 0; q < responses.queries(); ++q) {
    for (std::size_t j = 0; j < models_; ++j) {
      complete_[q * models_ + j] = responses.has(query_id(q), model_id(j)) && responses.has_baseline(query_id(q));
    }
  }
}

void CompletePairs::ask(std::span<const Call> calls, const std::function<void(const Verdict&)>& answered) {
  std::vector<Call> complete;
  for (const Call& call : calls) {
    if (complete_[index(call.query) * models_ + index(call.model)] != 0) {
      complete.push_back(call);
    } else {
      answered({call, Outcome::none});
    }
  }
  if (!complete.empty()) behind_->ask(complete, answered);
}

}  // namespace assay::asking
