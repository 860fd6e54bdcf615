#include "assay/view/trust.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/report/display_width.h"
#include "assay/report/json.h"
#include "assay/report/numbers.h"
#include "assay/report/table.h"
#include "assay/view/rater_agreement.h"

namespace assay::view {
namespace {

constexpr std::size_t kFewJudged = 30;
// "Like one more person" takes so many pairs, and intervals no wider: else a judge that is far worse looks the
// same.
constexpr std::size_t kEnoughJudged = 100;
constexpr double kWideJudge = 0.2;
constexpr double kWidePeople = 0.3;

report::Json habits_json(const app::TrustReport::Habits& habits) {
  const auto share = [](const std::optional<asking::Share>& one) {
    if (!one) return report::Json();
    return report::Json::object()
        .set("share", one->value)
        .set("low", one->interval.low)
        .set("high", one->interval.high)
        .set("of", one->of);
  };
  return report::Json::object()
      .set("draws", share(habits.draws))
      .set("first", share(habits.first))
      .set("longer", share(habits.longer));
}

std::string cell(const std::optional<asking::Share>& share) { return share ? share_text(*share) : "-"; }

std::string together(const app::TrustReport& report) {
  const std::optional<asking::Share>& people = report.people.agreement;
  if (!people) return "of people among themselves nothing is known, as no pair was judged by two";
  return fmt::format("people with one another in {} of {}", share_text(*people),
                     report::counted(people->of, "pair"));
}

// Pairs that make the interval about so wide, on tens rounded up: its width falls as the root of their number.
std::size_t pairs_for(const asking::Share& share, double width) {
  const double factor = (share.interval.high - share.interval.low) / width;
  const double pairs = std::ceil(static_cast<double>(share.of) * factor * factor / 10) * 10;
  return std::max(share.of, static_cast<std::size_t>(pairs));
}

// Empty: there are enough.
std::string too_few_text(const app::TrustReport& report) {
  const asking::Share& judge = *report.agreement;
  const asking::Share& people = *report.people.agreement;
  const bool wide_people = people.interval.high - people.interval.low > kWidePeople;
  if (judge.of >= kEnoughJudged && judge.interval.high - judge.interval.low <= kWideJudge && !wide_people)
    return {};
  std::string text = fmt::format(
      "The two do not clearly differ, but these are too few pairs to tell whether it says what one more person "
      "would: "
      "about {} that it and people judged",
      report::grouped(std::max(kEnoughJudged, pairs_for(judge, kWideJudge))));
  if (wide_people)
    text += fmt::format(", and {} that two people judged,", report::grouped(pairs_for(people, kWidePeople)));
  return text + " would tell, roughly.";
}

// Whether the difference is more than chance may have made.
std::string verdict_on(const app::TrustReport& report) {
  if (!report.agreement || !report.people.agreement) return {};
  const stats::Interval& judge = report.agreement->interval;
  const stats::Interval& people = report.people.agreement->interval;
  if (judge.high < people.low) return "It agrees with people less than they do with one another.";
  if (judge.low > people.high) return "It agrees with people more than they do with one another.";
  if (std::string text = too_few_text(report); !text.empty()) return text;
  return "The two do not clearly differ: by this, it says what one more person would.";
}

std::string habit_line(const char* what, const std::optional<asking::Share>& judge,
                       const std::optional<asking::Share>& people) {
  if (!judge || !people) return {};
  const bool differ = judge->interval.low > people->interval.high || judge->interval.high < people->interval.low;
  if (!differ) return {};
  return fmt::format("The judge {} in {}, people in {}.", what, share_text(*judge), share_text(*people));
}

}  // namespace

std::vector<std::string> summary_of(const app::TrustReport& report) {
  const std::string name = report::shown_name(report.judge);
  if (!report.agreement) {
    return {
        fmt::format("Judge {} and people have judged no pair in common: nothing is known of how far it can be "
                    "trusted.",
                    name)};
  }
  std::vector<std::string> lines{fmt::format("Judge {} agrees with people in {} of {}, {}.", name,
                                             share_text(*report.agreement), report::counted(report.pairs, "pair"),
                                             together(report))};
  if (report.pairs < kFewJudged) lines.emplace_back("These are few pairs: the figures may be far off.");
  for (std::string line :
       {verdict_on(report), habit_line("calls it a draw", report.of_judge.draws, report.of_people.draws),
        habit_line("prefers the answer that it reads first", report.of_judge.first, report.of_people.first),
        habit_line("prefers the longer answer", report.of_judge.longer, report.of_people.longer)}) {
    if (!line.empty()) lines.push_back(std::move(line));
  }
  return lines;
}

std::string to_json(const app::TrustReport& report) {
  report::Json table = report::Json::array();
  for (const auto& row : report.table) table.add(report::Json::array_of(row));
  report::Json raters = report::Json::array();
  for (const app::TrustReport::Rater& rater : report.raters) {
    raters.add(report::Json::object().set("name", rater.name).set("against_judge", share_json(rater.agreement)));
  }
  return report::Json::object()
      .set("study", report.study)
      .set("judge", report.judge)
      .set("baseline", report.baseline)
      .set("pairs", report.pairs)
      .set("agreement", share_json(report.agreement))
      .set("agreement_pooled", share_json(report.agreement_pooled))
      .set("kappa", report.kappa ? report::Json(*report.kappa) : report::Json())
      .set("alpha", alpha_json(report.alpha))
      .set("people_by_judge", std::move(table))
      .set("judge_habits", habits_json(report.of_judge))
      .set("people_habits", habits_json(report.of_people))
      .set("raters", std::move(raters))
      .set("people", to_json(report.people))
      .set("summary", report::Json::array_of(summary_of(report)))
      .set("notes", report::Json::array_of(report.notes))
      .pretty();
}

std::string to_text(const app::TrustReport& report) {
  std::string text;
  for (const std::string& line : summary_of(report)) text += line + "\n";
  if (report.agreement) {
    report::Table habits({{"95 %"}, {"judge", report::Align::right}, {"people", report::Align::right}});
    habits.add_row({"draws", cell(report.of_judge.draws), cell(report.of_people.draws)});
    habits.add_row({"for the one read first", cell(report.of_judge.first), cell(report.of_people.first)});
    habits.add_row({"for the longer one", cell(report.of_judge.longer), cell(report.of_people.longer)});
    text += "\n" + habits.text();
    report::Table table({{"people say, judge says"},
                         {"loss", report::Align::right},
                         {"draw", report::Align::right},
                         {"win", report::Align::right}});
    constexpr std::array kNames = {"loss", "draw", "win"};
    for (std::size_t i = 0; i < 3; ++i) {
      const auto& row = report.table[i];
      table.add_row({kNames[i], report::grouped(row[0]), report::grouped(row[1]), report::grouped(row[2])});
    }
    text += "\n" + table.text();
    if (report.agreement_pooled) {
      text += fmt::format("\nWith what people say together it agrees in {}", share_text(*report.agreement_pooled));
      if (report.kappa) text += fmt::format(", Cohen's kappa {:.2f}", *report.kappa);
      if (report.alpha) {
        text += fmt::format(", Krippendorff's alpha {:.2f} ({:.2f} .. {:.2f})", report.alpha->value,
                            report.alpha->interval.low, report.alpha->interval.high);
      }
      text += ".\n";
      if (share_text(*report.agreement_pooled) != share_text(*report.agreement)) {
        text +=
            "That differs from the first figure, the share of single people who say what it says: where people "
            "differ, "
            "together they say what most of them do, or a draw.\n";
      }
    }
  }
  text += "\n";
  for (const std::string& line : summary_of(report.people)) text += line + "\n";
  report::Table raters({{"person"},
                        {"verdicts", report::Align::right},
                        {"alone", report::Align::right},
                        {"as the others", report::Align::right},
                        {"as the judge", report::Align::right}});
  for (const asking::RaterAgreement::Rater& rater : report.people.raters) {
    std::optional<asking::Share> judge;
    for (const app::TrustReport::Rater& one : report.raters) {
      if (one.name == rater.name) judge = one.agreement;
    }
    raters.add_row({rater.name.empty() ? "(no name)" : rater.name, report::grouped(rater.verdicts),
                    report::grouped(rater.alone), cell(rater.against_rest), cell(judge)});
  }
  text += "\n" + raters.text();
  for (const std::string& note : report.notes) text += "\nNote: " + escaped(note);
  return text;
}

}  // namespace assay::view
