#include "assay/asking/kept_verdicts.h"

#include <exception>
#include <utility>

#include "assay/core/error.h"

namespace assay::asking {
namespace {

std::uint64_t key_of(const Call& call) {
  return (static_cast<std::uint64_t>(index(call.query)) << 32U) | index(call.model);
}

}  // namespace

KeptVerdicts::KeptVerdicts(store::Study& study, const store::Comparison& comparison, Oracle& oracle,
                           std::function<void(const Call&)> review)
    : study_(study), comparison_(comparison), oracle_(oracle), review_(std::move(review)), name_(oracle.name()) {
  for (const store::StoredAnswer& answer : study.answers(name_, comparison)) {
    known_[key_of({query_id(answer.query), model_id(answer.model)})] = answer.outcome;
  }
}

void KeptVerdicts::get(std::span<const Call> calls, std::vector<Verdict>& verdicts) {
  std::vector<Call> unknown;
  for (const Call& call : calls) {
    if (known(call) == Outcome::none) {
      unknown.push_back(call);
    } else if (review_) {
      review_(call);
    }
  }
  if (!unknown.empty()) {
    oracle_.ask(unknown, [&](const Verdict& verdict) { take(verdict); });
  }
  for (const Call& call : calls) {
    if (!known_.contains(key_of(call))) throw OracleError("the oracle left a call without an answer");
    verdicts.push_back({call, known(call)});
  }
}

void KeptVerdicts::get_known(std::span<const Call> calls, std::vector<Verdict>& verdicts) const {
  for (const Call& call : calls) {
    if (known_.contains(key_of(call))) verdicts.push_back({call, known(call)});
  }
}

// `none` where nothing is known and where the call failed: it is made, or made again.
Outcome KeptVerdicts::known(const Call& call) const {
  const auto found = known_.find(key_of(call));
  return found == known_.end() ? Outcome::none : found->second;
}

void KeptVerdicts::take(const Verdict& verdict) {
  ++asked_;
  const auto [at, first] = known_.try_emplace(key_of(verdict.call), verdict.outcome);
  if (!first && at->second == verdict.outcome) return;  // failed once more: the study has it
  at->second = verdict.outcome;
  if (holds_back_ && verdict.outcome != Outcome::none) {
    keep_held();
    held_ = verdict;
  } else {
    keep(verdict);
  }
}

void KeptVerdicts::keep(const Verdict& verdict) {
  study_.keep_answer(name_, comparison_,
                     {static_cast<std::uint32_t>(index(verdict.call.query)),
                      static_cast<std::uint32_t>(index(verdict.call.model)), verdict.outcome});
}

void KeptVerdicts::keep_held() {
  if (!held_) return;
  const Verdict verdict = *held_;
  held_.reset();
  keep(verdict);
}

void KeptVerdicts::forget_held() {
  if (!held_) return;
  known_.erase(key_of(held_->call));
  --asked_;
  held_.reset();
}

KeptVerdicts::~KeptVerdicts() {
  try {
    keep_held();
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): another failure is on its way already.
  }
}

}  // namespace assay::asking
