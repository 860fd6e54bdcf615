// The win rates of two models against a baseline: the smallest program that uses Assay.

#include <cstdio>
#include <string>
#include <vector>

#include "assay/core/outcomes.h"

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

  const std::vector<double> rates = outcomes.win_rates();
  for (std::size_t model = 0; model < models.size(); ++model) {
    std::printf("%-8s %6.2f %%\n", models[model].c_str(), 100 * rates[model]);
  }
}
