#include "assay/view/rater_agreement.h"

#include <fmt/format.h>

#include <algorithm>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/report/numbers.h"

namespace assay::view {
namespace {

constexpr std::size_t kFewPairs = 30;  // Below, an interval is too wide to tell anything

std::string alpha_text(const stats::Alpha& alpha) {
  return fmt::format("{:.2f} ({:.2f} .. {:.2f})", alpha.value, alpha.interval.low, alpha.interval.high);
}

}  // namespace

report::Json share_json(const std::optional<asking::Share>& share) {
  if (!share) return {};
  return report::Json::object()
      .set("agreement", share->value)
      .set("low", share->interval.low)
      .set("high", share->interval.high)
      .set("pairs", share->of);
}

report::Json alpha_json(const std::optional<stats::Alpha>& alpha) {
  if (!alpha) return {};
  return report::Json::object()
      .set("value", alpha->value)
      .set("low", alpha->interval.low)
      .set("high", alpha->interval.high)
      .set("pairs", alpha->units);
}

report::Json to_json(const asking::RaterAgreement& agreement) {
  report::Json raters = report::Json::array();
  for (const asking::RaterAgreement::Rater& rater : agreement.raters) {
    raters.add(report::Json::object()
                   .set("name", rater.name)
                   .set("verdicts", rater.verdicts)
                   .set("alone", rater.alone)
                   .set("against_rest", share_json(rater.against_rest)));
  }
  return report::Json::object()
      .set("raters", std::move(raters))
      .set("verdicts", agreement.verdicts)
      .set("pairs", agreement.pairs)
      .set("pairs_twice", agreement.pairs_twice)
      .set("agreement", share_json(agreement.agreement))
      .set("alpha", alpha_json(agreement.ordinal))
      .set("alpha_nominal", alpha_json(agreement.nominal))
      .set("summary", report::Json::array_of(summary_of(agreement)));
}

std::string share_text(const asking::Share& share) {
  return fmt::format("{:.0f} % ({:.0f} .. {:.0f})", 100 * share.value, 100 * share.interval.low,
                     100 * share.interval.high);
}

std::vector<std::string> summary_of(const asking::RaterAgreement& agreement) {
  const std::string gave =
      fmt::format("{} gave {} on {}.", report::counted(agreement.raters.size(), "person", "people"),
                  report::counted(agreement.verdicts, "verdict"), report::counted(agreement.pairs, "pair"));
  if (!agreement.agreement) {
    return {gave, "No pair was judged by two of them: how far they agree is not known."};
  }
  std::string agree = fmt::format("Two people say the same in {} of {} that several judged",
                                  share_text(*agreement.agreement), report::counted(agreement.pairs_twice, "pair"));
  if (agreement.ordinal) agree += "; beyond chance, Krippendorff's alpha is " + alpha_text(*agreement.ordinal);
  std::vector<std::string> lines{gave, agree + "."};
  if (agreement.pairs_twice < kFewPairs) lines.emplace_back("These are few pairs: the figures may be far off.");
  const auto differs = [](const asking::RaterAgreement::Rater& one) {
    return one.against_rest && one.against_rest->interval.high < 0.5;
  };
  for (const asking::RaterAgreement::Rater& rater : agreement.raters) {
    if (!differs(rater) || agreement.raters.size() < 3) continue;
    lines.push_back(fmt::format("{} says the same as the others in {} only.", quoted(rater.name),
                                share_text(*rater.against_rest)));
  }
  return lines;
}

}  // namespace assay::view
