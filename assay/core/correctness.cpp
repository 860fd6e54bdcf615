#include "assay/core/correctness.h"

#include <algorithm>

#include "assay/core/cells.h"

namespace assay {

CorrectnessTable CorrectnessTable::from(std::span<const Correctness> cells, std::size_t queries, std::size_t models,
                                        std::span<const std::uint32_t> tasks) {
  check_cells(cells.size(), {queries, models});
  if (!tasks.empty()) check_cells(tasks.size(), {queries});
  check_values(cells, "0 (wrong), 1 (right) or 2 (unknown)",
               [](Correctness cell) { return cell <= Correctness::unknown; });
  CorrectnessTable table(queries, models);
  std::ranges::copy(cells, table.cells_.begin());
  std::ranges::copy(tasks, table.tasks_.begin());
  return table;
}

}  // namespace assay
