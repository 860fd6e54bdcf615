#include "assay/view/page.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "assay/asking/oracles.h"
#include "assay/core/utf8.h"
#include "assay/core/version.h"
#include "assay/view/page_html.h"
#include "assay/view/select.h"

namespace assay::view {
namespace {

using asking::JudgeHabit;
using asking::JudgeReply;

constexpr std::size_t kSummaryLines = 3;
constexpr std::size_t kTextShown = 4000;    // bytes of each text of an exchange on a page without a server
constexpr std::size_t kExchangesRead = 64;  // at a time

struct HabitWords {
  std::string_view name, text;
};

HabitWords words_of(JudgeHabit::Kind kind) {
  switch (kind) {
    case JudgeHabit::Kind::no_verdict: return {"no_verdict", "calls without a verdict"};
    case JudgeHabit::Kind::draws: return {"draws", "draws"};
    case JudgeHabit::Kind::longer_preferred: return {"longer_preferred", "the longer response is preferred"};
    case JudgeHabit::Kind::first_preferred:
      return {"first_preferred", "the response that stood first is preferred"};
    case JudgeHabit::Kind::orders_contradict:
      return {"orders_contradict", "pairs in both orders that contradict themselves"};
  }
  return {};
}

report::Json json_of(const JudgeHabit& habit) {
  const auto [name, text] = words_of(habit.kind);
  return report::Json::object()
      .set("name", name)
      .set("text", text)
      .set("share", habit.share())
      .set("low", habit.interval.low)
      .set("high", habit.interval.high)
      .set("count", habit.count)
      .set("of", habit.of);
}

template <typename T>
report::Json or_null(const std::optional<T>& value) {
  return value ? report::Json(*value) : report::Json();
}

report::Json judge_json(const asking::SelectReport& report, const asking::JudgeHabits& habits) {
  report::Json all = report::Json::array();
  for (const JudgeHabit& habit : habits.habits) all.add(json_of(habit));
  report::Json failures = report::Json::array();
  for (const asking::JudgeHabits::Failure& failure : habits.failures) {
    failures.add(report::Json::object().set("why", judge::name(failure.why)).set("count", failure.count));
  }
  return report::Json::object()
      .set("oracle", report.oracle)
      .set("title", report.judge)
      .set("habits", all)
      .set("cost", habits.cost ? report::Json(habits.cost->dollars()) : report::Json())
      .set("tokens_in", or_null(habits.tokens_in))
      .set("tokens_out", or_null(habits.tokens_out))
      .set("failures", failures);
}

report::Json calls_json(const app::InspectedSelection& selection) {
  report::Json query = report::Json::array();
  report::Json model = report::Json::array();
  report::Json reward = report::Json::array();
  for (const Verdict& verdict : selection.verdicts()) {
    query.add(index(verdict.call.query));
    model.add(index(verdict.call.model));
    reward.add(verdict.reward);
  }
  return report::Json::object()
      .set("queries", report::Json::array_of(selection.comparison().queries))
      .set("models", report::Json::array_of(selection.comparison().models))
      .set("query", query)
      .set("model", model)
      .set("reward", reward)
      .set("known", selection.report().known);
}

std::string_view order_word(JudgeReply::Order order) {
  switch (order) {
    case JudgeReply::Order::alone: return "";
    case JudgeReply::Order::model_first: return "model first";
    case JudgeReply::Order::baseline_first: return "baseline first";
  }
  return "";
}

// Of the model, or the score.
std::string verdict_word(const JudgeReply& reply) {
  if (!reply.value) return "unreadable";
  if (reply.order == JudgeReply::Order::alone) return report::Json(*reply.value).compact();
  return *reply.value > 0.5 ? "win" : *reply.value < 0.5 ? "loss" : "draw";
}

bool has_no_text(const app::Exchange& exchange) {
  return exchange.prompt.empty() && exchange.response.empty() && exchange.baseline.value_or("").empty() &&
         exchange.replies.empty();
}

// The longest beginning of at most so many bytes that ends with a whole character.
std::string_view cut(std::string_view text, std::size_t bytes) {
  if (bytes == 0 || text.size() <= bytes) return text;
  const auto inside = [&](std::size_t at) { return (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U; };
  std::size_t end = bytes;
  while (end > 0 && bytes - end < 4 && inside(end)) --end;
  return text.substr(0, end);
}

// The models' calls one by one, each model's in its own order.
std::vector<std::size_t> in_turns(const std::vector<std::vector<std::size_t>>& of_models) {
  std::vector<std::size_t> calls;
  for (std::size_t turn = 0;; ++turn) {
    const std::size_t before = calls.size();
    for (const std::vector<std::size_t>& own : of_models) {
      if (turn < own.size()) calls.push_back(own[turn]);
    }
    if (calls.size() == before) return calls;
  }
}

}  // namespace

std::vector<std::string> first_lines(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size() && lines.size() < kSummaryLines;) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    if (end == at) break;
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

report::Json to_json(const app::Exchange& exchange, std::size_t texts_cut_at) {
  const auto shown = [&](std::string_view text) { return report::Json(cut(text, texts_cut_at)); };
  report::Json replies = report::Json::array();
  for (const JudgeReply& reply : exchange.replies) {
    replies.add(report::Json::object()
                    .set("order", order_word(reply.order))
                    .set("text", shown(reply.text))
                    .set("verdict", verdict_word(reply)));
  }
  return report::Json::object()
      .set("call", exchange.call)
      .set("query", exchange.query)
      .set("model", exchange.model)
      .set("reward", exchange.reward)
      .set("prompt", shown(exchange.prompt))
      .set("response", shown(exchange.response))
      .set("baseline", exchange.baseline ? shown(*exchange.baseline) : report::Json())
      .set("replies", replies);
}

report::Json to_json(const app::ExchangePage& page) {
  report::Json exchanges = report::Json::array();
  for (const app::Exchange& exchange : page.exchanges) exchanges.add(to_json(exchange));
  return report::Json::object().set("total", page.total).set("exchanges", exchanges);
}

report::Json to_json(const PageDocument& document) {
  report::Json json = report::Json::object()
                          .set("kind", document.kind)
                          .set("title", document.title)
                          .set("source", document.source)
                          .set("command", or_null(document.command))
                          .set("summary", report::Json::array_of(document.summary))
                          .set("text", document.text)
                          .set("report", document.report);
  if (document.kind != "select") return json;
  json.set("calls", document.calls).set("judge", document.judge);
  report::Json exchanges = report::Json::array();
  for (const app::Exchange& exchange : document.exchanges) exchanges.add(to_json(exchange, document.texts_cut_at));
  return std::move(json.set("exchanges", exchanges)
                       .set("exchanges_left_out", document.exchanges_left_out)
                       .set("texts_cut_at", document.texts_cut_at));
}

report::Json page_json(const std::vector<PageDocument>& documents, const std::optional<std::string>& made,
                       bool live, const std::vector<CheckedSelection>& checked) {
  report::Json checks = report::Json::array();
  for (const CheckedSelection& selection : checked) {
    for (const app::CheckResult& result : selection.results) {
      checks.add(report::Json::object()
                     .set("source", selection.source)
                     .set("name", result.name)
                     .set("outcome", app::name(result.outcome))
                     .set("message", result.message));
    }
  }
  report::Json all = report::Json::array();
  for (const PageDocument& document : documents) all.add(to_json(document));
  return report::Json::object()
      .set("assay", version())
      .set("made", or_null(made))
      .set("live", live)
      .set("checks", checks)
      .set("documents", all);
}

PageDocument select_document(app::InspectedSelection& selection, std::string title,
                             std::optional<std::string> command) {
  const asking::SelectReport& report = selection.report();
  PageDocument document{.kind = "select", .title = std::move(title), .source = report.study};
  document.command = std::move(command);
  document.summary = first_lines(to_text(report, false));
  document.text = to_text(report, true);
  document.report = json_of(report);
  document.calls = calls_json(selection);
  document.judge = judge_json(report, selection.habits());
  document.exchanges_left_out = selection.verdicts().size();
  return document;
}

std::vector<std::size_t> calls_to_show(const app::InspectedSelection& selection) {
  const std::vector<std::string>& models = selection.comparison().models;
  std::vector<std::vector<std::size_t>> decisive(models.size()), draws(models.size());
  for (std::size_t i = 0; i < selection.verdicts().size(); ++i) {
    const Verdict& verdict = selection.verdicts()[i];
    const bool tells = !std::isnan(verdict.reward) && verdict.reward != 0.5;
    (tells ? decisive : draws)[index(verdict.call.model)].push_back(i);
  }
  std::vector<std::vector<std::size_t>> possible, others;
  for (const asking::SelectReport::Model& model : selection.report().models) {  // the best first
    const auto at = std::ranges::find(models, model.name);
    if (at == models.end()) continue;  // the baseline
    const auto j = static_cast<std::size_t>(at - models.begin());
    std::vector<std::size_t> own = std::move(decisive[j]);
    own.insert(own.end(), draws[j].begin(), draws[j].end());
    (model.possible ? possible : others).push_back(std::move(own));
  }
  return in_turns({in_turns(possible), in_turns(others)});
}

std::size_t add_exchanges(PageDocument& document, app::InspectedSelection& selection, std::size_t bytes) {
  const std::vector<std::size_t> calls = calls_to_show(selection);
  std::size_t used = 0;
  document.texts_cut_at = kTextShown;
  const auto fits = [&](const app::Exchange& exchange) {
    const std::size_t own = embedded(to_json(exchange, kTextShown)).size() + 1;
    if (used + own > bytes) return false;
    used += own;
    return true;
  };
  bool full = false;
  std::size_t without_text = 0;  // of the study: there is nothing to show
  for (std::size_t at = 0; at < calls.size() && !full; at += kExchangesRead) {
    const std::span some = std::span(calls).subspan(at, std::min(kExchangesRead, calls.size() - at));
    for (app::Exchange& exchange : selection.exchanges(some)) {
      if (has_no_text(exchange)) {
        ++without_text;
        continue;
      }
      full = !fits(exchange);
      if (full) break;
      document.exchanges.push_back(std::move(exchange));
    }
  }
  document.exchanges_left_out = selection.verdicts().size() - document.exchanges.size() - without_text;
  std::ranges::sort(document.exchanges, {}, &app::Exchange::call);
  return used;
}

}  // namespace assay::view
