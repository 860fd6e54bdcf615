// What every row of the table of strategies, and a strategy that is a program, must do, whatever it prefers.

#include "assay/select/strategy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <ostream>
#include <set>
#include <string>

#include "assay/asking/strategies.h"
#include "assay/core/error.h"
#include "assay/core/rng.h"
#include "assay/select/selection.h"
#include "tests/places.h"
#include "tests/select/sample_problem.h"

namespace assay::select {
// Names the parameter in messages.
inline void PrintTo(const StrategyEntry& entry, std::ostream* out) { *out << entry.name; }
}  // namespace assay::select

namespace assay {

namespace {

using CallKey = std::pair<std::size_t, std::size_t>;

CallKey key(const Call& call) { return {index(call.query), index(call.model)}; }

std::vector<Verdict> answers(const OutcomeTable& truth, std::span<const Call> calls) {
  std::vector<Verdict> verdicts;
  for (const Call& call : calls) verdicts.push_back({call, truth.at(call.query, call.model)});
  return verdicts;
}

void expect_probabilities(const std::vector<double>& posterior, std::size_t models, const std::string& when) {
  ASSERT_EQ(posterior.size(), models) << when;
  double sum = 0;
  for (const double p : posterior) {
    ASSERT_TRUE(p >= 0 && p <= 1) << when << ": a probability of " << p;
    sum += p;
  }
  EXPECT_NEAR(sum, 1.0, 1e-9) << when << ": probabilities of the models do not sum to one";
}

struct Trace {
  std::vector<Call> calls;
  std::vector<double> posterior;
};

class StrategyContract : public testing::TestWithParam<select::StrategyEntry> {
 protected:
  // Told a budget for everything, if it must know one.
  static std::unique_ptr<select::Strategy> make(select::Problem problem) {
    problem.budget = problem.models * problem.pool.size();
    return GetParam().make(problem, ParameterValues(GetParam().parameters));
  }
  // It may end before it has asked for all.
  static bool ends_early() { return GetParam().stops || GetParam().told_budget; }

