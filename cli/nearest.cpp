#include "cli/nearest.h"

#include <algorithm>
#include <vector>

namespace assay::cli {
namespace {

constexpr std::size_t kLongestTyped = 100;

// Optimal string alignment: a swap of neighbours counts one.
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> table(a.size() + 1, std::vector<std::size_t>(b.size() + 1, 0));
  for (std::size_t i = 0; i <= a.size(); ++i) table[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) table[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = table[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      table[i][j] = std::min({table[i - 1][j] + 1, table[i][j - 1] + 1, changed});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) table[i][j] = std::min(table[i][j], table[i - 2][j - 2] + 1);
    }
  }
  return table[a.size()][b.size()];
}

}  // namespace

std::optional<std::string> nearest(std::string_view typed, std::span<const std::string> names) {
  if (typed.size() > kLongestTyped) return std::nullopt;
  std::optional<std::string> best;
  std::size_t fewest = typed.size() / 3 + 1;
  std::vector<std::string> longer;
  for (const std::string& name : names) {
    if (typed.size() > 2 && name.starts_with(typed)) longer.push_back(name);
    const std::size_t distance = edits(typed, name);
    if (distance >= fewest) continue;
    fewest = distance;
    best = name;
  }
  if (longer.size() == 1) return longer.front();
  return best;
}

}  // namespace assay::cli
