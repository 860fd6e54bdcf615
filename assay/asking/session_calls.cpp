#include "assay/asking/session_calls.h"

namespace assay::asking {

std::optional<PaidCall> SessionCalls::find(const CallKey& key) {
  const auto found =
      answered_.find({std::string(key.url), std::string(key.model), std::string(key.request), key.repeat});
  return found == answered_.end() ? std::nullopt : std::optional(calls_[found->second]);
}

ReplyLengths SessionCalls::reply_lengths(std::string_view url, std::string_view model) {
  ReplyLengths lengths;
  double sum = 0;
  for (const auto& [key, call] : answered_) {
    if (std::get<0>(key) != url || std::get<1>(key) != model) continue;
    ++lengths.replies;
    if (!calls_[call].tokens_out) continue;
    ++lengths.billed;
    sum += static_cast<double>(*calls_[call].tokens_out);
  }
  if (lengths.billed > 0) lengths.tokens = sum / static_cast<double>(lengths.billed);
  return lengths;
}

void SessionCalls::keep(const CallKey& key, const PaidCall& call) {
  calls_.push_back(call);
  calls_.back().number = static_cast<std::int64_t>(calls_.size());
  if (call.failure != 0) return;
  answered_.emplace(Key{key.url, key.model, key.request, key.repeat}, calls_.size() - 1);
}

Money SessionCalls::spent() {
  Money sum;
  for (const PaidCall& call : calls_) sum += call.cost.value_or(Money{});
  return sum;
}

}  // namespace assay::asking
