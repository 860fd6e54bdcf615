#include "assay/asking/llm_oracle.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <utility>

#include "assay/core/error.h"
#include "assay/core/hash.h"

namespace assay::asking {
namespace {

constexpr std::uint32_t kMostRepeats = 1000;

}  // namespace

std::string_view name(PairOrder order) {
  switch (order) {
    case PairOrder::both: return "both";
    case PairOrder::random: return "random";
    case PairOrder::fixed: return "fixed";
  }
  return "";
}

// A call whose questions are under way.
struct LlmOracle::Pair {
  Call call;
  std::size_t open = 0;  // questions of this round without an end
  bool answered = false;
  std::vector<std::optional<int>> verdicts;  // a variant each: +1 the model is better, 0, -1
};

LlmOracle::LlmOracle(const std::vector<std::string>& prompts, const ResponseTable& responses, judge::LlmJudge judge,
                     PairAsking asking, std::string baseline, judge::ChatCalls& calls)
    : prompts_(prompts),
      responses_(responses),
      asking_(std::move(asking)),
      baseline_(std::move(baseline)),
      asker_(std::move(judge), calls) {
  if (asking_.repeats < 1 || asking_.repeats > kMostRepeats) {
    throw InvalidArgument(fmt::format("a pair is asked 1 to {} times, came {}", kMostRepeats, asking_.repeats));
  }
}

std::string LlmOracle::name() const {
  const std::string seed = asking_.order == PairOrder::random ? fmt::format(" {}", asking_.seed) : "";
  const std::string judge = fmt::format("{}, order {}{}, repeats {}", judge::describe(asker_.judge()),
                                        assay::asking::name(asking_.order), seed, asking_.repeats) +
                            (asking_.by.empty() ? "" : " by " + asking_.by);
  return fmt::format("llm:{}:{}:{}", judge.size(), judge, baseline_);
}

bool LlmOracle::model_first(const Call& call, std::size_t variant) const {
  switch (asking_.order) {
    case PairOrder::both: return variant % 2 == 0;
    case PairOrder::fixed: return true;
    case PairOrder::random: break;
  }
  const std::uint64_t pair = static_cast<std::uint64_t>(index(call.query)) << 32U | index(call.model);
  return (mix64(mix64(asking_.seed + kGoldenGamma) ^ mix64(pair + variant * kGoldenGamma)) & 1U) != 0;
}

bool LlmOracle::has_texts(const Call& call) const {
  return responses_.has(call.query, call.model) && responses_.has_baseline(call.query);
}

judge::Prompt LlmOracle::prompt(const Call& call, std::size_t variant, judge::ReplyKind reply) const {
  const std::string_view of_model = responses_.at(call.query, call.model);
  const std::string_view of_baseline = responses_.baseline(call.query);
  const bool first = model_first(call, variant);
  const judge::PairFields fields{prompts_[index(call.query)], first ? of_model : of_baseline,
                                 first ? of_baseline : of_model};
  return asker_.judge().prompt.render(fields, reply);
}

// Over the repeats of which each order was read; empty: none.
std::optional<int> LlmOracle::sum_of(const Pair& pair) {
  int sum = 0;
  bool any = false;
  for (std::size_t first = 0; first < pair.verdicts.size(); first += orders()) {
    const std::optional<int>& one = pair.verdicts[first];
    if (!one) continue;
    if (orders() == 1) {
      any = true;
      sum += *one;
      continue;
    }
    const std::optional<int>& other = pair.verdicts[first + 1];
    if (!other) continue;
    any = true;
    sum += *one + *other;
    ++tally_.both_orders;
    if (*one * *other < 0) ++tally_.flips;
    if ((*one == 0) != (*other == 0)) ++tally_.half_flips;
  }
  return any ? std::optional(sum) : std::nullopt;
}

Outcome LlmOracle::conclude(const Pair& pair) {
  const std::optional<int> sum = sum_of(pair);
  if (!sum) {
    ++tally_.no_verdict;
    return Outcome::none;
  }
  return *sum > 0 ? Outcome::win : *sum < 0 ? Outcome::loss : Outcome::draw;
}

// +1: for the model.
int LlmOracle::note(const Call& call, std::size_t variant, judge::PairVerdict verdict) {
  const int for_a = verdict == judge::PairVerdict::a ? 1 : verdict == judge::PairVerdict::b ? -1 : 0;
  ++(for_a > 0 ? tally_.first : for_a < 0 ? tally_.second : tally_.ties);
  return model_first(call, variant) ? for_a : -for_a;
}

void LlmOracle::review(const Call& call) {
  ++tally_.calls;
  if (!has_texts(call)) {
    ++tally_.no_response;
    ++tally_.no_verdict;
    return;
  }
  Pair pair{call, 0, false, {}};
  // Where repeats are handed out unequally, some pairs have more than their share.
  for (std::size_t variant = 0; variant < questions_a_call() || (!asking_.by.empty() && pair.verdicts.back());
       ++variant) {
    pair.verdicts.emplace_back();
    asker_.review([&](judge::ReplyKind reply) { return prompt(call, variant, reply); }, repeat(variant),
                  [&](const std::string& content, judge::ReplyKind reply, const std::string& marker) {
                    const std::optional<judge::PairVerdict> verdict = judge::read_verdict(content, reply, marker);
                    if (verdict) pair.verdicts.back() = note(call, variant, *verdict);
                  });
  }
  while (pair.verdicts.size() % orders() != 0) pair.verdicts.emplace_back();
  conclude(pair);
}

void LlmOracle::ask(std::span<const Call> calls, const std::function<void(const Verdict&)>& answered) {
  std::vector<Pair> pairs;
  for (const Call& call : calls) {
    if (index(call.query) >= responses_.queries() || index(call.model) >= responses_.models()) {
      throw InvalidArgument(fmt::format("a call to query {}, model {} is outside the responses of {} x {}",
                                        index(call.query), index(call.model), responses_.queries(),
                                        responses_.models()));
    }
    ++tally_.calls;
    if (!has_texts(call)) {
      ++tally_.no_verdict;
      ++tally_.no_response;
      answered({call, Outcome::none});
      continue;
    }
    pairs.push_back({call, 0, false, std::vector<std::optional<int>>(questions_a_call())});
  }
  std::vector<Pair*> open;
  for (Pair& pair : pairs) open.push_back(&pair);
  for (std::uint32_t round = 0; round < asking_.repeats && !open.empty(); ++round) {
    ask_round(open, round, answered);
    std::erase_if(open, [](const Pair* pair) { return pair->answered; });
  }
}

void LlmOracle::ask_repeats(std::span<const PairRepeat> repeats,
                            const std::function<void(std::size_t which, double worth)>& answered) {
  std::vector<Pair> pairs;
  for (const PairRepeat& one : repeats) {
    if (one.repeat == 0) ++tally_.calls;
    pairs.push_back({one.call, orders(), false, std::vector<std::optional<int>>(orders())});
  }
  const auto variant_of = [&](std::size_t i) { return repeats[i / orders()].repeat * orders() + i % orders(); };
  judge::LlmAsker::Questions questions;
  questions.count = pairs.size() * orders();
  questions.prompt = [&](std::size_t i, judge::ReplyKind reply) {
    return prompt(repeats[i / orders()].call, variant_of(i), reply);
  };
  questions.repeat = [&](std::size_t i) { return repeats[i / orders()].repeat; };
  questions.take = [&](std::size_t i, const std::string& content, judge::ReplyKind reply,
                       const std::string& marker) {
    const std::optional<judge::PairVerdict> verdict = judge::read_verdict(content, reply, marker);
    Pair& pair = pairs[i / orders()];
    if (verdict) pair.verdicts[i % orders()] = note(pair.call, variant_of(i), *verdict);
    return verdict.has_value();
  };
  questions.done = [&](std::size_t i, const judge::ChatOutcome& outcome) {
    if (outcome.failure != judge::CallFailure::none) ++tally_.failures[static_cast<std::size_t>(outcome.failure)];
    Pair& pair = pairs[i / orders()];
    if (--pair.open > 0) return;
    const std::optional<int> sum = sum_of(pair);
    const double worth = sum ? 0.5 + 0.5 * *sum / static_cast<double>(orders()) : std::nan("");
    answered(i / orders(), worth);
  };
  asker_.ask(questions);
}

// No further repeat can change the sign of the sum.
bool LlmOracle::settled(const Pair& pair, std::uint32_t rounds) const {
  int sum = 0;
  for (std::size_t first = 0; first < pair.verdicts.size(); first += orders()) {
    bool whole = true;
    int repeat_sum = 0;
    for (std::size_t k = first; k < first + orders(); ++k) {
      whole = whole && pair.verdicts[k].has_value();
      repeat_sum += pair.verdicts[k].value_or(0);
    }
    if (whole) sum += repeat_sum;
  }
  return std::abs(sum) > static_cast<int>((asking_.repeats - rounds) * orders());
}

void LlmOracle::ask_round(const std::vector<Pair*>& pairs, std::uint32_t round,
                          const std::function<void(const Verdict&)>& answered) {
  const auto variant_of = [&](std::size_t i) { return round * orders() + i % orders(); };
  for (Pair* pair : pairs) pair->open = orders();
  judge::LlmAsker::Questions questions;
  questions.count = pairs.size() * orders();
  questions.prompt = [&](std::size_t i, judge::ReplyKind reply) {
    return prompt(pairs[i / orders()]->call, variant_of(i), reply);
  };
  questions.repeat = [&](std::size_t) { return round; };
  questions.take = [&](std::size_t i, const std::string& content, judge::ReplyKind reply,
                       const std::string& marker) {
    const std::optional<judge::PairVerdict> verdict = judge::read_verdict(content, reply, marker);
    Pair& pair = *pairs[i / orders()];
    if (verdict) pair.verdicts[variant_of(i)] = note(pair.call, variant_of(i), *verdict);
    return verdict.has_value();
  };
  questions.done = [&](std::size_t i, const judge::ChatOutcome& outcome) {
    if (outcome.failure != judge::CallFailure::none) ++tally_.failures[static_cast<std::size_t>(outcome.failure)];
    Pair& pair = *pairs[i / orders()];
    if (--pair.open > 0 || !(round + 1 == asking_.repeats || settled(pair, round + 1))) return;
    pair.answered = true;
    answered({pair.call, conclude(pair)});
  };
  asker_.ask(questions);
}

}  // namespace assay::asking