  /// Proposes and answers `batch` calls at a time, until the strategy has none left or `calls` were made.
  static Trace run(const SampleProblem& sample, std::size_t batch, std::size_t limit = SIZE_MAX) {
    const std::unique_ptr<select::Strategy> strategy = make(sample.problem());
    Trace result;
    while (result.calls.size() < limit) {
      std::vector<Call> calls;
      strategy->propose(std::min(batch, limit - result.calls.size()), calls);
      if (calls.empty()) break;
      EXPECT_LE(calls.size(), batch) << "more calls than the limit: a budget would be overrun";
      strategy->observe(answers(sample.truth, calls));
      result.calls.insert(result.calls.end(), calls.begin(), calls.end());
    }
    result.posterior = strategy->posterior();
    return result;
  }
};

void expect_near(const std::vector<double>& a, const std::vector<double>& b, double tolerance,
                 const std::string& what) {
  ASSERT_EQ(a.size(), b.size()) << what;
  for (std::size_t j = 0; j < a.size(); ++j) EXPECT_NEAR(a[j], b[j], tolerance) << what << ", model " << j;
}

TEST_P(StrategyContract, AsksEveryCallOfThePoolOnceAndThenNone) {
  SampleProblem sample = sample_problem({.models = 6, .queries = 20, .none_share = 0.1}, 3);
  sample.pool = {query_id(4), query_id(19), query_id(0), query_id(7)};  // part of the study, in an order of its own
  for (const std::size_t batch : {1U, 6U, 7U, 64U, 512U}) {
    const Trace whole = run(sample, batch);
    std::set<CallKey> seen;
    for (const Call& call : whole.calls) {
      EXPECT_TRUE(seen.insert(key(call)).second) << "asked (and paid) twice for query " << index(call.query);
      EXPECT_THAT(sample.pool, testing::Contains(call.query)) << "a call outside the pool";
      EXPECT_LT(index(call.model), 6U) << "a call for a model that does not exist";
    }
    if (ends_early()) continue;
    EXPECT_EQ(seen.size(), 4 * 6U) << "the strategy stopped before the pool was judged, batch " << batch;
  }
}

// Half of the queries weigh nine times the others, and there the models stand in the reverse order.
TEST_P(StrategyContract, WeightsDecideWhoIsTheBest) {
  SampleProblem sample = sample_problem({.models = 4, .queries = 20}, 5);
  for (std::size_t q = 0; q < 20; ++q) {
    for (std::size_t j = 0; j < 4; ++j) {
      const std::size_t place = q % 2 == 0 ? j : 3 - j;
      sample.truth.set(query_id(q), model_id(j), q % 10 < 3 * place ? Outcome::win : Outcome::loss);
    }
  }
  for (const std::size_t heavy : {0U, 1U}) {
    select::Problem problem = sample.problem();
    for (std::size_t q = 0; q < 20; ++q) problem.weights.push_back(q % 2 == heavy ? 1.8 : 0.2);
    problem.budget = 80;
    const select::ReturnRule returns = GetParam().stops ? GetParam().returns : select::ReturnRule::win_rate;
    select::Selection selection(GetParam(), problem, {}, returns);
    for (std::vector<Call> calls;; calls.clear()) {
      const select::Decision* decision = selection.decision();
      if (decision != nullptr && decision->risk() <= 0.05) break;
      selection.propose(1, calls);
      if (calls.empty()) break;
      selection.observe(answers(sample.truth, calls));
    }
    EXPECT_EQ(index(selection.best()), heavy == 0 ? 3U : 0U) << "heavy queries: " << heavy;
  }
  select::Problem problem = sample.problem();
  problem.budget = 80;
  problem.weights = {1, 2};
  EXPECT_THROW(select::Selection(GetParam(), problem, {}, GetParam().returns), InvalidArgument)
      << "2 of 20 weights";
  problem.weights.assign(20, 1.0);
  problem.weights[3] = 0;
  EXPECT_THROW(select::Selection(GetParam(), problem, {}, GetParam().returns), InvalidArgument) << "a weight of 0";
}

TEST_P(StrategyContract, AsksForWholeRowsIfItSaysSo) {
  if (!GetParam().whole_rows) GTEST_SKIP() << "asks for single calls";
  const SampleProblem sample = sample_problem({.models = 5, .queries = 12}, 4);
  for (const std::size_t batch : {1U, 5U, 13U}) {
    const std::vector<Call> calls = run(sample, batch).calls;
    for (std::size_t i = 0; i < calls.size(); ++i) {
      EXPECT_EQ(calls[i].query, calls[i - i % 5].query)
          << "call " << i << " begins a row before the last one is complete";
    }
  }
}

TEST_P(StrategyContract, PosteriorSumsToOneAtEveryMoment) {
  const SampleProblem sample = sample_problem({.models = 6, .queries = 15, .none_share = 0.2}, 5);
  const std::unique_ptr<select::Strategy> strategy = make(sample.problem());
  expect_probabilities(strategy->posterior(), 6, "before the first call");
  std::vector<Call> calls;
  for (std::size_t c = 1;; ++c) {
    calls.clear();
    strategy->propose(1, calls);
    if (calls.empty()) break;
    expect_probabilities(strategy->posterior(), 6, "with call " + std::to_string(c) + " outstanding");
    strategy->observe(answers(sample.truth, calls));
    expect_probabilities(strategy->posterior(), 6, "after call " + std::to_string(c));
  }
}

// 2000 rows of the same kind: products of probabilities would underflow, exponentials overflow.
TEST_P(StrategyContract, PosteriorStaysSoundAtExtremes) {
  constexpr std::size_t kModels = 4;
  constexpr std::size_t kQueries = 2000;
  SampleProblem sample = sample_problem({.models = kModels, .queries = kQueries, .judges = 2}, 6);
  for (const Outcome outcome : {Outcome::none, Outcome::win, Outcome::loss, Outcome::draw}) {
    for (const bool first_wins : {false, true}) {
      sample.truth = constant_outcomes(kQueries, kModels, outcome);
      for (const QueryId query : sample.pool) {
        if (first_wins) sample.truth.set(query, model_id(0), Outcome::win);
      }
      const std::unique_ptr<select::Strategy> strategy = make(sample.problem());
      std::vector<Call> calls;
      for (std::size_t step = 0; step < 10; ++step) {
        calls.clear();
        strategy->propose(200 * kModels, calls);
        strategy->observe(answers(sample.truth, calls));
        expect_probabilities(
            strategy->posterior(), kModels,
            "after " + std::to_string(200 * (step + 1)) + " rows of " + std::string(name(outcome)));
      }
      if (ends_early()) continue;
      const std::vector<double> posterior = strategy->posterior();
      // By the default chances e_loss 0.2, e_draw 0.4 a draw is as probable as a win and says the same.
      const bool same_as_win = outcome == Outcome::win || (outcome == Outcome::draw && posterior[0] < 0.5);
      const bool equal = !first_wins || same_as_win;
      EXPECT_NEAR(posterior[0], equal ? 1.0 / kModels : 1.0, 0.01)
          << "model 0 " << (equal ? "has the record of all others" : "won every query, the others none")
          << ", outcome " << name(outcome);
    }
  }
}

TEST_P(StrategyContract, SameSeedSameRun) {
  const SampleProblem sample = sample_problem({.models = 6, .queries = 25}, 7);
  const Trace first = run(sample, 6);
  const Trace second = run(sample, 6);
  EXPECT_EQ(first.calls, second.calls) << "a run can't be repeated";
  EXPECT_EQ(first.posterior, second.posterior) << "a run can't be repeated";
}

TEST_P(StrategyContract, BatchesAndTheOrderOfVerdictsDoNotChangeTheEnd) {
  const SampleProblem sample = sample_problem({.models = 6, .queries = 20, .none_share = 0.1}, 8);
  const Trace straight = run(sample, 6);
  for (const std::size_t batch : {1U, 7U, 64U, 512U}) {
    const std::unique_ptr<select::Strategy> strategy = make(sample.problem());
    Rng rng(batch);
    std::vector<Verdict> outstanding;
    for (std::vector<Call> calls;; calls.clear()) {
      strategy->propose(batch, calls);
      if (calls.empty()) break;
      for (const Verdict& verdict : answers(sample.truth, calls)) outstanding.push_back(verdict);
      // Half of what is outstanding comes, in any order; the rest after calls that are not even proposed yet.
      rng.shuffle(std::span(outstanding));
      const std::size_t come = outstanding.size() / 2;
      strategy->observe(std::span(outstanding).first(come));
      outstanding.erase(outstanding.begin(), outstanding.begin() + static_cast<std::ptrdiff_t>(come));
    }
    strategy->observe(outstanding);
    if (ends_early()) continue;  // and asks by what it knows at the time
    expect_near(strategy->posterior(), straight.posterior, 1e-9,
                "all verdicts told, batches of " + std::to_string(batch));
  }
}

TEST_P(StrategyContract, AResumedRunGoesOnAsTheUninterruptedOne) {
  const SampleProblem sample = sample_problem({.models = 6, .queries = 25, .none_share = 0.1}, 9);
  constexpr std::size_t kBatch = 6;
  const Trace whole = run(sample, kBatch);
  for (const std::size_t kept : {1U, 17U, 60U}) {  // answers that were stored before the kill, some within a row
    const std::unique_ptr<select::Strategy> strategy = make(sample.problem());
    std::vector<Call> made;
    for (std::vector<Call> calls;; calls.clear()) {
      strategy->propose(kBatch, calls);
      if (calls.empty()) break;
      // Of the batch that was cut, the stored answers come first and the others once the judge gave them again.
      const std::size_t stored =
          std::clamp<std::size_t>(kept, made.size(), made.size() + calls.size()) - made.size();
      const std::vector<Verdict> verdicts = answers(sample.truth, calls);
      strategy->observe(std::span(verdicts).first(stored));
      strategy->observe(std::span(verdicts).subspan(stored));
      made.insert(made.end(), calls.begin(), calls.end());
    }
    EXPECT_EQ(made, whole.calls) << "killed after " << kept << " answers, the run went on with other calls";
    EXPECT_EQ(strategy->posterior(), whole.posterior) << "killed after " << kept << " answers";
  }
}

TEST_P(StrategyContract, OneModelAndOneQuery) {
  const Trace one = run(sample_problem({.models = 1, .queries = 1}, 10), 512);
  if (!ends_early()) EXPECT_THAT(one.calls, testing::ElementsAre(Call{query_id(0), model_id(0)}));
  EXPECT_THAT(one.posterior, testing::ElementsAre(1.0)) << "the only model is the best one";
  if (ends_early()) return;
  EXPECT_EQ(run(sample_problem({.models = 1, .queries = 9}, 10), 2).calls.size(), 9U);
  EXPECT_EQ(run(sample_problem({.models = 9, .queries = 1}, 10), 2).calls.size(), 9U);
}

TEST_P(StrategyContract, EqualModelsStayEquallyProbable) {
  if (ends_early()) GTEST_SKIP() << "one of them leads when it ends";
  SampleProblem sample = sample_problem({.models = 5, .queries = 18}, 11);
  for (const QueryId query : sample.pool) {
    const Outcome outcome = sample.truth.at(query, model_id(0));
    for (Outcome& cell : sample.truth.row(query)) cell = outcome;
  }
  for (const std::size_t calls : {5U, 45U, 90U}) {
    // Single calls give the models different records, and features different expectations, until all is judged.
    if (!GetParam().whole_rows && calls < 90) continue;
    expect_near(run(sample, 5, calls).posterior, std::vector<double>(5, 0.2), 1e-9,
                "models with the same record, after " + std::to_string(calls) + " calls");
  }
}

TEST_P(StrategyContract, FindsAModelThatAlwaysWins) {
  SampleProblem sample = sample_problem({.models = 6, .queries = 60}, 12);
  for (const QueryId query : sample.pool) {
    for (Outcome& cell : sample.truth.row(query)) cell = Outcome::loss;
    sample.truth.set(query, model_id(2), Outcome::win);
  }
  const std::vector<double> posterior = run(sample, 6).posterior;
  EXPECT_GT(posterior[2], ends_early() ? 0.9 : 0.99)
      << "model 2 won all 60 queries and every other model lost them";
}

TEST_P(StrategyContract, SaysWhatItLacks) {
  const SampleProblem sample = sample_problem({}, 13);
  select::Problem bare = sample.problem();
  bare.weak = nullptr;
  bare.similarity = nullptr;
  bare.budget = 100;
  const auto start = [&] { select::Selection(GetParam(), bare, {}, select::ReturnRule::win_rate); };
  if (!GetParam().needs_weak && !GetParam().needs_similarity) {
    EXPECT_NO_THROW(start()) << "needs nothing, by its row of the table";
    return;
  }
  try {
    start();
    FAIL() << "started without what it needs";
  } catch (const InvalidArgument& failure) {
    EXPECT_THAT(failure.what(), testing::HasSubstr(std::string(GetParam().name)));
    EXPECT_THAT(failure.what(), testing::HasSubstr("need"));
  }
}

// Tables that are emptied, not only freed, as soon as nobody shares them.
TEST_P(StrategyContract, SharesTheTablesThatItUses) {
  SampleProblem sample = sample_problem({.models = 5, .queries = 16}, 14);
  const Trace expected = run(sample, 5);
  const auto shared = [](auto& table) {
    using Table = std::remove_reference_t<decltype(table)>;
    return std::shared_ptr<const Table>(&table, [&table](const Table* /*table*/) { table = Table(); });
  };
  select::Problem problem = sample.problem();
  problem.weak = shared(sample.weak);
  problem.similarity = shared(sample.similarity);
  problem.features = shared(sample.features);
  problem.assistant = shared(sample.assistant);
  const std::unique_ptr<select::Strategy> strategy = make(problem);
  problem = {};
  std::vector<Call> made;
  for (std::vector<Call> calls;; calls.clear()) {
    strategy->propose(5, calls);
    if (calls.empty()) break;
    strategy->observe(answers(sample.truth, calls));
    made.insert(made.end(), calls.begin(), calls.end());
  }
  EXPECT_EQ(made, expected.calls) << "the caller's tables are gone, and the strategy asks something else";
}

TEST_P(StrategyContract, DefaultsAndGridAreInRange) {
  const select::StrategyEntry& entry = GetParam();
  EXPECT_NO_THROW(select::checked(entry, {}));
  std::set<std::vector<double>> points;
  for (const ParameterValues& point : select::parameter_grid(entry)) {
    EXPECT_NO_THROW(select::checked(entry, point));
    EXPECT_TRUE(points.emplace(point.values().begin(), point.values().end()).second) << "a point is searched twice";
  }
  EXPECT_FALSE(points.empty());
}

std::string refusal(const select::StrategyEntry& entry, const ParameterValues& values) {
  try {
    select::checked(entry, values);
  } catch (const InvalidArgument& failure) {
    return failure.what();
  }
  return "";
}

TEST_P(StrategyContract, AParameterOutOfRangeIsRefusedByNameAndRange) {
  const select::StrategyEntry& entry = GetParam();
  for (const Parameter& parameter : entry.parameters) {
    EXPECT_FALSE(parameter.help.empty()) << parameter.name << " has no line in --help";
    EXPECT_FALSE(parameter.symbol.empty()) << parameter.name;
    for (const double bad : {parameter.low, parameter.low - 1, parameter.high, std::nan("")}) {
      ParameterValues values(entry.parameters);
      values.take({{std::string(parameter.name), bad}});
      const std::string message = refusal(entry, values);
      EXPECT_THAT(message, testing::StartsWith(field_of(parameter.name) + " must be above ")) << bad;
      if (std::isfinite(parameter.high)) {
        EXPECT_THAT(message, testing::HasSubstr(" and below ")) << bad;
      }
    }
  }
}

TEST_P(StrategyContract, ValuesOfOtherParametersAreRefused) {
  static constexpr Parameter kStranger{.name = "stranger", .default_value = 1};
  EXPECT_NE(refusal(GetParam(), ParameterValues({&kStranger, 1})), "");
}

std::string strategy_test_name(const testing::TestParamInfo<select::StrategyEntry>& info) {
  std::string result(info.param.name);
  std::replace(result.begin(), result.end(), '-', '_');
  return result;
}

INSTANTIATE_TEST_SUITE_P(All, StrategyContract,
                         testing::ValuesIn(select::strategies().begin(), select::strategies().end()),
                         strategy_test_name);

// One that keeps its side of the contract: so does all that stands between.
const select::StrategyEntry& a_program() {
  static const auto entry = asking::find_strategy("command:'" + tests::points_strategy() + "'");
  return *entry;
}

INSTANTIATE_TEST_SUITE_P(Program, StrategyContract, testing::Values(a_program()));

}  // namespace

}  // namespace assay
