#include "assay/app/info.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "assay/asking/held_comparison.h"
#include "assay/asking/judge_memory.h"
#include "assay/asking/measure_memory.h"
#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/data/file_list.h"
#include "assay/judge/call_failure.h"
#include "assay/routing/ensemble_file.h"
#include "assay/routing/router_file.h"
#include "assay/store/name_list.h"

namespace assay::app {
namespace {

using Comparable = InfoReport::Comparable;

constexpr std::size_t kMostBaselines = 10;  // Of a judge that compared with many; the most frequent ones.

Comparable describe(const store::Comparison& comparison) {
  Comparable result;
  result.judge = comparison.judge;
  result.baseline = comparison.baseline;
  result.queries = comparison.queries.size();
  result.models = comparison.models.size();
  result.notes = comparison.notes;
  const std::vector<double> rates = comparison.rewards.means(comparison.weights);
  const auto [worst, best] = std::minmax_element(rates.begin(), rates.end());
  // minmax_element gives the last of equal maxima.
  const auto first_best = std::find(rates.begin(), rates.end(), *best);
  result.best = comparison.models[static_cast<std::size_t>(first_best - rates.begin())];
  result.best_rate = *best;
  result.worst = comparison.models[static_cast<std::size_t>(worst - rates.begin())];
  result.worst_rate = *worst;
  result.measure = comparison.measure;
  if (!result.baseline.empty()) result.sensitivity = asking::baseline_report(comparison.rewards, comparison.models);
  result.unknown = result.queries * result.models - comparison.rewards.known();
  return result;
}

// What `judge` makes comparable: with its only baseline, else with each that it knows, else why not.
void add_comparisons(const store::Study& study, const std::string& judge, InfoReport& report) {
  std::string problem;
  try {
    const store::Comparison comparison = study.comparison({.judge = judge});
    report.comparisons.push_back(describe(comparison));
    if (auto every = asking::every_pair_report(study, comparison)) report.every_pair.push_back(std::move(*every));
    return;
  } catch (const InvalidArgument& error) {
    problem = error.what();
  }
  const std::size_t before = report.comparisons.size();
  for (const std::string& baseline : report.summary.baselines) {
    if (report.comparisons.size() - before == kMostBaselines) return;
    try {
      report.comparisons.push_back(describe(study.comparison({.judge = judge, .baseline = baseline})));
    } catch (const InvalidArgument&) {  // NOLINT(bugprone-empty-catch): another judge's baseline.
    }
  }
  if (report.comparisons.size() > before) return;
  Comparable nothing;
  nothing.judge = judge;
  nothing.problem = problem;
  report.comparisons.push_back(nothing);
}

// What the study keeps of each, and what the replies of LLMs say beside that.
std::vector<InfoReport::Asked> asked_judges(store::Study& study, const store::StudySummary& summary) {
  std::vector<InfoReport::Asked> all;
  for (const auto& oracle : summary.oracles) all.push_back({oracle.name, false, oracle.answers, oracle.failed});
  store::ComparisonChoice remembered;
  asking::take_measure(study, remembered);
  for (const bool scores : {false, true}) {
    for (const asking::HeldJudge& judge : asking::held_judges(study, scores)) {
      auto one = std::ranges::find(all, judge.name, &InfoReport::Asked::name);
      if (one == all.end()) one = all.insert(all.end(), {judge.name});
      one->scores = scores;
      one->selected = !scores || remembered.measure == store::Measure::score;
      const auto count = judge.llm ? asking::held_count(study, judge.name) : std::nullopt;
      if (!count) continue;
      one->answers = count->answers;
      one->failed = count->failed;
    }
  }
  std::ranges::sort(all, {}, &InfoReport::Asked::name);
  return all;
}

// Routers and ensembles are no studies, but whoever asks about one may be told what reads it.
void refuse_other_kinds(const std::string& path) {
  if (!data::is_plain_file(path)) return;
  const std::string start = data::file_start(path);
  if (routing::is_router(start)) {
    throw DataError(Location{path}, "expected a study, came a router, which route info tells of");
  }
  if (routing::is_ensemble(start)) {
    throw DataError(Location{path}, "expected a study, came an ensemble, which serve reads, beside a router");
  }
}

}  // namespace

InfoReport run_info(const InfoRequest& request) {
  refuse_other_kinds(request.study);
  store::Study study(request.study, store::Study::Mode::read);
  InfoReport report;
  report.study = request.study;
  report.file_bytes = std::filesystem::file_size(request.study);
  report.summary = study.summary();
  report.derived = study.derived_keys();
  for (InfoReport::Asked& one : asked_judges(study, report.summary)) {
    if (one.answers > 0) {
      report.asked.push_back(std::move(one));
    } else {
      report.never_answered.push_back(std::move(one.name));
    }
  }
  for (const auto& judge : report.summary.judges) add_comparisons(study, judge.name, report);
  return report;
}

}  // namespace assay::app
