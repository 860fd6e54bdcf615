#include "assay/app/selection_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "assay/core/error.h"
#include "assay/store/name_list.h"

namespace assay::app {
namespace {

using Model = asking::SelectReport::Model;

bool all_judged(const asking::SelectReport& report) { return report.calls + report.known == report.calls_all; }

const Model& model_named(const asking::SelectReport& report, const std::string& name) {
  const auto at = std::ranges::find(report.models, name, &Model::name);
  if (at != report.models.end()) return *at;
  std::vector<std::string> names;
  for (const Model& model : report.models) names.push_back(model.name);
  std::ranges::sort(names);
  throw InvalidArgument(
      fmt::format("expected one of the models {}, came {}", store::name_list(names), quoted(name)));
}

// A mean reward as people know it.
struct Units {
  const asking::SelectReport& report;

  bool scores() const { return report.measure == store::Measure::score; }
  double of(double reward) const {
    if (!scores()) return reward;
    const double share = report.lower_is_better ? 1 - reward : reward;
    return report.scale.low + share * (report.scale.high - report.scale.low);
  }
  double reward_of(double value) const {
    if (!scores()) return value;
    const double share = (value - report.scale.low) / (report.scale.high - report.scale.low);
    return report.lower_is_better ? 1 - share : share;
  }
  std::string text(double reward) const {
    return scores() ? fmt::format("{:.4g}", of(reward)) : fmt::format("{:.4g} %", 100 * reward);
  }
  std::string interval_text(const stats::Interval& interval) const {
    const auto [low, high] = std::minmax({of(interval.low), of(interval.high)});
    return scores() ? fmt::format("{:.4g} .. {:.4g}", low, high)
                    : fmt::format("{:.4g} .. {:.4g} %", 100 * low, 100 * high);
  }
  std::string difference_text(double reward) const {
    return scores() ? fmt::format("{:.4g}", reward * (report.scale.high - report.scale.low))
                    : fmt::format("{:.4g} points", 100 * reward);
  }
  std::string_view noun() const {
    switch (report.measure) {
      case store::Measure::win_rate: return "win rate";
      case store::Measure::preference: return "preference";
      case store::Measure::score: return "score";
      case store::Measure::accuracy: return "accuracy";
    }
    return "rate";
  }
};

double limit_of(const asking::SelectReport& report, const SelectionChecks& checks) {
  const Units units{report};
  const double limit = checks.of_scale && units.scores()
                           ? report.scale.low + *checks.fail_below * (report.scale.high - report.scale.low)
                           : *checks.fail_below;
  const double reward = units.reward_of(limit);
  if (reward >= 0 && reward <= 1) return reward;
  throw InvalidArgument(
      units.scores() ? fmt::format("`fail_below` must lie on the scale {:g} to {:g}, came {:g}", report.scale.low,
                                   report.scale.high, limit)
                     : fmt::format("`fail_below` must be a share from 0 to 1, or percent, came {:g}", limit));
}

// Why a rate is not known better than that.
std::string open_rate_text(const asking::SelectReport& report, const Model& model) {
  const std::string none =
      model.tally.none == 0 ? "" : fmt::format("{} without a verdict may be anything", model.tally.none);
  if (model.tally.calls() >= report.queries) {
    return ": all was asked" + (none.empty() ? std::string("; it takes more prompts") : ", and " + none);
  }
  std::string text = ": more calls would decide";
  if (report.stop && report.stop->decided) {
    text = fmt::format(
        ": strategy {} stopped as it had its answer, with {} of {} calls of this model; strategy random judges all",
        report.strategy, model.tally.calls(), report.queries);
  }
  return none.empty() ? text : text + ", but " + none;
}

CheckResult check_rate(const asking::SelectReport& report, const SelectionChecks& checks) {
  const Units units{report};
  const double limit = limit_of(report, checks);
  const std::string name = checks.model.empty() ? report.best : checks.model;
  const std::string_view least = report.lower_is_better && units.scores() ? "at most" : "at least";
  CheckResult result{fmt::format("{} of {} is {} {}", units.noun(), name.empty() ? "the best model" : name, least,
                                 units.text(limit)),
                     CheckOutcome::undecided,
                     {}};
  if (name.empty()) {
    result.message = "nothing was judged";
    return result;
  }
  const Model& model = model_named(report, name);
  if (model.interval.low >= limit) result.outcome = CheckOutcome::passed;
  if (model.interval.high < limit) result.outcome = CheckOutcome::failed;
  result.message = fmt::format("expected {} {}, came {} ({} with 95 %), after {} of {} calls", least,
                               units.text(limit), units.text(model.win_rate), units.interval_text(model.interval),
                               report.calls + report.known, report.calls_all);
  if (result.outcome == CheckOutcome::undecided) result.message += open_rate_text(report, model);
  return result;
}

// Judged on all queries, with the same sum as the best.
bool ties_with_best(const asking::SelectReport& report, const Model& model) {
  const Model& best = report.models.front();
  const auto whole = [&](const Model& one) { return one.tally.calls() == report.queries; };
  return whole(model) && whole(best) && std::abs(model.win_rate - best.win_rate) < 1e-9;
}

// How much worse than the best the model that is found may be; 0: it is the best.
double tolerance_of(const asking::SelectReport& report) {
  if (!report.stop) return 0;
  return report.stop->goal.good_enough.value_or(report.stop->goal.epsilon);
}

// Of the candidates, and of the baseline if it is one; nullptr: of none.
const Model* find_model(const asking::SelectReport& report, const std::string& name) {
  const auto at = std::ranges::find(report.models, name, &Model::name);
  return at == report.models.end() ? nullptr : &*at;
}

bool is_below(const asking::SelectReport& report, const std::string& name) {
  const Model* const model = find_model(report, name);
  const Model* const found = find_model(report, report.best);
  return model != nullptr && found != nullptr && model->interval.high < found->interval.low;
}

CheckResult check_best(const asking::SelectReport& report, const SelectionChecks& checks) {
  const bool baseline = !report.baseline.empty() && checks.expect_best == report.baseline;
  const Model* const expected = baseline ? nullptr : &model_named(report, checks.expect_best);
  const bool decided = report.stop ? report.stop->decided : all_judged(report);
  const bool same = report.best == checks.expect_best ||
                    (expected != nullptr && !report.keep_baseline && decided && ties_with_best(report, *expected));
  const Units units{report};
  const double tolerance = tolerance_of(report);
  const std::string within =
      tolerance > 0 ? fmt::format("at most {} below the best", units.difference_text(tolerance)) : "";
  CheckResult result{tolerance > 0 ? fmt::format("found, {}, is {}", within, checks.expect_best)
                                   : fmt::format("best is {}", checks.expect_best),
                     CheckOutcome::undecided,
                     {}};
  const bool out = expected != nullptr && report.stop && !expected->possible;
  const bool is_candidate = find_model(report, checks.expect_best) != nullptr;
  const bool fails =
      tolerance > 0 && is_candidate ? is_below(report, checks.expect_best) : decided || (out && tolerance == 0);
  if (decided && same) result.outcome = CheckOutcome::passed;
  if (!same && fails) result.outcome = CheckOutcome::failed;
  const auto rate = [&](const std::string& name) {
    const Model* const model = find_model(report, name);
    return model == nullptr ? std::string()
                            : fmt::format(" ({} {}, {} with 95 %)", units.noun(), units.text(model->win_rate),
                                          units.interval_text(model->interval));
  };
  result.message = fmt::format("expected {}{}, came {}{}", checks.expect_best, rate(checks.expect_best),
                               report.best.empty() ? "none" : report.best, same ? "" : rate(report.best));
  if (tolerance > 0 && decided && result.outcome != CheckOutcome::failed) {
    result.message +=
        same ? ", " + within : fmt::format(": with this tolerance {} may still be better", checks.expect_best);
  }
  if (!decided) {
    result.message +=
        fmt::format(", not decided after {} of {} calls", report.calls + report.known, report.calls_all);
    if (report.stop) {
      const auto possible = std::ranges::count_if(report.models, &Model::possible);
      result.message += fmt::format(": {} models may still be the best", possible);
    }
  }
  return result;
}

}  // namespace

void check_complete(const SelectionChecks& checks, bool written) {
  if (written && !checks_anything(checks)) {
    throw InvalidArgument("`junit` tells of checks: give `fail_below` or `expect_best`");
  }
  if (!checks.model.empty() && !checks.fail_below) {
    throw InvalidArgument("`model` says whose rate `fail_below` is about: give both");
  }
}

std::string_view name(CheckOutcome outcome) {
  switch (outcome) {
    case CheckOutcome::passed: return "passed";
    case CheckOutcome::failed: return "failed";
    case CheckOutcome::undecided: return "undecided";
  }
  return "";
}

std::vector<CheckResult> check_selection(const asking::SelectReport& report, const SelectionChecks& checks) {
  std::vector<CheckResult> results;
  if (checks.fail_below) results.push_back(check_rate(report, checks));
  if (!checks.expect_best.empty()) results.push_back(check_best(report, checks));
  return results;
}

CheckOutcome worst_of(const std::vector<CheckResult>& results) {
  CheckOutcome worst = CheckOutcome::passed;
  for (const CheckResult& result : results) {
    if (result.outcome == CheckOutcome::failed) return CheckOutcome::failed;
    if (result.outcome == CheckOutcome::undecided) worst = CheckOutcome::undecided;
  }
  return worst;
}

}  // namespace assay::app
