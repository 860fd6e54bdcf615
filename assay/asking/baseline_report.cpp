#include "assay/asking/baseline_report.h"

#include <algorithm>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/store/positions.h"

namespace assay::asking {
namespace {

constexpr std::size_t kFewestModels = 4;

constexpr std::size_t kMostModels = 60;

std::vector<std::string> others(const std::vector<std::string>& models, const std::string& baseline) {
  std::vector<std::string> result;
  std::copy_if(models.begin(), models.end(), std::back_inserter(result),
               [&](const std::string& model) { return model != baseline; });
  return result;
}

// The outcomes of `from` in a table of all `queries` and `models`, the rest none.
OutcomeTable spread(const store::Comparison& from, const store::NamePositions& queries,
                    const store::NamePositions& models) {
  OutcomeTable table(queries.size(), models.size());
  for (std::size_t i = 0; i < from.queries.size(); ++i) {
    const auto query = queries.find(from.queries[i]);
    if (query == queries.end()) continue;
    for (std::size_t j = 0; j < from.models.size(); ++j) {
      table.set(query_id(query->second), model_id(models.at(from.models[j])),
                from.rewards.outcome(query_id(i), model_id(j)));
    }
  }
  return table;
}

}  // namespace

std::optional<BaselineReport> baseline_report(const RewardTable& judged, const std::vector<std::string>& models,
                                              std::optional<ModelId> leader, std::span<const double> win_rates) {
  std::vector<QueryId> pool(judged.queries());
  for (std::size_t i = 0; i < pool.size(); ++i) pool[i] = query_id(i);
  const auto numbers = select::baseline_sensitivity(judged, pool, leader, win_rates);
  if (!numbers) return std::nullopt;
  BaselineReport report;
  for (const ModelId model : numbers->leaders) report.leaders.push_back(models[index(model)]);
  if (numbers->better_baseline) report.better = models[index(*numbers->better_baseline)];
  report.numbers = *numbers;
  return report;
}

std::optional<EveryPairReport> every_pair_report(const store::Study& study, const store::Comparison& comparison) {
  EveryPairReport report;
  report.judge = comparison.judge;
  report.models = comparison.models;
  report.models.push_back(comparison.baseline);
  if (report.models.size() < kFewestModels || report.models.size() > kMostModels) return std::nullopt;
  std::sort(report.models.begin(), report.models.end());
  const store::NamePositions queries = store::positions(comparison.queries);
  const store::NamePositions models = store::positions(report.models);
  std::vector<OutcomeTable> tables;
  try {
    for (const std::string& baseline : report.models) {
      const store::Comparison one = study.comparison({.judge = comparison.judge,
                                                      .baseline = baseline,
                                                      .models = others(report.models, baseline),
                                                      .without_responses = true});
      tables.push_back(spread(one, queries, models));
    }
  } catch (const InvalidArgument&) {  // The judge compared with one baseline, or not with all.
    return std::nullopt;
  }
  report.numbers = select::every_pair(tables);
  return report;
}

}  // namespace assay::asking
