#include "assay/core/correctness.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "assay/core/cells.h"
#include "assay/core/error.h"

namespace assay {

Correctness Correctness::of(double score) {
  if (std::isnan(score)) return kUnknown;
  if (!(score >= 0 && score <= 1)) {
    throw InvalidArgument(fmt::format("expected a score from 0 (wrong) to 1 (right), came {:g}", score));
  }
  return Correctness(static_cast<std::uint8_t>(std::lround(score * kSteps)));
}

CorrectnessTable CorrectnessTable::from(std::span<const Correctness> cells, std::size_t queries, std::size_t models,
                                        std::span<const std::uint32_t> tasks) {
  check_cells(cells.size(), {queries, models});
  if (!tasks.empty()) check_cells(tasks.size(), {queries});
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (!cells[i].is_valid()) {
      refuse_cell(i, std::bit_cast<std::uint8_t>(cells[i]),
                  "steps from 0 (wrong) to 200 (right), or 255 (unknown)");
    }
  }
  CorrectnessTable table(queries, models);
  std::ranges::copy(cells, table.cells_.begin());
  std::ranges::copy(tasks, table.tasks_.begin());
  return table;
}

}  // namespace assay
