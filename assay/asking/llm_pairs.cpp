#include "assay/asking/llm_pairs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <utility>

#include "assay/allocate/allocation.h"
#include "assay/core/error.h"
#include "assay/core/hash.h"
#include "assay/judge/verdict_reader.h"

namespace assay::asking {
namespace {

constexpr std::uint32_t kMostRepeats = 1000;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

double value_of(double lead) {
  constexpr double kEqual = 1e-9;
  return lead > kEqual ? 1.0 : lead < -kEqual ? 0.0 : 0.5;
}

}  // namespace

std::string_view name(PairOrder order) {
  switch (order) {
    case PairOrder::both: return "both";
    case PairOrder::random: return "random";
    case PairOrder::fixed: return "fixed";
  }
  return "";
}

LlmPairs::LlmPairs(const JudgeTask& task, std::unique_ptr<LlmRun> run, PairAsking asking, std::size_t at_once)
    : task_(task),
      run_(std::move(run)),
      asking_(std::move(asking)),
      allocator_(asking_.by.empty() ? nullptr : &allocate::allocator(asking_.by)),
      at_once_(std::max<std::size_t>(1, at_once)),
      asker_(run_->judge(), run_->calls()) {
  if (asking_.repeats < 1 || asking_.repeats > kMostRepeats) {
    throw InvalidArgument(fmt::format("a pair is asked 1 to {} times, came {}", kMostRepeats, asking_.repeats));
  }
  if (allocator_ == nullptr) return;
  // What it would say of the first batch, before anything is remembered or sent.
  const ParameterValues parameters(allocator_->parameters);
  allocate::check_budget(*allocator_, parameters, at_once_, at_once_ * asking_.repeats);
  allocate::Allocation(*allocator_, {at_once_, {}}, parameters);
}

std::string LlmPairs::name() const {
  const std::string seed = asking_.order == PairOrder::random ? fmt::format(" {}", asking_.seed) : "";
  const std::string by = asking_.by.empty() ? "" : fmt::format(" by {} in batches of {}", asking_.by, at_once_);
  const std::string judge = fmt::format("{}, order {}{}, repeats {}{}", describe(asker_.judge()),
                                        assay::asking::name(asking_.order), seed, asking_.repeats, by);
  return fmt::format("llm:{}:{}:{}", judge.size(), judge, task_.comparison().baseline);
}

// Of names, so that the same is asked again when queries or models are added.
bool LlmPairs::model_first(std::size_t item, std::size_t variant) const {
  switch (asking_.order) {
    case PairOrder::both: return variant % 2 == 0;
    case PairOrder::fixed: return true;
    case PairOrder::random: break;
  }
  const JudgeTask::Names names = task_.names(item);
  const std::uint64_t pair = mix64(fnv1a(names.query)) ^ fnv1a(names.model);
  return (mix64(mix64(asking_.seed + kGoldenGamma) ^ mix64(pair + variant * kGoldenGamma)) & 1U) != 0;
}

judge::Prompt LlmPairs::prompt(std::size_t item, std::size_t variant, judge::ReplyKind reply) const {
  const JudgeTask::Texts texts = task_.texts(item);
  const bool first = model_first(item, variant);
  const judge::PairFields fields{texts.prompt, first ? texts.response : texts.baseline,
                                 first ? texts.baseline : texts.response};
  return asker_.judge().prompt.render(fields, reply);
}

// +1: for the model.
int LlmPairs::worth_of(std::size_t item, std::size_t variant, judge::PairVerdict verdict) const {
  const int for_a = verdict == judge::PairVerdict::a ? 1 : verdict == judge::PairVerdict::b ? -1 : 0;
  return model_first(item, variant) ? for_a : -for_a;
}

int LlmPairs::note(std::size_t item, std::size_t variant, judge::PairVerdict verdict) {
  ++(verdict == judge::PairVerdict::a   ? tally_.first
     : verdict == judge::PairVerdict::b ? tally_.second
                                        : tally_.ties);
  return worth_of(item, variant, verdict);
}

// Over the orders; empty unless the ledger has them all.
std::optional<int> LlmPairs::kept_sum(std::size_t item, std::uint32_t repeat, judge::ReplyKind reply,
                                      std::int64_t last) const {
  int sum = 0;
  for (int order = 0; order < orders(); ++order) {
    const std::size_t variant = repeat * static_cast<std::size_t>(orders()) + static_cast<std::size_t>(order);
    const judge::Prompt asked = prompt(item, variant, reply);
    const std::optional<std::string> content = run_->kept({asked, repeat}, reply, last);
    if (!content) return std::nullopt;
    const std::optional<judge::PairVerdict> verdict = judge::read_verdict(*content, asked.marker);
    if (!verdict) return std::nullopt;
    sum += worth_of(item, variant, *verdict);
  }
  return sum;
}

// As ask_in_rounds concludes.
std::optional<double> LlmPairs::kept_value(std::size_t item, judge::ReplyKind reply, std::int64_t last) const {
  int sum = 0;
  for (std::uint32_t round = 0; round < asking_.repeats; ++round) {
    const std::optional<int> more = kept_sum(item, round, reply, last);
    if (!more) return std::nullopt;
    sum += *more;
    if (std::abs(sum) > static_cast<int>(asking_.repeats - round - 1) * orders()) break;
  }
  return value_of(sum);
}

std::vector<Answer> LlmPairs::known(const store::AnswerMark& until) const {
  std::vector<Answer> answers;
  if (allocator_ != nullptr || !run_->has_replies()) return answers;
  for (std::uint32_t item = 0; item < task_.size(); ++item) {
    if (!task_.complete(item)) continue;
    for (const judge::ReplyKind reply : reply_kinds(asker_.judge().reply)) {
      const std::optional<double> value = kept_value(item, reply, until.paid);
      if (!value) continue;
      answers.push_back({{item}, *value, true, true});
      break;
    }
  }
  return answers;
}

std::vector<JudgeReply> LlmPairs::replies(std::size_t item) const {
  constexpr std::int64_t kAll = std::numeric_limits<std::int64_t>::max();
  std::vector<JudgeReply> replies;
  if (!task_.complete(item)) return replies;
  for (const judge::ReplyKind kind : reply_kinds(asker_.judge().reply)) {
    for (std::uint32_t repeat = 0; repeat < kMostRepeats; ++repeat) {
      const std::size_t before = replies.size();
      for (int order = 0; order < orders(); ++order) {
        const std::size_t variant = repeat * static_cast<std::size_t>(orders()) + static_cast<std::size_t>(order);
        const judge::Prompt asked = prompt(item, variant, kind);
        std::optional<std::string> content = run_->kept({asked, repeat}, kind, kAll);
        if (!content) continue;
        const std::optional<judge::PairVerdict> verdict = judge::read_verdict(*content, asked.marker);
        JudgeReply& reply = replies.emplace_back();
        reply.order =
            model_first(item, variant) ? JudgeReply::Order::model_first : JudgeReply::Order::baseline_first;
        reply.repeat = repeat;
        reply.text = std::move(*content);
        if (verdict) reply.value = value_of(worth_of(item, variant, *verdict));
      }
      // An allocator may have asked more often than all pairs together would be.
      if (replies.size() == before && repeat + 1 >= asking_.repeats) break;
    }
    if (!replies.empty()) break;
  }
  return replies;
}

LlmPairs::Reading LlmPairs::conclude(const std::vector<std::optional<int>>& verdicts, bool known, bool whole) {
  if (!std::all_of(verdicts.begin(), verdicts.end(), [](const auto& one) { return one.has_value(); })) {
    return {std::nullopt, known, whole};
  }
  if (verdicts.size() == 1) return {verdicts[0], known, whole};
  const int one = *verdicts[0];
  const int other = *verdicts[1];
  ++tally_.both_orders;
  if (one * other < 0) ++tally_.flips;
  if ((one == 0) != (other == 0)) ++tally_.half_flips;
  return {one + other, known, whole};
}

void LlmPairs::ask_once(std::span<const Once> onces, const std::function<void(std::size_t, const Reading&)>& read) {
  struct State {
    std::vector<std::optional<int>> verdicts;  // an order each
    int open = 0;
    bool known = true;
    bool whole = true;
  };
  const auto all_orders = static_cast<std::size_t>(orders());
  std::vector<State> states(onces.size(), {std::vector<std::optional<int>>(all_orders), orders()});
  const auto once = [&](std::size_t i) { return onces[i / all_orders]; };
  const auto variant = [&](std::size_t i) { return once(i).repeat * all_orders + i % all_orders; };
  judge::LlmAsker::Questions questions;
  questions.count = onces.size() * all_orders;
  questions.prompt = [&](std::size_t i, judge::ReplyKind reply) { return prompt(once(i).item, variant(i), reply); };
  questions.repeat = [&](std::size_t i) { return once(i).repeat; };
  questions.take = [&](std::size_t i, const std::string& content, const std::string& marker) {
    const std::optional<judge::PairVerdict> verdict = judge::read_verdict(content, marker);
    if (verdict) states[i / all_orders].verdicts[i % all_orders] = note(once(i).item, variant(i), *verdict);
    return verdict.has_value();
  };
  questions.done = [&](std::size_t i, const judge::ChatOutcome& outcome) {
    if (outcome.failure != judge::CallFailure::none) ++tally_.failures[static_cast<std::size_t>(outcome.failure)];
    State& state = states[i / all_orders];
    state.known = state.known && outcome.known;
    state.whole = state.whole && outcome.failure == judge::CallFailure::none;
    if (--state.open == 0) read(i / all_orders, conclude(state.verdicts, state.known, state.whole));
  };
  questions.billed = [&](std::size_t i, Money cost) { run_->charge(task_.names(once(i).item).model, cost); };
  asker_.ask(questions);
}

void LlmPairs::hand_over(const Answer& answer, const std::function<void(const Answer&)>& answered) {
  if (answer.failed()) ++tally_.no_verdict;
  answered(answer);
}

AskEnd LlmPairs::ask(std::span<const Ask> asks, const std::function<void(const Answer&)>& answered) {
  const std::vector<Ask> complete =
      complete_asks(task_, asks, [&](const Answer& answer) { hand_over(answer, answered); });
  tally_.calls += asks.size();
  tally_.no_response += asks.size() - complete.size();
  if (complete.empty()) return {};
  try {
    allocator_ == nullptr ? ask_in_rounds(complete, answered) : ask_allocated(complete, answered);
  } catch (const http::BatchAwaited& awaited) {
    return {AskEnd::Kind::left, awaited.what()};
  } catch (const judge::BudgetEnded& ended) {
    return {AskEnd::Kind::money, ended.what()};
  } catch (const judge::EndpointEnded& ended) {
    return {AskEnd::Kind::trouble, ended.what()};
  }
  return {};
}

// A pair whose rounds are under way.
struct LlmPairs::Pair {
  Ask ask;
  int sum = 0;
  bool any = false;
  bool known = true;
  bool whole = true;
  bool answered = false;

