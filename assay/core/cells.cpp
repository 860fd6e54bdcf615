#include "assay/core/cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "assay/core/error.h"

namespace assay {

void check_cells(std::size_t count, std::initializer_list<std::size_t> sides) {
  // By division: a product of sides that a caller made up may be beyond every integer.
  const bool none = std::ranges::find(sides, std::size_t{0}) != sides.end();
  std::size_t rest = count;
  bool whole = true;
  std::string text;
  for (const std::size_t side : sides) {
    text += fmt::format("{}{}", text.empty() ? "" : " x ", side);
    if (none) continue;
    whole = whole && rest % side == 0;
    rest /= side;
  }
  if (none ? count == 0 : whole && rest == 1) return;
  throw InvalidArgument(fmt::format("expected {} cells, came {}", text, count));
}

void refuse_cell(std::size_t at, double came, std::string_view expected) {
  throw InvalidArgument(fmt::format("expected {} in each cell, came {:g} in cell {}", expected, came, at));
}

}  // namespace assay
