#include "assay/sim/route_part.h"

#include <algorithm>
#include <limits>

namespace assay::sim {
namespace {

constexpr std::uint32_t kNoTask = std::numeric_limits<std::uint32_t>::max();

}  // namespace

RoutePart::RoutePart(const CorrectnessTable& outcomes, std::span<const std::uint32_t> same_text,
                     std::span<const float> vectors, std::size_t dimensions, std::span<const std::size_t> queries)
    : models_(outcomes.models()), dimensions_(dimensions) {
  std::vector<std::uint32_t> numbers;
  vectors_.reserve(queries.size() * dimensions);
  for (const std::size_t query : queries) {
    const std::uint32_t task = outcomes.task(query_id(query));
    if (task >= numbers.size()) numbers.resize(task + 1, kNoTask);
    if (numbers[task] == kNoTask) numbers[task] = static_cast<std::uint32_t>(tasks_++);
    task_.push_back(numbers[task]);
    same_text_.push_back(same_text[query]);
    const std::span<const Correctness> row = outcomes.row(query_id(query));
    cells_.insert(cells_.end(), row.begin(), row.end());
    const std::span<const float> vector = vectors.subspan(query * dimensions, dimensions);
    vectors_.insert(vectors_.end(), vector.begin(), vector.end());
  }
}

std::vector<std::vector<neighbours::Neighbour>> RoutePart::neighbours_of(std::span<const float> all_vectors,
                                                                         std::span<const std::size_t> queries,
                                                                         std::size_t threads) const {
  std::vector<float> vectors;
  vectors.reserve(queries.size() * dimensions_);
  for (const std::size_t query : queries) {
    const std::span<const float> vector = all_vectors.subspan(query * dimensions_, dimensions_);
    vectors.insert(vectors.end(), vector.begin(), vector.end());
  }
  return route::neighbour_lists(
      {vectors_, dimensions_}, {vectors, dimensions_}, 1,
      [](std::size_t, std::size_t, std::size_t) { return true; }, threads)[0];
}

}  // namespace assay::sim
