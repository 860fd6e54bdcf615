#include "assay/asking/kept_answers.h"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <optional>

#include "assay/core/error.h"

namespace assay::asking {
namespace {

// One key of an item's names; the lengths keep two of them apart.
std::string key_of(std::string_view query, std::string_view model, int turn) {
  return fmt::format("{}:{}:{}:{}", query.size(), query, turn, model);
}

}  // namespace

KeptAnswers::KeptAnswers(store::Study& study, const JudgeTask& task, Oracle& oracle, Failed failed)
    : study_(study), task_(task), oracle_(oracle), stays_(failed), name_(oracle.name()) {
  read();
}

void KeptAnswers::read() {
  const std::vector<store::KeptAnswer> kept = study_.kept_answers(name_);
  if (kept.empty()) return;
  std::unordered_map<std::string, std::uint32_t> items;
  for (std::uint32_t item = 0; item < task_.size(); ++item) {
    const JudgeTask::Names names = task_.names(item);
    items.emplace(key_of(names.query, names.model, names.turn), item);
  }
  for (const store::KeptAnswer& one : kept) {
    if (task_.pairs() && one.repeat > 0) continue;  // of somebody who asks again
    const auto item = items.find(key_of(one.query, one.model, one.turn));
    if (item == items.end()) continue;  // of another choice of candidates
    const std::optional<file::Digest> shown = oracle_.fingerprint(item->second);
    if (!shown || (one.shown && *one.shown != *shown)) continue;
    known_[key_of({item->second, one.repeat})] = {one.value, one.number};
    if (!one.shown) take_over(one, *shown);
  }
}

// From now on it counts for what is shown now.
void KeptAnswers::take_over(store::KeptAnswer answer, const file::Digest& shown) {
  if (!std::isnan(answer.value)) ++of_older_;
  answer.shown = shown;
  if (study_.writable()) study_.set_shown(name_, answer);
}

bool KeptAnswers::known(const Ask& ask) const {
  const auto found = known_.find(key_of(ask));
  return found != known_.end() && !(task_.pairs() && std::isnan(found->second.value));
}

std::vector<Answer> KeptAnswers::known(const store::AnswerMark& until) const {
  std::map<std::uint64_t, Answer> all;
  for (const Answer& answer : oracle_.known(until)) all.emplace(key_of(answer.ask), answer);
  for (const auto& [key, kept] : known_) {
    const Ask ask = ask_of(key);
    if (kept.number <= until.kept && known(ask)) all[key] = {ask, kept.value, true};
  }
  std::vector<Answer> answers;
  for (const auto& [key, answer] : all) answers.push_back(answer);
  return answers;
}

std::vector<Answer> KeptAnswers::failed() const {
  std::map<std::uint64_t, Answer> all;
  for (const auto& [key, kept] : known_) {
    if (task_.pairs() && std::isnan(kept.value)) all[key] = {ask_of(key), kept.value, true};
  }
  if (all.empty()) return {};
  for (const Answer& answer : oracle_.known(store::kUntilNow)) all.erase(key_of(answer.ask));
  std::vector<Answer> answers;
  for (const auto& [key, answer] : all) answers.push_back(answer);
  return answers;
}

AskEnd KeptAnswers::get(std::span<const Ask> asks, std::vector<Answer>& answers) {
  std::vector<Ask> unknown;
  for (const Ask& ask : asks) {
    if (!known(ask)) unknown.push_back(ask);
  }
  std::unordered_map<std::uint64_t, Answer> came;
  AskEnd end;
  if (!unknown.empty()) {
    end = oracle_.ask(unknown, [&](const Answer& answer) {
      if (!answer.known) ++asked_;
      if (!answer.repeatable) keep(answer);
      came.emplace(key_of(answer.ask), answer);
    });
  }
  const bool as_kept = stays_ == Failed::stay && end.kind == AskEnd::Kind::left;
  bool whole = true;
  for (const Ask& ask : asks) {
    if (const auto found = came.find(key_of(ask)); found != came.end()) {
      answers.push_back(found->second);
    } else if (known(ask) || (as_kept && known_.contains(key_of(ask)))) {
      answers.push_back({ask, known_.at(key_of(ask)).value, true});
    } else if (end.kind == AskEnd::Kind::all) {
      throw OracleError("the oracle left a call without an answer");
    } else {
      whole = false;
    }
  }
  if (as_kept && whole) return {};
  return end;
}

store::KeptAnswer KeptAnswers::stored(const Answer& answer) const {
  const JudgeTask::Names names = task_.names(answer.ask.item);
  return {std::string(names.query),
          std::string(names.model),
          names.turn,
          answer.ask.repeat,
          oracle_.fingerprint(answer.ask.item),
          answer.value};
}

void KeptAnswers::keep(const Answer& answer) {
  const store::KeptAnswer row = stored(answer);
  if (!row.shown) return;  // costs nothing, and is never kept
  const auto [at, first] = known_.try_emplace(key_of(answer.ask), Kept{answer.value});
  if (!first && std::isnan(at->second.value) && answer.failed()) return;  // failed once more: the study has it
  at->second.value = answer.value;
  study_.keep_answer(name_, row, oracle_.remark(answer.ask.item));
}

void KeptAnswers::forget(const Ask& ask) {
  if (known_.erase(key_of(ask)) == 0) return;
  study_.forget_answer(name_, stored({ask}));
  if (asked_ > 0) --asked_;
}

std::vector<std::string> KeptAnswers::notes() const {
  if (of_older_ == 0) return {};
  return {
      fmt::format("{} answers were kept by an older Assay, which did not keep what was shown; they count for the "
                  "texts as they are now",
                  of_older_)};
}

}  // namespace assay::asking
