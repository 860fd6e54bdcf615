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
         prompt->text == text && prompt->task == file::digest(record.task) && record.weights.empty() &&
         record.reference.empty();
}

void QueryMemo::keep(std::int64_t query, const QueryRecord& record, const file::Digest& text) {
  if (!record.weights.empty() || !record.reference.empty()) return;
  if (Prompt* prompt = place(prompts_, query))
    *prompt = {text, file::digest(record.task), record.turn, record.options};
}

bool QueryMemo::has(const std::vector<Answer>& answers, std::int64_t query, std::string_view text) const {
  const Answer* answer = find(answers, first_, query);
  return answer != nullptr && answer->kept && answer->text == file::digest(text);
}

void QueryMemo::keep(std::vector<Answer>& answers, std::int64_t query, std::string_view text) {
  if (Answer* answer = place(answers, query)) *answer = {file::digest(text), true};
}

bool QueryMemo::has_gold(std::int64_t query, std::string_view label) const { return has(golds_, query, label); }
void QueryMemo::keep_gold(std::int64_t query, std::string_view label) { keep(golds_, query, label); }

bool QueryMemo::has_reference(std::int64_t query, std::string_view answer) const {
  return has(references_, query, answer);
}
void QueryMemo::keep_reference(std::int64_t query, std::string_view answer) { keep(references_, query, answer); }

void QueryMemo::forget(std::int64_t query) {
  const auto at = static_cast<std::uint64_t>(query) - static_cast<std::uint64_t>(first_);
  if (at < prompts_.size()) prompts_[at] = {};
  if (at < golds_.size()) golds_[at] = {};
  if (at < references_.size()) references_[at] = {};
}

}  // namespace assay::store
