#include "assay/core/nearest_name.h"

#include <algorithm>
#include <tuple>

#include "assay/core/ascii.h"

namespace assay {
namespace {

constexpr std::size_t kLongestTyped = 100;
constexpr std::size_t kLongestName = 1000;

// Optimal string alignment: a swap of neighbours counts one. `within`: what stands before and behind in b is free.
std::size_t edits(std::string_view a, std::string_view b, bool within = false) {
  std::vector<std::vector<std::size_t>> table(a.size() + 1, std::vector<std::size_t>(b.size() + 1, 0));
  for (std::size_t i = 0; i <= a.size(); ++i) table[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) table[0][j] = within ? 0 : j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = table[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      table[i][j] = std::min({table[i - 1][j] + 1, table[i][j - 1] + 1, changed});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) table[i][j] = std::min(table[i][j], table[i - 2][j - 2] + 1);
    }
  }
  const std::vector<std::size_t>& last = table[a.size()];
  return within ? *std::min_element(last.begin(), last.end()) : last[b.size()];
}

}  // namespace

std::optional<std::string> nearest_name(std::string_view typed, std::span<const std::string> names) {
  if (typed.size() > kLongestTyped) return std::nullopt;
  std::optional<std::string> best;
  const std::string meant = ascii_lower(typed);
  std::size_t fewest = typed.size() / 3 + 1;
  std::vector<std::string> longer;
  for (const std::string& name : names) {
    if (name.size() >= typed.size() + fewest && name.size() > kLongestName) continue;
    const std::string compared = ascii_lower(name);
    if (typed.size() > 2 && compared.starts_with(meant)) longer.push_back(name);
    if (name.size() >= typed.size() + fewest) continue;  // what is so much longer is farther
    const std::size_t distance = edits(meant, compared);
    if (distance >= fewest) continue;
    fewest = distance;
    best = name;
  }
  if (longer.size() == 1) return longer.front();
  return best;
}

std::vector<std::string> nearest_names(std::string_view typed, std::span<const std::string> names,
                                       std::size_t count) {
  const std::string meant = ascii_lower(typed.substr(0, kLongestTyped));
  std::vector<std::tuple<std::size_t, std::size_t, std::size_t>> order;  // the last: the place in `names`
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string name = ascii_lower(std::string_view(names[i]).substr(0, kLongestName));
    order.emplace_back(edits(meant, name, true), edits(meant, name), i);
  }
  std::sort(order.begin(), order.end());
  std::vector<std::string> nearest;
  for (const auto& [within, whole, i] : order) {
    if (nearest.size() == count) break;
    nearest.push_back(names[i]);
  }
  return nearest;
}

}  // namespace assay
