#include "assay/asking/people.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "assay/asking/oracles.h"
#include "assay/core/hash.h"

namespace assay::asking {
namespace {

constexpr double kNobody = std::numeric_limits<double>::quiet_NaN();

// People who gave verdicts against the task's baseline, sorted.
std::vector<std::string> people_who_voted(const store::Study& study, const JudgeTask& task) {
  std::vector<std::string> names;
  for (const std::string& oracle : study.oracles()) {
    const std::optional<OracleKey> key = read_key(oracle);
    if (key && key->kind == "person" && key->last == task.comparison().baseline) names.emplace_back(key->who);
  }
  return names;
}

// One key of a pair's names; the length keeps two of them apart.
std::string pair_key(std::string_view query, std::string_view model) {
  return fmt::format("{}:{}:{}", query.size(), query, model);
}

}  // namespace

std::string person_key(std::string_view name, std::string_view baseline) {
  return fmt::format("person:{}:{}:{}", name.size(), name, baseline);
}

std::string people_key(std::string_view baseline) { return fmt::format("people:0::{}", baseline); }

bool shown_first(std::uint64_t seed, std::string_view query, std::string_view model) {
  return (mix64(mix64(mix64(seed + kGoldenGamma) ^ fnv1a(query)) ^ fnv1a(model)) & 1U) != 0;
}

bool shows_model_first(const JudgeTask& task, std::size_t item, std::uint64_t seed) {
  const JudgeTask::Names names = task.names(item);
  return shown_first(seed, names.query, names.model);
}

std::vector<KeptPair> KeptPairs::of(std::string_view oracle) {
  std::vector<KeptPair> pairs;
  const std::vector<store::KeptAnswer> kept = study_.kept_answers(oracle);
  if (!kept.empty() && items_.empty()) {
    for (std::uint32_t item = 0; item < task_.size(); ++item) {
      items_.emplace(pair_key(task_.names(item).query, task_.names(item).model), item);
    }
  }
  for (const store::KeptAnswer& one : kept) {
    const auto item = items_.find(pair_key(one.query, one.model));
    if (item == items_.end() || one.repeat > 0 || one.turn != 0) continue;
    if (one.shown && *one.shown != task_.fingerprint(item->second)) continue;
    pairs.push_back({item->second, one.value, one.number});
  }
  return pairs;
}

Votes votes_of(const store::Study& study, const JudgeTask& task, std::span<const std::string> wanted) {
  Votes votes;
  votes.people.assign(wanted.begin(), wanted.end());
  for (std::string& name : people_who_voted(study, task)) {
    if (std::ranges::find(wanted, name) == wanted.end()) votes.people.push_back(std::move(name));
  }
  KeptPairs pairs(study, task);
  for (std::uint32_t person = 0; person < votes.people.size(); ++person) {
    for (const KeptPair& one : pairs.of(person_key(votes.people[person], task.comparison().baseline))) {
      std::vector<Vote>& of_item = votes.of_item[one.item];
      std::erase_if(of_item, [&](const Vote& vote) { return vote.person == person; });  // skipped before
      of_item.push_back({person, one.value, one.number});
    }
  }
  for (auto& [item, of_item] : votes.of_item) {
    std::ranges::sort(of_item, {}, &Vote::number);
  }
  return votes;
}

std::optional<double> majority(std::span<const Vote> votes) {
  std::array<std::size_t, 3> counts{};  // losses, draws, wins
  for (const Vote& vote : votes) {
    if (!std::isnan(vote.value)) ++counts[static_cast<std::size_t>(std::lround(2 * vote.value))];
  }
  const auto most = std::ranges::max_element(counts);
  if (*most == 0 || std::ranges::count(counts, *most) > 1) return std::nullopt;
  return 0.5 * static_cast<double>(most - counts.begin());
}

double pooled(std::span<const Vote> votes) {
  const bool any = std::ranges::any_of(votes, [](const Vote& vote) { return !std::isnan(vote.value); });
  return any ? majority(votes).value_or(0.5) : kNobody;
}

void keep_pooled(store::Study& study, const JudgeTask& task) {
  const std::string people = people_key(task.comparison().baseline);
  std::unordered_map<std::uint32_t, double> stands;
  for (const KeptPair& one : KeptPairs(study, task).of(people)) stands[one.item] = one.value;
  for (const Answer& answer : PeopleOracle(task, study).known(store::kUntilNow)) {
    const auto found = stands.find(answer.ask.item);
    if (found != stands.end() && !std::isnan(found->second)) continue;
    const JudgeTask::Names names = task.names(answer.ask.item);
    study.keep_answer(people, {std::string(names.query), std::string(names.model), 0, 0,
                               task.fingerprint(answer.ask.item), answer.value});
  }
}

PeopleOracle::PeopleOracle(const JudgeTask& task, const store::Study& study)
    : task_(task), votes_(votes_of(study, task)) {
  for (const KeptPair& one : KeptPairs(study, task).of(name())) stands_.insert(one.item);
}

std::vector<Answer> PeopleOracle::known(const store::AnswerMark& until) const {
  std::vector<Answer> answers;
  for (const auto& [item, votes] : votes_.of_item) {
    const auto end = std::ranges::upper_bound(votes, until.kept, {}, &Vote::number);
    const double value = pooled(std::span(votes.begin(), end));
    if (!std::isnan(value)) answers.push_back({{item}, value, true, true});
  }
  std::ranges::sort(answers, {}, [](const Answer& answer) { return answer.ask.item; });
  return answers;
}

AskEnd PeopleOracle::ask(std::span<const Ask> asks, const std::function<void(const Answer&)>& answered) {
  bool whole = true;
  for (const Ask& ask : complete_asks(task_, asks, answered)) {
    const auto votes = votes_.of_item.find(ask.item);
    const bool stands = votes == votes_.of_item.end() || stands_.contains(ask.item);
    const double value = stands ? kNobody : pooled(votes->second);
    if (!std::isnan(value)) answered({ask, value, true, true});
    whole = whole && !std::isnan(value);
  }
  if (whole) return {};
  return {AskEnd::Kind::left, "nobody was asked: what people have said ends here"};
}

}  // namespace assay::asking
