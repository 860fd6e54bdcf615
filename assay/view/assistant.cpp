#include "assay/view/assistant.h"

#include <fmt/format.h>

#include <optional>

#include "assay/core/utf8.h"
#include "assay/report/display_width.h"
#include "assay/report/numbers.h"

namespace assay::view {
namespace {

report::Json number_or_null(const std::optional<double>& value) {
  return value ? report::Json(*value) : report::Json();
}

// Not of what is known of all that there is.
std::string agreed_text(const asking::AssistantReport& report) {
  std::string text = "agrees in " + report::percent(*report.agreement, 0) + " of the " +
                     report::counted(report.both, "call", "calls") + " that both judged";
  if (!(report.interval.low < report.interval.high)) return text;
  return text + fmt::format(" (95 %: {:.0f} .. ", 100 * report.interval.low) +
         report::percent(report.interval.high, 0) + ")";
}

std::string correlated_text(const asking::AssistantReport& report) {
  const std::string calls = report::counted(report.both, "call", "calls") + " that both judged";
  if (!report.correlation) return "of the " + calls + " one of the two says the same of all";
  return fmt::format("correlates by {:.2f} over the ", *report.correlation) + calls +
         fmt::format(" (95 %: {:.2f} .. {:.2f})", report.interval.low, report.interval.high);
}

}  // namespace

report::Json to_json(const asking::AssistantReport& report) {
  const bool measured = report.agreement || report.correlation;
  return report::Json::object()
      .set("judge", report.judge)
      .set("both", report.both)
      .set("agreement", number_or_null(report.agreement))
      .set("correlation", number_or_null(report.correlation))
      .set("low", measured ? report::Json(report.interval.low) : report::Json())
      .set("high", measured ? report::Json(report.interval.high) : report::Json())
      .set("winner", report.winner);
}

std::string to_text(const asking::AssistantReport& report) {
  const std::string text = report.both == 0   ? "no call was judged by both"
                           : report.agreement ? agreed_text(report)
                                              : correlated_text(report);
  return "Assistant judge " + shown_assistant(report.judge) + ": " + text + "; its own winner would have been " +
         report::shown_name(report.winner);
}

std::string shown_assistant(const std::string& name) { return report::shown_name(name); }

}  // namespace assay::view
