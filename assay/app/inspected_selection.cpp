#include "assay/app/inspected_selection.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "assay/asking/held_comparison.h"
#include "assay/asking/judge_memory.h"
#include "assay/asking/people.h"
#include "assay/core/error.h"
#include "assay/text/folded.h"

namespace assay::app {
namespace {

constexpr std::size_t kTextsAtOnce = 256;  // calls whose texts are in memory together

bool knows_prices(const store::Study& study) {
  return std::ranges::any_of(study.facts(study.models()),
                             [](const store::ModelFacts& facts) { return facts.price.value_or(0) > 0; });
}

bool has_live_answers(const store::Study& study, const std::string& judge) {
  return asking::has_held_judge(study, judge, false) || asking::has_held_judge(study, judge, true);
}

SelectRequest completed(SelectRequest request, const store::Study& study) {
  if (request.oracle.name.empty()) request.oracle.name = oracle_that_asks_nobody(study, request.choice.judge);
  if (!request.prices && knows_prices(study)) request.prices.emplace();
  return request;
}

// Whether `wanted`, folded, is in a name or a text.
bool has_text(const Exchange& exchange, const std::string& wanted) {
  const auto in = [&](std::string_view text) { return text::folded(text).find(wanted) != std::string::npos; };
  return in(exchange.query) || in(exchange.model) || in(exchange.prompt) || in(exchange.response) ||
         (exchange.baseline && in(*exchange.baseline)) ||
         std::ranges::any_of(exchange.replies, [&](const asking::JudgeReply& reply) { return in(reply.text); });
}

}  // namespace

std::string oracle_that_asks_nobody(const store::Study& study, const std::string& judge) {
  return has_live_answers(study, judge) && !asking::is_recorded(study, judge) ? "kept" : "recorded";
}

InspectedSelection::InspectedSelection(SelectRequest request, const StartProgress& start)
    : study_(request.study, store::Study::Mode::read),
      request_(completed(std::move(request), study_)),
      finding_(look_at_selection(request_, study_, start)) {}

bool InspectedSelection::has_kept_answers() const {
  return request_.oracle.name == "recorded" && has_live_answers(study_, request_.choice.judge);
}

Exchange InspectedSelection::exchange(std::size_t call) {
  return std::move(exchanges(std::span(&call, 1)).front());
}

std::vector<Exchange> InspectedSelection::exchanges(std::span<const std::size_t> calls) {
  const store::Comparison& compared = comparison();
  std::vector<Call> wanted;
  for (const std::size_t call : calls) wanted.push_back(finding_.verdicts.at(call).call);
  std::vector<store::CallTexts> texts = study_.texts(compared, wanted);
  std::vector<Exchange> exchanges;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    Exchange& exchange = exchanges.emplace_back();
    exchange.call = calls[i];
    exchange.query = compared.queries[index(wanted[i].query)];
    exchange.model = compared.models[index(wanted[i].model)];
    exchange.reward = finding_.verdicts[calls[i]].reward;
    exchange.prompt = std::move(texts[i].prompt);
    exchange.response = std::move(texts[i].response).value_or("");
    exchange.baseline = std::move(texts[i].baseline);
    const std::size_t item = index(wanted[i].query) * compared.models.size() + index(wanted[i].model);
    exchange.replies = finding_.oracle->replies(item);
  }
  return exchanges;
}

ExchangePage InspectedSelection::exchanges(const ExchangeQuery& query) {
  const store::Comparison& compared = comparison();
  std::vector<std::size_t> fit;
  for (std::size_t i = 0; i < finding_.verdicts.size(); ++i) {
    if (query.model.empty() || compared.models[index(finding_.verdicts[i].call.model)] == query.model)
      fit.push_back(i);
  }
  const std::string wanted = text::folded(query.search);
  ExchangePage page;
  if (wanted.empty()) {
    page.total = fit.size();
    const std::size_t from = std::min(query.from, fit.size());
    page.exchanges = exchanges(std::span(fit).subspan(from, std::min(query.count, fit.size() - from)));
    return page;
  }
  for (std::size_t at = 0; at < fit.size(); at += kTextsAtOnce) {
    const std::span some = std::span(fit).subspan(at, std::min(kTextsAtOnce, fit.size() - at));
    for (Exchange& exchange : exchanges(some)) {
      if (!has_text(exchange, wanted)) continue;
      if (page.total >= query.from && page.exchanges.size() < query.count) {
        page.exchanges.push_back(std::move(exchange));
      }
      ++page.total;
    }
  }
  return page;
}

// Which answer a person saw first is drawn from the seed of the run in which it was asked; that of earlier runs is
// not known.
void InspectedSelection::count_person(asking::HabitCount& count) const {
  const std::string name = finding_.oracle->name();
  const auto key = asking::read_key(name);
  if (!key || key->kind != "person") return;
  const std::size_t known = finding_.report.known;
  for (std::size_t i = known; i < finding_.verdicts.size(); ++i) {
    const Verdict& verdict = finding_.verdicts[i];
    const std::string& query = comparison().queries[index(verdict.call.query)];
    const std::string& model = comparison().models[index(verdict.call.model)];
    count.add_order(verdict, asking::shown_first(finding_.report.seed, query, model));
  }
}

asking::JudgeHabits InspectedSelection::habits() {
  asking::HabitCount count(comparison());
  for (const Verdict& verdict : finding_.verdicts) count.add(verdict);
  if (!comparison().baseline.empty()) {
    std::vector<std::size_t> calls(finding_.verdicts.size());
    for (std::size_t i = 0; i < calls.size(); ++i) calls[i] = i;
    for (std::size_t at = 0; at < calls.size(); at += kTextsAtOnce) {
      for (const Exchange& exchange :
           exchanges(std::span(calls).subspan(at, std::min(kTextsAtOnce, calls.size() - at)))) {
        const Verdict& verdict = finding_.verdicts[exchange.call];
        if (!exchange.response.empty() && exchange.baseline) {
          count.add_lengths(verdict, exchange.response.size(), exchange.baseline->size());
        }
        count.add_replies(exchange.replies);
      }
    }
  }
  count_person(count);
  asking::JudgeHabits habits{count.habits()};
  add_ledger(habits);
  return habits;
}

// What the ledger has of an LLM that was asked live.
void InspectedSelection::add_ledger(asking::JudgeHabits& habits) {
  if (!asking::oracle(request_.oracle).looks_only) return;
  const auto held = asking::held_llm(study_, finding_.oracle->name());
  if (!held || !held->llm) return;
  for (const store::StudySummary::Spending& spending : study_.summary().spending) {
    if (spending.url != held->llm->url || spending.model != held->llm->model) continue;
    if (spending.without_price == 0) habits.cost = spending.certain + spending.possible;
    habits.tokens_in = spending.tokens_in;
    habits.tokens_out = spending.tokens_out;
    for (std::size_t why = 1; why < spending.by_failure.size(); ++why) {
      if (spending.by_failure[why] == 0) continue;
      habits.failures.push_back({static_cast<judge::CallFailure>(why), spending.by_failure[why]});
    }
  }
}

}  // namespace assay::app
