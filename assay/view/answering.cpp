#include "assay/view/answering.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "assay/asking/candidate_prices.h"
#include "assay/core/money.h"
#include "assay/report/numbers.h"
#include "assay/report/table.h"

namespace assay::view {
namespace {

template <typename Value>
report::Json known_or_null(const std::optional<Value>& value) {
  return value ? report::Json(*value) : report::Json();
}

report::Json micros_or_null(const std::optional<Money>& money) {
  return money ? report::Json(money->micros) : report::Json();
}

std::string dollars_of(double dollars) {
  return dollars_text(Money{static_cast<std::int64_t>(std::llround(1e6 * dollars))});
}

Money cost_of_answers(const asking::AnsweringReport& report) {
  Money sum;
  for (const asking::AnsweringReport::Model& model : report.models) sum += model.cost.value_or(Money{});
  return sum;
}

// By candidate.
bool tells_judging(const asking::AnsweringReport& report) {
  return std::any_of(report.models.begin(), report.models.end(),
                     [](const asking::AnsweringReport::Model& model) { return model.judging.has_value(); });
}

}  // namespace

report::Json to_json(const asking::AnsweringReport& report) {
  report::Json models = report::Json::array();
  for (const asking::AnsweringReport::Model& model : report.models) {
    report::Json json = report::Json::object().set("name", model.name).set("answers_before", model.there);
    json.set("answers_made", model.made).set("failed", model.failed).set("truncated", model.truncated);
    json.set("tokens_in", model.tokens_in).set("tokens_out", model.tokens_out);
    json.set("cost", micros_or_null(model.cost)).set("cost_possibly_more", model.possibly_more.micros);
    json.set("judging_cost", micros_or_null(model.judging));
    json.set("mean_cost", known_or_null(model.mean_cost)).set("mean_seconds", known_or_null(model.mean_seconds));
    if (report.per_month) {
      json.set("cost_per_month",
               model.mean_cost ? report::Json(*model.mean_cost * *report.per_month) : report::Json());
    }
    json.set("gone", model.gone);
    models.add(std::move(json));
  }
  report::Json json = report::Json::object().set("prompts", report.prompts);
  json.set("cost", cost_of_answers(report).micros).set("cost_of_everything", known_or_null(report.everything));
  return json.set("models", std::move(models));
}

std::string to_text(const asking::AnsweringReport& report, const std::optional<Money>& judge, bool colour) {
  std::size_t made = 0, before = 0;
  bool priced = true;
  for (const asking::AnsweringReport::Model& model : report.models) {
    made += model.made;
    before += model.there;
    priced = priced && (model.cost || model.made == 0);
  }
  const std::size_t all = report.models.size() * report.prompts;
  std::string text = "Answers: " + report::grouped(made) + " made, " + report::grouped(before) +
                     " there before, of " + report::grouped(all);
  const Money spent = cost_of_answers(report);
  if (priced) {
    text += "; cost " + dollars_text(spent);
    if (judge) text += ", judging " + dollars_text(*judge) + ", together " + dollars_text(spent + *judge);
  } else {
    text += "; what they cost is not known, \"price\" of a candidate tells it";
  }
  if (report.everything) text += "; making and judging all would cost about " + dollars_of(*report.everything);
  text += "\n";
  std::vector<report::Table::Column> columns = {{"candidate"},
                                                {"made", report::Align::right},
                                                {"failed", report::Align::right},
                                                {"tokens out", report::Align::right},
                                                {"cost", report::Align::right}};
  const bool judging = tells_judging(report);
  if (judging) columns.push_back({"judging", report::Align::right});
  columns.push_back({"per 1,000 prompts", report::Align::right});
  columns.push_back({"seconds", report::Align::right});
  if (report.per_month) columns.push_back({"per month", report::Align::right});
  report::Table table(columns);
  const std::string unknown = "-";
  for (const asking::AnsweringReport::Model& model : report.models) {
    std::vector<std::string> row = {model.name + (model.gone.empty() ? "" : " (left)"), report::grouped(model.made),
                                    report::grouped(model.failed), report::grouped(model.tokens_out),
                                    model.cost ? dollars_text(*model.cost) : unknown};
    if (judging) row.push_back(model.judging ? dollars_text(*model.judging) : unknown);
    row.push_back(model.mean_cost ? dollars_of(1000 * *model.mean_cost) : unknown);
    row.push_back(model.mean_seconds ? report::fixed(*model.mean_seconds, 1) : unknown);
    if (report.per_month) {
      row.push_back(model.mean_cost ? dollars_of(*report.per_month * *model.mean_cost) : unknown);
    }
    table.add_row(std::move(row));
  }
  return text + table.text(colour);
}

report::Json to_json(const asking::AnsweringEstimate& estimate) {
  return report::Json::object()
      .set("candidates", estimate.candidates)
      .set("answers_at_most", estimate.answers)
      .set("probable_cost",
           estimate.cost_from && estimate.cost_to
               ? report::Json::array().add(estimate.cost_from->micros).add(estimate.cost_to->micros)
               : report::Json())
      .set("cost", micros_or_null(estimate.cost))
      .set("cost_at_most", micros_or_null(estimate.cost_most))
      .set("lengths_guessed", estimate.guessed);
}

std::string to_text(const asking::AnsweringEstimate& estimate) {
  std::string text = report::counted(estimate.candidates, "candidate", "candidates") + " would make at most " +
                     report::counted(estimate.answers, "answer");
  if (estimate.cost_from && estimate.cost_to && estimate.cost_most) {
    text += ", probably for " + dollars_text(*estimate.cost_from) + " to " +
            dollars_text(*estimate.cost_to).substr(1) + " (at most " + dollars_text(*estimate.cost_most) + ")";
  } else {
    text += "; what that costs is not known: a program tells no price, or a \"price\" is missing";
  }
  text += "\n";
  if (estimate.guessed) {
    text += fmt::format("Answers are taken to be {} tokens long where a candidate has given none yet\n",
                        asking::kLikelyAnswer);
  }
  return text;
}

}  // namespace assay::view
