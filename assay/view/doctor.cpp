#include "assay/view/doctor.h"

#include <fmt/format.h>

#include <utility>

#include "assay/core/field_names.h"
#include "assay/core/money.h"
#include "assay/core/utf8.h"
#include "assay/report/display_width.h"
#include "assay/report/json.h"
#include "assay/report/numbers.h"
#include "assay/report/wrapped_text.h"

namespace assay::view {
namespace {

using asking::JudgeExam;

constexpr std::size_t kSentenceColumns = 88;  // of a sentence

template <typename Value>
report::Json value_or_null(const std::optional<Value>& value) {
  return value ? report::Json(*value) : report::Json();
}

report::Json money_or_null(const std::optional<Money>& money) {
  return money ? report::Json(money->micros) : report::Json();
}

const char* schema_name(JudgeExam::Schema schema) {
  switch (schema) {
    case JudgeExam::Schema::untried: return nullptr;
    case JudgeExam::Schema::kept: return "kept";
    case JudgeExam::Schema::ignored: return "ignored";
    case JudgeExam::Schema::refused: return "refused";
  }
  return nullptr;
}

report::Json failures_json(const std::vector<std::size_t>& failures) {
  report::Json json = report::Json::object();
  for (std::size_t i = 1; i < failures.size(); ++i) {
    if (failures[i] > 0) json.set(judge::name(static_cast<judge::CallFailure>(i)), failures[i]);
  }
  return json;
}

report::Json findings_json(const std::vector<app::Finding>& findings) {
  report::Json json = report::Json::array();
  for (const app::Finding& finding : findings) {
    json.add(report::Json::object()
                 .set("about", finding.about)
                 .set("level", app::name(finding.level))
                 .set("text", with_options(finding.text))
                 .set("advice", finding.advice.empty() ? report::Json() : with_options(finding.advice)));
  }
  return json;
}

std::string conclusion(const app::DoctorReport& report) {
  if (!report.can_judge) return "was not asked enough to tell whether it can serve as a judge";
  if (*report.can_judge) return "can serve as a judge";
  std::string options;
  if (report.exam.needs_completion_tokens) options += " --completion-tokens";
  if (report.exam.needs_no_temperature) options += " --no-judge-temperature";
  const bool otherwise = !options.empty() && report.exam.verdicts() > 0;
  return otherwise ? "can serve as a judge only with" + options : "can't serve as a judge";
}

}  // namespace

std::string to_json(const app::DoctorReport& report) {
  const JudgeExam& exam = report.exam;
  const char* schema = schema_name(exam.schema);
  report::Json limits = report::Json::object();
  for (const auto& [name, value] : exam.rate_limits) limits.set(name, value);
  report::Json latency;
  if (exam.latency) {
    latency = report::Json::object()
                  .set("least", exam.latency->least)
                  .set("median", exam.latency->median)
                  .set("most", exam.latency->most);
  }
  report::Json json = report::Json::object().set("url", exam.url).set("model", exam.model);
  json.set("can_judge", value_or_null(report.can_judge)).set("findings", findings_json(report.findings));
  json.set("requests", exam.requests).set("requests_failed", failures_json(exam.failures));
  json.set("questions", exam.answers.size()).set("verdicts", exam.verdicts());
  json.set("answers_as", exam.answers_as.empty() ? report::Json() : report::Json(exam.answers_as));
  json.set("json_schema", schema == nullptr ? report::Json() : report::Json(schema));
  json.set("needs_completion_tokens", exam.needs_completion_tokens);
  json.set("needs_no_temperature", exam.needs_no_temperature);
  json.set("usage", report::Json::array_of(exam.usage)).set("usage_certain", exam.usage_certain);
  json.set("reasons", exam.thoughts).set("reasoning_tokens", value_or_null(exam.reasoning));
  json.set("tokens_in", value_or_null(exam.tokens_in)).set("tokens_out", value_or_null(exam.tokens_out));
  json.set("longest_reply", value_or_null(exam.longest_reply)).set("max_tokens", exam.max_tokens);
  json.set("seconds", latency).set("rate_limits", limits);
  json.set("cost", money_or_null(exam.cost)).set("verdict_cost", money_or_null(exam.verdict_cost));
  json.set("cost_certain", exam.cost_certain).set("max_cost", money_or_null(exam.most_cost));
  return json.pretty();
}

std::string to_text(const app::DoctorReport& report) {
  const JudgeExam& exam = report.exam;
  std::string text = fmt::format("{} at {} {}.\n", report::shown_name(exam.model), report::shown_name(exam.url),
                                 conclusion(report));
  text += report::counted(exam.requests, "request") + " sent";
  if (exam.cost) text += ", which cost " + dollars_text(*exam.cost) + (exam.cost_certain ? "" : " at most");
  text += "\n\n";
  for (const app::Finding& finding : report.findings) {
    std::string first = fmt::format("{:<8} {:<12} ", app::name(finding.level), finding.about);
    const std::string blank(first.size(), ' ');
    for (const std::string& line : report::wrapped_lines(with_options(finding.text), kSentenceColumns)) {
      text += std::exchange(first, blank) + line + "\n";
    }
    bool begins = true;
    for (const std::string& line : report::wrapped_lines(with_options(finding.advice), kSentenceColumns - 3)) {
      text += blank + (std::exchange(begins, false) ? "-> " : "   ") + line + "\n";
    }
  }
  return text;
}

}  // namespace assay::view
