#include "assay/route/query_effect.h"

#include <algorithm>

namespace assay::route {
namespace {

// Of a row: what its known cells are above the accuracies.
struct Row {
  double known = 0;
  double sum = 0;
  double squares = 0;
};

Row row_of(std::span<const Correctness> cells, std::span<const double> accuracy) {
  Row row;
  for (std::size_t j = 0; j < cells.size(); ++j) {
    if (!cells[j].known()) continue;
    const double above = cells[j].score() - accuracy[j];
    ++row.known;
    row.sum += above;
    row.squares += above * above;
  }
  return row;
}

}  // namespace

std::vector<float> query_effects(const BenchmarkView& benchmark, std::span<const double> accuracy) {
  const std::size_t n = benchmark.queries();
  const auto models = static_cast<double>(benchmark.models);
  std::vector<Row> rows(n);
  bool holes = false;
  // Of queries with several known cells, for the analysis of variance.
  double queries = 0, cells = 0, squared_cells = 0, sum = 0, between = 0, within = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const Row row = rows[i] = row_of(benchmark.row(i), accuracy);
    holes = holes || (row.known > 0 && row.known < models);
    if (row.known < 2) continue;
    ++queries;
    cells += row.known;
    squared_cells += row.known * row.known;
    sum += row.sum;
    between += row.sum * row.sum / row.known;
    within += row.squares - row.sum * row.sum / row.known;
  }
  if (!holes) return {};
  std::vector<float> effects(n, 0.0F);
  if (queries < 2) return effects;
  const double rest = within / (cells - queries);
  const double usual = (cells - squared_cells / cells) / (queries - 1);  // cells of a query
  const double of_queries = std::max(0.0, ((between - sum * sum / cells) / (queries - 1) - rest) / usual);
  if (of_queries == 0) return effects;
  for (std::size_t i = 0; i < n; ++i) {
    if (rows[i].known == 0) continue;
    effects[i] = static_cast<float>(of_queries * rows[i].sum / (rest + rows[i].known * of_queries));
  }
  return effects;
}

}  // namespace assay::route
