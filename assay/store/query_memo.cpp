#include "assay/store/query_memo.h"

namespace assay::store {

template <typename Entry>
const Entry* QueryMemo::find(const std::vector<Entry>& entries, std::int64_t first, std::int64_t query) {
  const auto at = static_cast<std::uint64_t>(query) - static_cast<std::uint64_t>(first);
  return at < entries.size() ? &entries[at] : nullptr;
}

// Queries are added one after the other, so that their numbers have no gaps.
template <typename Entry>
Entry* QueryMemo::place(std::vector<Entry>& entries, std::int64_t query) {
  constexpr std::uint64_t kMost = 20'000'000;
  if (first_ == 0) first_ = query;
  const auto at = static_cast<std::uint64_t>(query) - static_cast<std::uint64_t>(first_);
  if (at >= kMost || at > 2 * entries.size() + 1000) return nullptr;
  if (at >= entries.size()) entries.resize(at + 1);
  return &entries[at];
}

bool QueryMemo::has(std::int64_t query, const QueryRecord& record, const file::Digest& text) const {
  const Prompt* prompt = find(prompts_, first_, query);
  return prompt != nullptr && prompt->turn == record.turn && prompt->options == record.options &&
         prompt->text == text && prompt->task == file::digest(record.task) && record.weights.empty();
}

void QueryMemo::keep(std::int64_t query, const QueryRecord& record, const file::Digest& text) {
  if (!record.weights.empty()) return;
  if (Prompt* prompt = place(prompts_, query))
    *prompt = {text, file::digest(record.task), record.turn, record.options};
}

bool QueryMemo::has_gold(std::int64_t query, std::string_view label) const {
  const Gold* gold = find(golds_, first_, query);
  return gold != nullptr && gold->kept && gold->label == file::digest(label);
}

void QueryMemo::keep_gold(std::int64_t query, std::string_view label) {
  if (Gold* gold = place(golds_, query)) *gold = {file::digest(label), true};
}

void QueryMemo::forget(std::int64_t query) {
  const auto at = static_cast<std::uint64_t>(query) - static_cast<std::uint64_t>(first_);
  if (at < prompts_.size()) prompts_[at] = {};
  if (at < golds_.size()) golds_[at] = {};
}

}  // namespace assay::store
