#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "assay/core/utf8.h"
#include "assay/report/display_width.h"
#include "assay/report/numbers.h"
#include "assay/report/table.h"
#include "assay/view/measure.h"
#include "assay/view/page.h"

namespace assay::view {
namespace {

using app::SelectionComparison;

report::Json json_of(const asking::SelectReport& report, const asking::SelectReport::Model& model) {
  return report::Json::object()
      .set("win_rate", model.win_rate)
      .set("low", model.interval.low)
      .set("high", model.interval.high)
      .set("probability", model.probability)
      .set("best", model.name == report.best)
      .set("possible", model.possible)
      .set("calls", model.tally.calls());
}

report::Json json_of(const SelectionComparison::Pair& pair) {
  report::Json differences = report::Json::array();
  for (const SelectionComparison::Pair::Difference& one : pair.differences) {
    differences.add(report::Json::object()
                        .set("model", one.model)
                        .set("difference", one.mean)
                        .set("low", one.low)
                        .set("high", one.high)
                        .set("calls", one.calls));
  }
  report::Json agreement;
  if (pair.agreement) {
    agreement = report::Json::object()
                    .set("share", static_cast<double>(pair.same) / static_cast<double>(pair.calls))
                    .set("low", pair.agreement->low)
                    .set("high", pair.agreement->high)
                    .set("count", pair.same)
                    .set("of", pair.calls);
  }
  return report::Json::object()
      .set("first", pair.first)
      .set("second", pair.second)
      .set("queries", pair.queries)
      .set("models", pair.models)
      .set("agreement", agreement)
      .set("differences", differences);
}

bool is_decided(const asking::SelectReport& report) {
  return report.stop ? report.stop->decided : report.calls + report.known == report.calls_all;
}

// "a in x.assay, b in y.assay".
std::string who_text(const SelectionComparison& comparison) {
  std::string text;
  for (const app::ComparedSelection& one : comparison.selections) {
    text += (text.empty() ? "" : ", ") +
            (one.report->best.empty() ? std::string("none") : report::shown_name(one.report->best)) + " in " +
            report::shown_name(one.source) + (is_decided(*one.report) ? "" : " (undecided)");
  }
  return text;
}

// "; x and y chose from the same", of those that can be held against each other.
std::string comparable_text(const SelectionComparison& comparison) {
  std::string text;
  for (const std::vector<std::size_t>& group : comparison.same_models) {
    if (group.size() < 2) continue;
    text += "; ";
    for (std::size_t i = 0; i < group.size(); ++i) {
      text += (i == 0                  ? ""
               : i + 1 == group.size() ? " and "
                                       : ", ") +
              report::shown_name(comparison.selections[group[i]].source);
    }
    text += " chose from the same";
  }
  return text.empty() ? "; no two chose from the same" : text;
}

std::string agree_text(const SelectionComparison& comparison) {
  if (!comparison.decided) return "Not all have decided: " + who_text(comparison);
  const bool same_models = comparison.same_models.size() == 1;
  if (comparison.agree == true) {
    const std::string best = report::shown_name(comparison.selections.front().report->best);
    if (comparison.tolerance) {
      return fmt::format("All {} found {}; with a tolerance another may be a little better",
                         comparison.selections.size(), best);
    }
    if (same_models) return fmt::format("All {} agree: {} is the best", comparison.selections.size(), best);
    return fmt::format("All {} found {}, though they chose from different models", comparison.selections.size(),
                       best);
  }
  if (!same_models) {
    return "They chose from different models: " + who_text(comparison) + comparable_text(comparison);
  }
  if (comparison.tolerance) {
    return "They found different models, which with a tolerance is no contradiction: " + who_text(comparison);
  }
  return "They disagree on the best: " + who_text(comparison);
}

std::string pair_text(const SelectionComparison& comparison, const SelectionComparison::Pair& pair) {
  std::string text = fmt::format(
      "{} and {} have {} and {} in common", report::shown_name(comparison.selections[pair.first].source),
      report::shown_name(comparison.selections[pair.second].source),
      report::counted(pair.queries, "query", "queries"), report::counted(pair.models, "model"));
  if (!pair.agreement) return text + "; no call was judged in both";
  text += fmt::format("; of {} judged in both {} came out the same ({} .. {})", report::counted(pair.calls, "call"),
                      report::percent(static_cast<double>(pair.same) / static_cast<double>(pair.calls), 1),
                      report::fixed(100 * pair.agreement->low, 1), report::percent(pair.agreement->high, 1));
  const auto differs =
      std::ranges::count_if(pair.differences, [](const auto& one) { return one.low > 0 || one.high < 0; });
  return text + fmt::format("; {} of {} differ on them, by 95 % intervals", differs,
                            report::counted(pair.differences.size(), "model"));
}

std::string table_text(const SelectionComparison& comparison) {
  std::vector<report::Table::Column> columns = {{"model"}};
  for (const app::ComparedSelection& one : comparison.selections) {
    columns.push_back({report::shown_name(one.source), report::Align::right});
  }
  report::Table table(columns);
  for (const SelectionComparison::Model& model : comparison.models) {
    std::vector<std::string> cells = {report::shown_name(model.name)};
    for (std::size_t i = 0; i < model.in.size(); ++i) {
      const asking::SelectReport& report = *comparison.selections[i].report;
      if (model.in[i] == nullptr) {
        cells.emplace_back("-");
        continue;
      }
      const std::string best = model.name == report.best ? " best" : "";
      cells.push_back(value_text(report, model.in[i]->win_rate) + best);
    }
    table.add_row(cells);
  }
  return table.text(false);
}

}  // namespace

PageDocument comparison_document(const SelectionComparison& comparison) {
  PageDocument document{.kind = "comparison", .title = "Comparison", .source = ""};
  document.summary = {agree_text(comparison)};
  for (const SelectionComparison::Pair& pair : comparison.pairs)
    document.summary.push_back(pair_text(comparison, pair));
  for (const std::string& line : document.summary) document.text += line + "\n";
  document.text += "\n" + table_text(comparison);
  report::Json studies = report::Json::array();
  report::Json best = report::Json::array();
  for (const app::ComparedSelection& one : comparison.selections) {
    studies.add(one.source);
    best.add(one.report->best.empty() ? report::Json() : report::Json(one.report->best));
  }
  report::Json models = report::Json::array();
  for (const SelectionComparison::Model& model : comparison.models) {
    report::Json in = report::Json::array();
    for (std::size_t i = 0; i < model.in.size(); ++i) {
      in.add(model.in[i] == nullptr ? report::Json() : json_of(*comparison.selections[i].report, *model.in[i]));
    }
    models.add(report::Json::object().set("name", model.name).set("in", in));
  }
  report::Json pairs = report::Json::array();
  for (const SelectionComparison::Pair& pair : comparison.pairs) pairs.add(json_of(pair));
  document.report = report::Json::object()
                        .set("studies", studies)
                        .set("best", best)
                        .set("agree", comparison.agree ? report::Json(*comparison.agree) : report::Json())
                        .set("models", models)
                        .set("pairs", pairs);
  return document;
}

}  // namespace assay::view
