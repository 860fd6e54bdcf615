#include "assay/app/router_guard.h"

#include <numeric>
#include <unordered_set>

#include "assay/core/hash.h"
#include "assay/core/parallel.h"
#include "assay/route/query_routing.h"

namespace assay::app {
namespace {

constexpr std::uint64_t kHeldOutPart = 5;

template <typename T>
void append(std::vector<T>& to, std::span<const T> row) {
  to.insert(to.end(), row.begin(), row.end());
}

}  // namespace

GuardSplit split_for_guard(std::span<const std::uint64_t> text_key, std::span<const std::uint32_t> task,
                           std::size_t tasks) {
  const auto kept_back = [&](std::size_t i) { return mix64(text_key[i] + 3 * kGoldenGamma) % kHeldOutPart == 0; };
  std::vector<char> stays(tasks, 0);
  for (std::size_t i = 0; i < task.size(); ++i) {
    if (!kept_back(i)) stays[task[i]] = 1;
  }
  GuardSplit split;
  std::unordered_set<std::uint64_t> fitted, seen;
  for (std::size_t i = 0; i < task.size(); ++i) {
    if (kept_back(i) && stays[task[i]] != 0) continue;
    split.fitted.push_back(i);
    fitted.insert(text_key[i]);
  }
  for (std::size_t i = 0; i < task.size(); ++i) {
    if (!kept_back(i) || stays[task[i]] == 0 || fitted.contains(text_key[i])) continue;
    if (seen.insert(text_key[i]).second) split.held_out.push_back(i);
  }
  return split;
}

FittedPart::FittedPart(const route::BenchmarkView& whole, const std::vector<std::size_t>& queries)
    : models_(whole.models), tasks_(whole.tasks), dimensions_(whole.vectors.dimensions) {
  for (const std::size_t query : queries) {
    append(cells_, whole.row(query));
    append(vectors_, whole.vectors.at(query));
    task_.push_back(whole.task[query]);
    same_text_.push_back(whole.same_text[query]);
  }
}

std::vector<route::HeldOutRouting> held_out_routings(const route::Router& router, const route::BenchmarkView& whole,
                                                     std::span<const std::size_t> queries,
                                                     std::span<const double> cost, double cost_weight,
                                                     std::size_t threads) {
  std::vector<std::size_t> all(router.models());
  std::iota(all.begin(), all.end(), std::size_t{0});
  route::Router unguarded = router;
  unguarded.guard.reset();
  std::vector<route::HeldOutRouting> result(queries.size());
  parallel_for(queries.size(), threads, [&](std::size_t i) {
    const std::vector<double> chances = route::query_chances(unguarded, whole.vectors.at(queries[i]));
    const route::QueryChoice choice = route::route_query(unguarded, chances, all, cost, cost_weight);
    if (choice.chosen == choice.single) return;
    const std::span<const Correctness> row = whole.row(queries[i]);
    // What is not known counts against routing.
    const double routed = row[choice.chosen].known() ? row[choice.chosen].score() : 0;
    const double single = row[choice.single].known() ? row[choice.single].score() : 1;
    result[i] = {choice.margin, routed - single};
  });
  return result;
}

}  // namespace assay::app
