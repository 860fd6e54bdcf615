#include "assay/route/neighbour_vote.h"

#include <algorithm>

#include "assay/core/parallel.h"
#include "assay/stats/matrix_product.h"

namespace assay::route {
namespace {

constexpr std::size_t kBlock = 128;   // queries whose similarities are computed at a time
constexpr std::size_t kChunk = 4096;  // to this many vectors

}  // namespace

std::vector<std::vector<std::vector<neighbours::Neighbour>>> neighbour_lists(
    const neighbours::VectorView& vectors, const neighbours::VectorView& queries, std::size_t lists,
    const std::function<bool(std::size_t list, std::size_t position, std::size_t index)>& allowed,
    std::size_t threads, const Progress& progress) {
  const std::size_t n = vectors.count();
  const std::size_t d = vectors.dimensions;
  const std::size_t count = queries.count();
  std::vector<std::vector<std::vector<neighbours::Neighbour>>> result(
      lists, std::vector<std::vector<neighbours::Neighbour>>(count));
  const auto search = [&](std::size_t block) {
    const std::size_t begin = block * kBlock;
    const std::size_t rows = std::min(kBlock, count - begin);
    std::vector<neighbours::NearestKeeper> keepers(lists * rows, neighbours::NearestKeeper(kMostNeighbours));
    std::vector<float> similarities(rows * std::min(kChunk, n));
    for (std::size_t first = 0; first < n; first += kChunk) {
      const std::size_t columns = std::min(kChunk, n - first);
      stats::multiply(stats::dense(queries.values.data() + begin * d, rows, d),
                      stats::dense(vectors.values.data() + first * d, columns, d).transposed(), similarities.data(),
                      1);
      for (std::size_t i = 0; i < lists * rows; ++i) {
        const std::size_t list = i / rows;
        const std::size_t row = i % rows;
        if (neighbours::says_nothing(queries.at(begin + row))) continue;
        for (std::size_t j = 0; j < columns; ++j) {
          const neighbours::Neighbour candidate{static_cast<std::uint32_t>(first + j),
                                                similarities[row * columns + j]};
          if (keepers[i].wants(candidate) && allowed(list, begin + row, first + j)) keepers[i].offer(candidate);
        }
      }
    }
    for (std::size_t i = 0; i < lists * rows; ++i) result[i / rows][begin + i % rows] = keepers[i].take();
  };
  parallel_for((count + kBlock - 1) / kBlock, threads, search, progress);
  return result;
}

double mean_distance(std::span<const neighbours::Neighbour> neighbours, std::size_t k) {
  const std::size_t count = std::min(k, neighbours.size());
  if (count == 0) return 1;
  double sum = 0;
  for (const neighbours::Neighbour& neighbour : neighbours.first(count))
    sum += 1 - static_cast<double>(neighbour.similarity);
  return sum / static_cast<double>(count);
}

void vote(const BenchmarkView& benchmark, std::span<const Correctness> more,
          std::span<const neighbours::Neighbour> neighbours, std::span<const double> fallback,
          std::span<double> out) {
  const std::size_t m = benchmark.models;
  std::vector<std::uint32_t> counts(2 * m, 0);
  std::uint32_t* const steps = counts.data();
  std::uint32_t* const known = steps + m;
  std::size_t next = 0;
  for (std::size_t k = 0; k < kNeighbours.size(); ++k) {
    for (; next < std::min(kNeighbours[k], neighbours.size()); ++next) {
      const std::size_t at = neighbours[next].index;
      const Correctness* const row =
          (at < benchmark.queries() ? benchmark.row(at) : more.subspan((at - benchmark.queries()) * m, m)).data();
      for (std::size_t j = 0; j < m; ++j) steps[j] += row[j].steps();
      for (std::size_t j = 0; j < m; ++j) known[j] += row[j].known() ? 1 : 0;
    }
    for (std::size_t j = 0; j < m; ++j) {
      out[k * m + j] =
          known[j] > 0 ? static_cast<double>(steps[j]) / (double{Correctness::kSteps} * known[j]) : fallback[j];
    }
  }
}

void cautious_vote(const BenchmarkView& benchmark, std::span<const neighbours::Neighbour> neighbours,
                   std::size_t count, std::span<const double> fallback, std::span<double> out) {
  const std::size_t m = benchmark.models;
  const std::size_t near = std::min(count, neighbours.size());
  std::vector<std::uint32_t> counts(2 * m, 0);
  std::uint32_t* const steps = counts.data();
  std::uint32_t* const known = steps + m;
  std::vector<double> effects(m, 0.0);  // of the queries where a model is unknown
  for (std::size_t i = 0; i < near; ++i) {
    const Correctness* const row = benchmark.row(neighbours[i].index).data();
    for (std::size_t j = 0; j < m; ++j) steps[j] += row[j].steps();
    for (std::size_t j = 0; j < m; ++j) known[j] += row[j].known() ? 1 : 0;
    const double effect = benchmark.effect.empty() ? 0 : benchmark.effect[neighbours[i].index];
    if (effect == 0) continue;
    for (std::size_t j = 0; j < m; ++j) effects[j] += row[j].known() ? 0 : effect;
  }
  constexpr double kRight = Correctness::kSteps;
  for (std::size_t j = 0; j < m; ++j) {
    // All known: to the last bit what vote() makes of it.
    const double unknown = kRight * static_cast<double>(near - known[j]);
    out[j] = near > 0 ? (static_cast<double>(steps[j]) + unknown * fallback[j] + kRight * effects[j]) /
                            (kRight * static_cast<double>(near))
                      : fallback[j];
  }
}

std::vector<double> mean_vote(std::span<const double> votes, std::size_t models) {
  std::vector<double> mean(models, 0.0);
  for (std::size_t i = 0; i < votes.size(); ++i) mean[i % models] += votes[i];
  for (double& value : mean) value /= static_cast<double>(kNeighbours.size());
  return mean;
}

}  // namespace assay::route
