#include "assay/route/task_features.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "assay/core/error.h"
#include "assay/core/parallel.h"
#include "assay/route/accuracy.h"
#include "assay/stats/matrix_product.h"

namespace assay::route {
namespace {

constexpr std::size_t kPart = 64;  // queries that are summed up together: sums have one order whatever the threads

struct EvidenceSums {
  std::vector<double> s1, s2, votes, distance, ridge;

  explicit EvidenceSums(std::size_t models)
      : s1(kVotes * models, 0.0),
        s2(kVotes * models, 0.0),
        votes(kVotes * models, 0.0),
        distance(kVotes, 0.0),
        ridge(models, 0.0) {}
  std::array<std::vector<double>*, 5> all() { return {&s1, &s2, &votes, &distance, &ridge}; }
};

void add(std::vector<double>& to, const std::vector<double>& what) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += what[i];
}

// Of a query that says something. It is no neighbour of itself, nor is one with the same text.
std::vector<neighbours::Neighbour> with_labelled(std::vector<neighbours::Neighbour> neighbours,
                                                 std::span<const float> query, const LabelledQueries& labelled,
                                                 std::size_t benchmark_queries) {
  for (std::size_t i = 0; i < labelled.count(); ++i) {
    const std::span<const float> vector = labelled.vectors.at(i);
    if (std::ranges::equal(vector, query)) continue;
    neighbours.push_back({static_cast<std::uint32_t>(benchmark_queries + i),
                          stats::inner_product(query.data(), vector.data(), query.size())});
  }
  std::sort(neighbours.begin(), neighbours.end(), neighbours::nearer);
  neighbours.resize(std::min(neighbours.size(), kMostNeighbours));
  return neighbours;
}

EvidenceSums sum_up(const Router& router, const neighbours::VectorView& queries, std::size_t begin, std::size_t end,
                    const LabelledQueries& labelled, const FindNeighbours& find) {
  const std::size_t m = router.models();
  EvidenceSums sums(m);
  std::vector<double> votes(kVotes * m), predicted(m);
  for (std::size_t i = begin; i < end; ++i) {
    const std::span<const float> query = queries.at(i);
    std::vector<neighbours::Neighbour> neighbours = find ? find(i) : router.neighbours(query, kMostNeighbours);
    vote(router.benchmark, {}, neighbours, router.accuracy, votes);
    add(sums.votes, votes);
    for (std::size_t k = 0; k < kVotes; ++k) sums.distance[k] += mean_distance(neighbours, kNeighbours[k]);
    if (labelled.count() > 0 && !neighbours::says_nothing(query)) {
      neighbours = with_labelled(std::move(neighbours), query, labelled, router.benchmark.queries());
      vote(router.benchmark, labelled.cells, neighbours, router.accuracy, votes);
    }
    add(sums.s1, votes);
    for (std::size_t c = 0; c < votes.size(); ++c) sums.s2[c] += votes[c] > 0.5 ? 1 : 0;
    router.task_ridge.predict(query, predicted);
    add(sums.ridge, predicted);
  }
  return sums;
}

}  // namespace

TaskFeatures task_features(const Router& router, const neighbours::VectorView& queries,
                           const LabelledQueries& labelled, std::size_t threads, const FindNeighbours& find) {
  const std::size_t d = router.benchmark.vectors.dimensions;
  if (queries.count() == 0) throw InvalidArgument("expected queries of the new task, came none");
  if (queries.dimensions != d || (labelled.count() > 0 && labelled.vectors.dimensions != d)) {
    throw InvalidArgument(
        fmt::format("expected vectors of {} dimensions, as those that the router was made with, "
                    "came {}",
                    d, queries.dimensions));
  }
  const std::size_t m = router.models();
  const std::size_t parts = (queries.count() + kPart - 1) / kPart;
  std::vector<EvidenceSums> sums(parts, EvidenceSums(0));
  parallel_for(parts, threads, [&](std::size_t part) {
    sums[part] =
        sum_up(router, queries, part * kPart, std::min(queries.count(), (part + 1) * kPart), labelled, find);
  });
  EvidenceSums mean(m);
  for (EvidenceSums& part : sums) {
    for (std::size_t i = 0; i < mean.all().size(); ++i) add(*mean.all()[i], *part.all()[i]);
  }
  for (std::vector<double>* values : mean.all()) {
    for (double& value : *values) value /= static_cast<double>(queries.count());
  }
  TaskFeatures features;
  features.queries = queries.count();
  features.s1 = std::move(mean.s1);
  features.s2 = std::move(mean.s2);
  features.votes = std::move(mean.votes);
  features.distance = std::move(mean.distance);
  features.ridge = std::move(mean.ridge);
  features.labelled = labelled.count();
  if (labelled.count() == 0) return features;
  AccuracySum accuracy(m);
  for (std::size_t i = 0; i < labelled.count(); ++i) accuracy.add(labelled.cells.subspan(i * m, m));
  features.labelled_accuracy = accuracy.shares();
  features.labelled_known = accuracy.known();
  return features;
}

}  // namespace assay::route
