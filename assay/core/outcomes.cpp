#include "assay/core/outcomes.h"

#include <algorithm>
#include <cmath>

#include "assay/core/cells.h"

namespace assay {

std::string_view name(Outcome outcome) {
  switch (outcome) {
    case Outcome::loss: return "loss";
    case Outcome::draw: return "draw";
    case Outcome::win: return "win";
    case Outcome::none: break;
  }
  return "none";
}

Outcome outcome_of(double value) {
  if (std::isnan(value)) return Outcome::none;
  return value > 0.5 ? Outcome::win : value < 0.5 ? Outcome::loss : Outcome::draw;
}

OutcomeTable::OutcomeTable(std::size_t queries, std::size_t models)
    : queries_(queries), models_(models), cells_(queries * models, Outcome::none) {}

OutcomeTable OutcomeTable::from(std::span<const Outcome> cells, std::size_t queries, std::size_t models) {
  check_cells(cells.size(), {queries, models});
  check_values(cells, "an outcome, 0 to 3", [](Outcome cell) { return cell <= Outcome::win; });
  OutcomeTable table(queries, models);
  std::ranges::copy(cells, table.cells_.begin());
  return table;
}

std::vector<double> OutcomeTable::win_rates(std::span<const QueryId> pool) const {
  std::vector<double> rates(models_, 0.0);
  for (const QueryId query : pool) {
    const std::span<const Outcome> outcomes = row(query);
    for (std::size_t j = 0; j < models_; ++j) rates[j] += worth(outcomes[j]);
  }
  if (!pool.empty()) {
    for (double& rate : rates) rate /= static_cast<double>(pool.size());
  }
  return rates;
}

std::vector<double> OutcomeTable::win_rates() const {
  std::vector<QueryId> all(queries_);
  for (std::size_t i = 0; i < queries_; ++i) all[i] = query_id(i);
  return win_rates(all);
}

}  // namespace assay
