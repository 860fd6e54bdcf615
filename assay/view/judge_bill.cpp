#include "assay/view/judge_bill.h"

#include <fmt/format.h>

#include <numeric>

#include "assay/core/money.h"
#include "assay/core/utf8.h"
#include "assay/report/display_width.h"
#include "assay/report/numbers.h"
#include "assay/view/answering.h"

namespace assay::view {
namespace {

constexpr std::size_t kWideRange = 3;  // times the least calls

double share(std::size_t part, std::size_t whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0.0;
}

// {"unreadable": 2, ...}: those that happened.
template <typename Counts>
report::Json by_failure(const Counts& counts) {
  report::Json json = report::Json::object();
  for (std::size_t i = 1; i < counts.size(); ++i) {
    if (counts[i] > 0) json.set(judge::name(static_cast<judge::CallFailure>(i)), counts[i]);
  }
  return json;
}

template <typename Counts>
std::string failures_text(const Counts& counts) {
  std::string text;
  for (std::size_t i = 1; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    text += (text.empty() ? "" : ", ") + report::grouped(counts[i]) + " " +
            std::string(judge::name(static_cast<judge::CallFailure>(i)));
  }
  return text;
}

report::Json json_or_null(const std::optional<Money>& money) {
  return money ? report::Json(money->micros) : report::Json();
}

report::Json range_json(std::int64_t from, std::int64_t to) { return report::Json::array().add(from).add(to); }
report::Json range_json(std::size_t from, std::size_t to) { return report::Json::array().add(from).add(to); }

// What is only likely needs no more than cents, where there are any.
std::string about_dollars(Money money) {
  constexpr std::int64_t kCent = 10'000;
  return dollars_text(money.micros >= kCent ? Money{(money.micros + kCent / 2) / kCent * kCent} : money);
}

std::string cost_text(const asking::JudgeEstimate& estimate, bool stops) {
  if (!estimate.cost || !estimate.cost_most || !estimate.cost_from || !estimate.cost_to) {
    return "no price is known, --prices names them";
  }
  const std::string most = "at most " + dollars_text(*estimate.cost_most);
  if (!stops) return "probably " + about_dollars(*estimate.cost) + ", " + most;
  const bool everything = estimate.calls == estimate.calls_all;
  return "probably " + about_dollars(*estimate.cost_from) + " to " + about_dollars(*estimate.cost_to).substr(1) +
         (everything ? ", judging everything " : ", the whole budget ") + about_dollars(*estimate.cost) + " (" +
         most + ")";
}

std::string pairs_text(const asking::PairTally& pairs) {
  std::string text;
  if (pairs.both_orders > 0) {
    text += "Order: of " + report::counted(pairs.both_orders, "pair") + " judged in both orders " +
            report::percent(share(pairs.flips, pairs.both_orders), 1) + " contradicted themselves (a draw), " +
            report::percent(share(pairs.half_flips, pairs.both_orders), 1) + " were a tie in one order only\n";
  }
  const std::size_t verdicts = pairs.first + pairs.second + pairs.ties;
  if (verdicts > 0) {
    text += "Verdicts: " + report::percent(share(pairs.first, verdicts), 1) +
            " for the response that stood first, " + report::percent(share(pairs.second, verdicts), 1) +
            " for the second, " + report::percent(share(pairs.ties, verdicts), 1) + " ties\n";
  }
  if (pairs.no_response > 0)
    text += report::counted(pairs.no_response, "call") + " not asked, a response is missing\n";
  return text;
}

}  // namespace

report::Json to_json(const asking::JudgeBill& bill) {
  const judge::CallCounts& counts = bill.counts;
  report::Json json = report::Json::object().set("url", bill.url).set("model", bill.model);
  json.set("requests", counts.requests()).set("requests_failed", by_failure(counts.sent));
  json.set("from_study", counts.from_study).set("unanswered", by_failure(bill.failures));
  json.set("most_at_once", counts.most_in_flight);
  json.set("tokens_in", counts.tokens_in).set("tokens_out", counts.tokens_out);
  json.set("cost", json_or_null(bill.cost));
  json.set("cost_possibly_more", bill.cost ? report::Json(bill.possibly_more.micros) : report::Json());
  json.set("spent", bill.spent.micros).set("spent_killed_at_most", bill.lost.micros);
  json.set("max_cost", json_or_null(bill.most_cost));
  if (bill.asking) json.set("order", asking::name(bill.asking->order)).set("repeats", bill.asking->repeats);
  if (bill.pairs) {
    json.set("pairs_in_both_orders", bill.pairs->both_orders).set("flips", bill.pairs->flips);
    json.set("half_flips", bill.pairs->half_flips);
    json.set("flip_rate", bill.pairs->both_orders > 0
                              ? report::Json(share(bill.pairs->flips, bill.pairs->both_orders))
                              : report::Json());
    json.set("for_first", bill.pairs->first).set("for_second", bill.pairs->second).set("ties", bill.pairs->ties);
    json.set("no_response", bill.pairs->no_response);
  }
  return json;
}

std::string to_text(const asking::JudgeBill& bill) {
  const judge::CallCounts& counts = bill.counts;
  std::string text = "Judge: " + report::shown_name(bill.model) + " at " + report::shown_name(bill.url) + ", " +
                     report::counted(counts.requests(), "request") + " sent, " +
                     report::grouped(counts.from_study) + " answered from the study\n";
  const std::string failed = failures_text(counts.sent);
  if (!failed.empty()) text += "Failed requests, those tried again included: " + failed + "\n";
  const std::string unanswered = failures_text(bill.failures);
  if (!unanswered.empty()) text += "Questions that stayed without an answer: " + unanswered + "\n";
  if (bill.pairs) text += pairs_text(*bill.pairs);
  text += "Tokens: " + report::grouped(counts.tokens_in) + " in, " + report::grouped(counts.tokens_out) + " out";
  text += bill.cost
              ? "; cost " + dollars_text(*bill.cost) +
                    (bill.possibly_more.micros > 0
                         ? ", possibly " + dollars_text(bill.possibly_more) + " more for requests without a reply"
                         : "") +
                    ", all runs of the study " + dollars_text(bill.spent)
              : "; no price is known, --prices names them";
  if (bill.most_cost) text += " of at most " + dollars_text(*bill.most_cost);
  text += "\n";
  if (bill.lost > Money{}) {
    text += "Of this at most " + dollars_text(bill.lost) +
            " are calls that were under way when a run was killed: they may have been billed, and count\n";
  }
  return text;
}

std::string to_json(const asking::JudgeEstimate& estimate) {
  report::Json json =
      report::Json::object().set("dry_run", true).set("url", estimate.url).set("model", estimate.model);
  json.set("calls", estimate.calls).set("requests", estimate.questions).set("from_study", estimate.from_study);
  json.set("probable_calls", range_json(estimate.probable.least, estimate.probable.most));
  json.set("tokens_in", estimate.tokens_in).set("tokens_in_at_most", estimate.tokens_in_most);
  json.set("tokens_out", estimate.tokens_out).set("tokens_out_at_most", estimate.tokens_out_most);
  json.set("replies_seen", estimate.replies_seen);
  json.set("probable_cost", estimate.cost_from && estimate.cost_to
                                ? range_json(estimate.cost_from->micros, estimate.cost_to->micros)
                                : report::Json());
  json.set("cost", json_or_null(estimate.cost)).set("cost_at_most", json_or_null(estimate.cost_most));
  json.set("spent", estimate.spent.micros).set("max_cost", json_or_null(estimate.most_cost));
  json.set("answering", estimate.answering ? to_json(*estimate.answering) : report::Json());
  return json.pretty();
}

std::string to_text(const asking::JudgeEstimate& estimate) {
  const bool stops = estimate.probable.least < estimate.calls;  // probably, before all is asked
  if (estimate.model.empty() && estimate.answering) return "Nothing was sent. " + to_text(*estimate.answering);
  std::string text = "Nothing was sent. Judge " + report::shown_name(estimate.model) + " at " +
                     report::shown_name(estimate.url) + " would be asked for\n";
  text += "  ";
  if (stops) {
    text += "probably " + report::grouped(estimate.probable.least) + " to " +
            report::counted(estimate.probable.most, "new call") + ", ";
  }
  text +=
      "at most " + report::counted(estimate.calls, "call") + ", " + report::counted(estimate.questions, "request") +
      (estimate.from_study > 0 ? " (" + report::grouped(estimate.from_study) + " more are answered from the study)"
                               : "") +
      "\n";
  text += std::string("  ") + (stops ? "for all of them " : "") + "about " + report::grouped(estimate.tokens_in) +
          " tokens in (at most " + report::grouped(estimate.tokens_in_most) + "), about " +
          report::grouped(estimate.tokens_out) + " out (at most " + report::grouped(estimate.tokens_out_most) +
          ")\n";
  text += "  " + cost_text(estimate, stops) + "\n";
  if (estimate.answering) text += to_text(*estimate.answering);
  if (stops && estimate.probable.most > kWideRange * estimate.probable.least) {
    text += "That is a wide range: few if one model is far ahead, many if the best are close\n";
  }
  if (estimate.spent.micros > 0) text += "All runs of the study so far: " + dollars_text(estimate.spent) + "\n";
  if (estimate.most_cost)
    text += "--max-cost ends the run at " + dollars_text(*estimate.most_cost) + " of all runs together\n";
  text += estimate.replies_seen > 0
              ? "Replies are taken to be as long as the " + report::grouped(estimate.replies_seen) +
                    " that the study has of this judge"
              : "Tokens are guessed from bytes, four a token, and replies are taken to be short, without thoughts "
                "that are billed";
  return text + "; tries that fail come on top\n";
}

}  // namespace assay::view
