#include "assay/route/task_evidence.h"

#include <fmt/format.h>

#include <algorithm>

#include "assay/core/error.h"
#include "assay/core/matrix_product.h"
#include "assay/core/parallel.h"
#include "assay/route/accuracy.h"

namespace assay {
namespace {

constexpr std::size_t kVotes = kNeighbours.size();
constexpr std::size_t kPart = 64;  // queries that are summed up together: sums have one order whatever the threads

struct Sums {
  std::vector<double> s1, s2, distance, ridge;
};

void add(std::vector<double>& to, const std::vector<double>& what) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += what[i];
}

std::vector<Neighbour> with_labelled(std::vector<Neighbour> neighbours, std::span<const float> query,
                                     const LabelledQueries& labelled, std::size_t benchmark_queries) {
  for (std::size_t i = 0; i < labelled.count(); ++i) {
    neighbours.push_back({static_cast<std::uint32_t>(benchmark_queries + i),
                          inner_product(query.data(), labelled.vectors.at(i).data(), query.size())});
  }
  std::sort(neighbours.begin(), neighbours.end(), nearer);
  neighbours.resize(std::min(neighbours.size(), kMostNeighbours));
  return neighbours;
}

Sums sum_up(const Router& router, const VectorView& queries, std::size_t begin, std::size_t end,
            const LabelledQueries& labelled, const FindNeighbours& find) {
  const std::size_t m = router.models();
  Sums sums{std::vector<double>(kVotes * m, 0.0), std::vector<double>(kVotes * m, 0.0),
            std::vector<double>(kVotes, 0.0), std::vector<double>(m, 0.0)};
  std::vector<double> votes(kVotes * m), predicted(m);
  for (std::size_t i = begin; i < end; ++i) {
    const std::span<const float> query = queries.at(i);
    std::vector<Neighbour> neighbours = find ? find(i) : router.neighbours(query, kMostNeighbours);
    if (labelled.count() > 0) {
      neighbours = with_labelled(std::move(neighbours), query, labelled, router.benchmark.queries());
    }
    vote(router.benchmark, labelled.cells, neighbours, router.accuracy, votes);
    router.task_ridge.predict(query, predicted);
    add(sums.s1, votes);
    add(sums.ridge, predicted);
    for (std::size_t c = 0; c < votes.size(); ++c) sums.s2[c] += votes[c] > 0.5 ? 1 : 0;
    for (std::size_t k = 0; k < kVotes; ++k) sums.distance[k] += mean_distance(neighbours, kNeighbours[k]);
  }
  return sums;
}

}  // namespace

TaskEvidence look_at(const Router& router, const VectorView& queries, const LabelledQueries& labelled,
                     std::size_t threads, const FindNeighbours& find) {
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
  std::vector<Sums> sums(parts);
  parallel_for(parts, threads, [&](std::size_t part) {
    sums[part] =
        sum_up(router, queries, part * kPart, std::min(queries.count(), (part + 1) * kPart), labelled, find);
  });
  TaskEvidence evidence{queries.count(),
                        std::vector<double>(kVotes * m, 0.0),
                        std::vector<double>(kVotes * m, 0.0),
                        std::vector<double>(kVotes, 0.0),
                        std::vector<double>(m, 0.0),
                        labelled.count(),
                        {},
                        {}};
  for (const Sums& part : sums) {
    add(evidence.s1, part.s1);
    add(evidence.s2, part.s2);
    add(evidence.distance, part.distance);
    add(evidence.ridge, part.ridge);
  }
  for (std::vector<double>* values : {&evidence.s1, &evidence.s2, &evidence.distance, &evidence.ridge}) {
    for (double& value : *values) value /= static_cast<double>(queries.count());
  }
  if (labelled.count() == 0) return evidence;
  AccuracySum accuracy(m);
  for (std::size_t i = 0; i < labelled.count(); ++i) accuracy.add(labelled.cells.subspan(i * m, m));
  evidence.labelled_accuracy = accuracy.shares();
  for (std::size_t j = 0; j < m; ++j) evidence.labelled_known.push_back(static_cast<double>(accuracy.known(j)));
  return evidence;
}

}  // namespace assay
