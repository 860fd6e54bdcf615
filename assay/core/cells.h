#pragma once

#include <cstddef>
#include <initializer_list>
#include <span>
#include <string_view>

namespace assay {

/// Throws InvalidArgument unless `count` is the product of the sides of a table.
void check_cells(std::size_t count, std::initializer_list<std::size_t> sides);

/// Throws InvalidArgument that says which cell of a table is not `expected`.
[[noreturn]] void refuse_cell(std::size_t at, double came, std::string_view expected);

/// Throws InvalidArgument unless `valid` holds for every cell.
template <typename Cell, typename Valid>
void check_values(std::span<const Cell> cells, std::string_view expected, const Valid& valid) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (!valid(cells[i])) refuse_cell(i, static_cast<double>(cells[i]), expected);
  }
}

}  // namespace assay
