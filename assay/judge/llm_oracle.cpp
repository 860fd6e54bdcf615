#include "assay/judge/llm_oracle.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "assay/core/error.h"
#include "assay/core/hash.h"

namespace assay {
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
  std::size_t open = 0;                      // questions without an end
  std::vector<std::optional<int>> verdicts;  // a variant each: +1 the model is better, 0, -1
};

LlmOracle::LlmOracle(const std::vector<std::string>& prompts, const ResponseTable& responses, LlmJudge judge,
                     PairAsking asking, std::string baseline, ChatCalls& calls)
    : prompts_(prompts),
      responses_(responses),
      asking_(asking),
      baseline_(std::move(baseline)),
      asker_(std::move(judge), calls) {
  if (asking_.repeats < 1 || asking_.repeats > kMostRepeats) {
    throw InvalidArgument(fmt::format("a pair is asked 1 to {} times, came {}", kMostRepeats, asking_.repeats));
  }
}

std::string LlmOracle::name() const {
  const std::string seed = asking_.order == PairOrder::random ? fmt::format(" {}", asking_.seed) : "";
  const std::string judge = fmt::format("{}, order {}{}, repeats {}", describe(asker_.judge()),
                                        assay::name(asking_.order), seed, asking_.repeats);
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

Prompt LlmOracle::prompt(const Call& call, std::size_t variant, ReplyKind reply) const {
  const std::string_view of_model = responses_.at(call.query, call.model);
  const std::string_view of_baseline = responses_.baseline(call.query);
  const bool first = model_first(call, variant);
  const PairFields fields{prompts_[index(call.query)], first ? of_model : of_baseline,
                          first ? of_baseline : of_model};
  return asker_.judge().prompt.render(fields, reply);
}

Outcome LlmOracle::conclude(const Pair& pair) {
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
  if (!any) {
    ++tally_.no_verdict;
    return Outcome::none;
  }
  return sum > 0 ? Outcome::win : sum < 0 ? Outcome::loss : Outcome::draw;
}

void LlmOracle::note(Pair& pair, std::size_t variant, PairVerdict verdict) {
  const int for_a = verdict == PairVerdict::a ? 1 : verdict == PairVerdict::b ? -1 : 0;
  ++(for_a > 0 ? tally_.first : for_a < 0 ? tally_.second : tally_.ties);
  pair.verdicts[variant] = model_first(pair.call, variant) ? for_a : -for_a;
}

void LlmOracle::review(const Call& call) {
  ++tally_.calls;
  if (!has_texts(call)) {
    ++tally_.no_response;
    ++tally_.no_verdict;
    return;
  }
  Pair pair{call, 0, std::vector<std::optional<int>>(questions_a_call())};
  for (std::size_t variant = 0; variant < pair.verdicts.size(); ++variant) {
    asker_.review([&](ReplyKind reply) { return prompt(call, variant, reply); }, repeat(variant),
                  [&](const std::string& content, ReplyKind reply, const std::string& marker) {
                    const std::optional<PairVerdict> verdict = read_verdict(content, reply, marker);
                    if (verdict) note(pair, variant, *verdict);
                  });
  }
  conclude(pair);
}

void LlmOracle::ask(std::span<const Call> calls, const std::function<void(const Verdict&)>& answered) {
  const std::size_t variants = questions_a_call();
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
    pairs.push_back({call, variants, std::vector<std::optional<int>>(variants)});
  }
  LlmAsker::Questions questions;
  questions.count = pairs.size() * variants;
  questions.prompt = [&](std::size_t i, ReplyKind reply) {
    return prompt(pairs[i / variants].call, i % variants, reply);
  };
  questions.repeat = [&](std::size_t i) { return repeat(i % variants); };
  questions.take = [&](std::size_t i, const std::string& content, ReplyKind reply, const std::string& marker) {
    const std::optional<PairVerdict> verdict = read_verdict(content, reply, marker);
    if (verdict) note(pairs[i / variants], i % variants, *verdict);
    return verdict.has_value();
  };
  questions.done = [&](std::size_t i, const ChatOutcome& outcome) {
    if (outcome.failure != CallFailure::none) ++tally_.failures[static_cast<std::size_t>(outcome.failure)];
    Pair& pair = pairs[i / variants];
    if (--pair.open == 0) answered({pair.call, conclude(pair)});
  };
  asker_.ask(questions);
}

}  // namespace assay
