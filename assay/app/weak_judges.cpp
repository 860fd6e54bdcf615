#include "assay/app/weak_judges.h"

#include <array>

#include "assay/core/utf8.h"

namespace assay::app {
namespace {

bool decided(Outcome outcome) { return outcome == Outcome::win || outcome == Outcome::loss; }

WeakJudgesReport::Judge describe(const select::WeakVerdicts& weak, std::size_t judge, const RewardTable& recorded) {
  std::array<std::size_t, kOutcomes> counts{};
  std::size_t both = 0;
  std::size_t alike = 0;
  for (std::size_t q = 0; q < weak.queries(); ++q) {
    for (std::size_t j = 0; j < weak.models(); ++j) {
      const Outcome outcome = weak.at(judge, query_id(q), model_id(j));
      const Outcome truth = recorded.outcome(query_id(q), model_id(j));
      ++counts[static_cast<std::size_t>(outcome)];
      if (!decided(outcome) || !decided(truth)) continue;
      ++both;
      alike += outcome == truth ? 1 : 0;
    }
  }
  const auto count = [&](Outcome outcome) {
    return static_cast<double>(counts[static_cast<std::size_t>(outcome)]);
  };
  const double all = count(Outcome::win) + count(Outcome::draw) + count(Outcome::loss);
  return {judge + 1,
          count(Outcome::win) / all,
          count(Outcome::draw) / all,
          count(Outcome::loss) / all,
          counts[static_cast<std::size_t>(Outcome::none)],
          static_cast<double>(alike) / static_cast<double>(both)};
}

}  // namespace

WeakJudgesReport run_weak_judges(const WeakJudgesRequest& request, const StartProgress& start) {
  store::Study study(request.study, store::Study::Mode::write_if_possible);
  const store::Comparison comparison = study.comparison(request.choice);
  asking::StrategyInputs inputs(study, comparison, nullptr, request.options, request.threads, start);
  const select::WeakVerdicts& weak = *inputs.weak();
  WeakJudgesReport report;
  report.study = request.study;
  report.options = request.options.describe();
  report.kept = inputs.weak_was_kept().value_or(false);
  report.queries = weak.queries();
  report.models = weak.models();
  report.notes = comparison.notes;
  for (std::size_t k = 0; k < weak.judges(); ++k) report.judges.push_back(describe(weak, k, comparison.rewards));
  return report;
}

}  // namespace assay::app