  void add(const Reading& reading) {
    known = known && reading.known;
    whole = whole && reading.whole;
    any = any || reading.sum.has_value();
    sum += reading.sum.value_or(0);
  }
};

void LlmPairs::ask_in_rounds(std::span<const Ask> asks, const std::function<void(const Answer&)>& answered) {
  std::vector<Pair> pairs;
  for (const Ask& ask : asks) pairs.push_back({ask});
  std::vector<Pair*> open;
  for (Pair& pair : pairs) open.push_back(&pair);
  for (std::uint32_t round = 0; round < asking_.repeats && !open.empty(); ++round) {
    std::vector<Once> onces;
    for (const Pair* pair : open) onces.push_back({pair->ask.item, round});
    const int left = static_cast<int>(asking_.repeats - round - 1) * orders();
    ask_once(onces, [&](std::size_t i, const Reading& reading) {
      Pair& pair = *open[i];
      pair.add(reading);
      const bool settled = std::abs(pair.sum) > left;  // no further repeat can change the sign
      if (left > 0 && !settled) return;
      pair.answered = true;
      hand_over({pair.ask, pair.any ? value_of(pair.sum) : kNone, pair.known, pair.whole}, answered);
    });
    std::erase_if(open, [](const Pair* pair) { return pair->answered; });
  }
}

// The pairs of a batch are arms whose mean worth is wanted; the allocator spends `repeats` calls for each of them
// where verdicts waver. A batch has one budget, so that queries and repeats come out of the same calls.
void LlmPairs::ask_allocated(std::span<const Ask> asks, const std::function<void(const Answer&)>& answered) {
  const ParameterValues parameters(allocator_->parameters);
  const std::size_t budget = asks.size() * asking_.repeats;
  allocate::Allocation allocation(*allocator_, {asks.size(), {}}, parameters);
  std::vector<char> known(asks.size(), 1), whole(asks.size(), 1);
  std::vector<Once> onces;
  std::vector<ArmId> arms;  // of the repeats under way
  std::vector<double> worths;
  while (allocation.calls() < budget) {
    onces.clear();
    arms.clear();
    for (std::size_t i = std::min(at_once_, budget - allocation.calls()); i > 0; --i) {
      const ArmId arm = allocation.next();
      onces.push_back({asks[index(arm)].item, static_cast<std::uint32_t>(allocation.arms()[index(arm)].calls - 1)});
      arms.push_back(arm);
    }
    worths.assign(onces.size(), kNone);
    ask_once(onces, [&](std::size_t i, const Reading& reading) {
      if (reading.sum) worths[i] = 0.5 + 0.5 * *reading.sum / orders();
      if (!reading.known) known[index(arms[i])] = 0;
      if (!reading.whole) whole[index(arms[i])] = 0;
    });
    for (std::size_t i = 0; i < onces.size(); ++i) allocation.observe(arms[i], worths[i]);
  }
  for (std::size_t i = 0; i < asks.size(); ++i) {
    const allocate::ArmTally& tally = allocation.arms()[i];
    const double value = tally.scores > 0 ? value_of(tally.mean - 0.5) : kNone;
    hand_over({asks[i], value, known[i] != 0, whole[i] != 0}, answered);
  }
}

std::optional<JudgeBill> LlmPairs::bill() const {
  JudgeBill bill = run_->bill();
  bill.asking = asking_;
  bill.pairs = tally_;
  bill.failures = tally_.failures;
  return bill;
}

std::optional<JudgeEstimate> LlmPairs::estimate(std::size_t calls) {
  std::vector<std::size_t> items;
  for (std::size_t item = 0; item < task_.size(); ++item) {
    if (task_.complete(item)) items.push_back(item);
  }
  const auto all_orders = static_cast<std::size_t>(orders());
  return run_->estimate(
      calls, items.size(), all_orders * asking_.repeats,
      [&](std::size_t i, std::size_t variant, judge::ReplyKind reply) {
        return LlmRun::Question{prompt(items[i], variant, reply), static_cast<std::uint32_t>(variant / all_orders)};
      });
}

}  // namespace assay::asking
