// Choosing members: greedy information by integer counts beside a map of whole patterns, the conditional logit, and
// greedy information on a million binary queries.

#include <fmt/format.h>

#include <string>
#include <vector>

#include "assay/core/rng.h"
#include "assay/ensemble/selection_method.h"
#include "assay/ensemble/vote_counts.h"
#include "assay/ensemble/vote_rule.h"
#include "bench/measure.h"
#include "tests/reference/vote_counts.h"

namespace {

using namespace assay;

// Models of accuracies from 0.25 to 0.75 whose errors come together: a query is hard or not.
LabelTable benchmark_like(LabelKind kind, std::size_t labels, std::size_t queries, std::size_t models) {
  Rng rng(1);
  LabelTable table(queries, models, labels, kind);
  for (std::size_t q = 0; q < queries; ++q) {
    const auto truth = static_cast<Label>(1 + rng.below(labels));
    table.set_query(query_id(q), truth, static_cast<Label>(labels));
    const double hard = 0.5 * rng.uniform() - 0.25;
    const auto trap = static_cast<Label>(1 + rng.below(labels));
    for (std::size_t m = 0; m < models; ++m) {
      const double p = 0.25 + 0.5 * static_cast<double>(m) / static_cast<double>(models) + hard;
      const double u = rng.uniform();
      const Label wrong = rng.uniform() < 0.3 ? trap : static_cast<Label>(rng.below(labels + 1));
      table.set_prediction(query_id(q), model_id(m), u < p ? truth : wrong);
    }
  }
  return table;
}

double seconds_to_choose(std::string_view method, const LabelTable& table, std::size_t size, std::size_t threads,
                         int runs) {
  std::vector<double> seconds;
  for (int i = 0; i < runs; ++i) {
    seconds.push_back(seconds_of([&] {
      ensemble::selection_method(method).choose({.training = {table}, .size = size, .threads = threads});
    }));
  }
  return median(seconds);
}

// A step of the greedy search, by counts and by a map.
void bench_counts(const LabelTable& table) {
  ensemble::VoteCounts counts(table);
  ensemble::Ensemble members;
  for (std::size_t m = 0; m < 3; ++m) {
    counts.add(model_id(m));
    members.push_back(model_id(m));
  }
  double sum = 0;
  const double fast = seconds_of([&] {
    for (std::size_t m = 3; m < table.models(); ++m) sum += counts.with(model_id(m)).nats;
  });
  double plain_sum = 0;
  const double plain = seconds_of([&] {
    for (std::size_t m = 3; m < table.models(); ++m) {
      ensemble::Ensemble more = members;
      more.push_back(model_id(m));
      const reference::Counted counted = reference::counted_information(table, more);
      plain_sum += counted.nats - counted.bias;
    }
  });
  fmt::print(
      "a step, {} candidates, k = 4: {:.1f} ms by integer counts, {:.0f} times a map of patterns (sums {:.6f} and "
      "{:.6f})\n",
      table.models() - 3, 1e3 * fast, plain / fast, sum, plain_sum);
}

void bench_rules(const LabelTable& table) {
  std::vector<ModelId> members;
  for (std::size_t m = 0; m < 7; ++m) members.push_back(model_id(table.models() - 1 - m));
  for (const ensemble::VoteRuleEntry& entry : ensemble::vote_rules()) {
    std::vector<double> made;
    std::unique_ptr<ensemble::VoteRule> rule;
    for (int i = 0; i < 5; ++i) made.push_back(seconds_of([&] { rule = entry.make({table}, members); }));
    std::vector<double> shares(table.labels());
    std::vector<Label> votes(7);
    const double told = seconds_of([&] {
      for (std::size_t q = 0; q < table.queries(); ++q) {
        for (std::size_t j = 0; j < 7; ++j) votes[j] = table.prediction(query_id(q), members[j]);
        rule->probabilities(votes, table.offered(query_id(q)), shares);
      }
    });
    fmt::print("decision {}, k = 7: {:.1f} ms to learn, {:.0f} ns an answer\n", entry.name, 1e3 * median(made),
               1e9 * told / static_cast<double>(table.queries()));
  }
}

}  // namespace

int main() {
  const LabelTable options = benchmark_like(LabelKind::options, 10, 12'032, 33);
  for (const ensemble::SelectionMethodEntry& method : ensemble::selection_methods()) {
    if (method.name == "exhaustive") continue;
    fmt::print("{}, k = 7, 33 models, 12,032 queries of ten options, one thread: {:.3f} s (median of 3)\n",
               method.name, seconds_to_choose(method.name, options, 7, 1, 3));
  }
  fmt::print("exhaustive, k = 3, the same: {:.3f} s\n", seconds_to_choose("exhaustive", options, 3, 1, 1));
  bench_counts(options);
  bench_rules(options);
  const LabelTable binary = benchmark_like(LabelKind::classes, 2, 1'000'000, 100);
  for (const std::size_t threads : {1U, 2U}) {
    fmt::print("greedy-mi, k = 5, 100 models, 1,000,000 binary queries, {} threads: {:.2f} s\n", threads,
               seconds_to_choose("greedy-mi", binary, 5, threads, 1));
  }
}
