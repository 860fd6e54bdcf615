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

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

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

bool shows_model_first(const JudgeTask& task, std::size_t item, std::uint64_t seed) {
  const JudgeTask::Names names = task.names(item);
  return (mix64(mix64(mix64(seed + kGoldenGamma) ^ fnv1a(names.query)) ^ fnv1a(names.model)) & 1U) != 0;
}

Votes votes_of(const store::Study& study, const JudgeTask& task, std::span<const std::string> wanted) {
  Votes votes;
  votes.people.assign(wanted.begin(), wanted.end());
  for (std::string& name : people_who_voted(study, task)) {
    if (std::ranges::find(wanted, name) == wanted.end()) votes.people.push_back(std::move(name));
  }
  std::unordered_map<std::string, std::uint32_t> items;
  for (std::uint32_t person = 0; person < votes.people.size(); ++person) {
    const auto kept = study.kept_answers(person_key(votes.people[person], task.comparison().baseline));
    if (!kept.empty() && items.empty()) {
      for (std::uint32_t item = 0; item < task.size(); ++item) {
        items.emplace(pair_key(task.names(item).query, task.names(item).model), item);
      }
    }
    for (const store::KeptAnswer& one : kept) {
      const auto item = items.find(pair_key(one.query, one.model));
      if (item == items.end() || one.repeat > 0 || one.turn != 0) continue;
      if (one.shown && *one.shown != task.fingerprint(item->second)) continue;  // the texts have changed since
      std::vector<Vote>& of_item = votes.of_item[item->second];
      std::erase_if(of_item, [&](const Vote& vote) { return vote.person == person; });  // skipped before
      of_item.push_back({person, one.value, one.number});
    }
  }
  for (auto& [item, of_item] : votes.of_item) {
    std::ranges::sort(of_item, {}, &Vote::number);
  }
  return votes;
}

double pooled(std::span<const Vote> votes) {
  std::array<std::size_t, 3> counts{};  // losses, draws, wins
  for (const Vote& vote : votes) {
    if (!std::isnan(vote.value)) ++counts[static_cast<std::size_t>(std::lround(2 * vote.value))];
  }
  const auto most = std::ranges::max_element(counts);
  if (*most == 0) return kNone;
  if (std::ranges::count(counts, *most) > 1) return 0.5;
  return 0.5 * static_cast<double>(most - counts.begin());
}

PeopleOracle::PeopleOracle(const JudgeTask& task, const store::Study& study)
    : task_(task), votes_(votes_of(study, task)) {}

std::vector<Answer> PeopleOracle::known(std::int64_t /*last*/) const {
  std::vector<Answer> answers;
  for (const auto& [item, votes] : votes_.of_item) {
    const double value = pooled(votes);
    if (!std::isnan(value)) answers.push_back({{item}, value, true, true});
  }
  std::ranges::sort(answers, {}, [](const Answer& answer) { return answer.ask.item; });
  return answers;
}

AskEnd PeopleOracle::ask(std::span<const Ask> asks, const std::function<void(const Answer&)>& answered) {
  bool whole = true;
  for (const Ask& ask : complete_asks(task_, asks, answered)) {
    const auto votes = votes_.of_item.find(ask.item);
    const double value = votes == votes_.of_item.end() ? kNone : pooled(votes->second);
    if (!std::isnan(value)) answered({ask, value, true, true});
    whole = whole && !std::isnan(value);
  }
  if (whole) return {};
  return {AskEnd::Kind::left, "nobody was asked: what people have said ends here"};
}

}  // namespace assay::asking
