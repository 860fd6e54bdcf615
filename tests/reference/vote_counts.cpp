#include "tests/reference/vote_counts.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

namespace assay::reference {

Counted counted_information(const LabelTable& table, std::span<const ModelId> members) {
  const bool options = table.kind() == LabelKind::options;
  const std::size_t n = table.queries();
  std::map<std::vector<int>, std::map<int, int>> cells;
  std::map<int, int> truths;
  double before = 0, spread = 0;
  for (std::size_t q = 0; q < n; ++q) {
    std::vector<int> pattern;
    std::vector<Label> named;
    int truth = table.truth(query_id(q));
    for (const ModelId member : members) {
      Label label = table.prediction(query_id(q), member);
      if (options) {
        if (label > table.offered(query_id(q))) label = kUnanswered;
        if (label != kUnanswered && std::find(named.begin(), named.end(), label) == named.end())
          named.push_back(label);
        pattern.push_back(label == kUnanswered
                              ? 0
                              : 1 + static_cast<int>(std::find(named.begin(), named.end(), label) - named.begin()));
      } else {
        pattern.push_back(label);
      }
    }
    if (options) {
      const auto found = std::find(named.begin(), named.end(), static_cast<Label>(truth));
      truth = found == named.end() ? 0 : 1 + static_cast<int>(found - named.begin());
      before += std::log(table.offered(query_id(q)));
      if (truth == 0) spread += std::log(static_cast<double>(table.offered(query_id(q)) - named.size()));
    }
    ++cells[pattern][truth];
    ++truths[truth];
  }
  const auto size = static_cast<double>(n);
  if (!options) {
    for (const auto& [truth, count] : truths) before -= count * std::log(count / size);
  }
  double left = spread, extra = 0;
  for (const auto& [pattern, counts] : cells) {
    double total = 0;
    for (const auto& [truth, count] : counts) total += count;
    for (const auto& [truth, count] : counts) left -= count * std::log(count / total);
    extra += static_cast<double>(counts.size()) - 1;
  }
  return {(before - left) / size, extra / (2 * size)};
}

}  // namespace assay::reference
