// The win rates of two models against a baseline, as a table: the smallest program that uses Assay.

#include <cstdio>
#include <string>
#include <vector>

#include "assay/core/outcomes.h"
#include "assay/report/numbers.h"
#include "assay/report/table.h"

int main() {
  using assay::Outcome;
  const std::vector<std::string> models = {"careful", "hasty"};
  const Outcome judged[3][2] = {
      {Outcome::win, Outcome::loss},  // query 0: the careful model beats the baseline, the hasty one loses
      {Outcome::draw, Outcome::loss},
      {Outcome::win, Outcome::win},
  };

  assay::OutcomeTable outcomes(3, models.size());
  for (std::size_t query = 0; query < outcomes.queries(); ++query) {
    for (std::size_t model = 0; model < outcomes.models(); ++model) {
      outcomes.set(assay::query_id(query), assay::model_id(model), judged[query][model]);
    }
  }

  assay::report::Table table({{"model"}, {"win rate", assay::report::Align::right}});
  const std::vector<double> rates = outcomes.win_rates();
  for (std::size_t model = 0; model < models.size(); ++model) {
    table.add_row({models[model], assay::report::percent(rates[model])});
  }
  std::fputs(table.text().c_str(), stdout);
}
