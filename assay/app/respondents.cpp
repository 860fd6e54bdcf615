#include "assay/app/respondents.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "assay/asking/llm_memory.h"
#include "assay/core/error.h"
#include "assay/store/name_list.h"

namespace assay::app {
namespace {

// By what an answer of each model and a call of the judge cost so far.
std::optional<double> cost_of_everything(const asking::SelectReport& report) {
  double sum = 0;
  for (const asking::AnsweringReport::Model& model : report.answering->models) {
    if (!model.gone.empty()) continue;
    if (!model.mean_cost) return std::nullopt;
    sum += *model.mean_cost * static_cast<double>(report.answering->prompts);
  }
  if (!report.bill) return sum;
  if (!report.bill->cost || report.calls_new == 0) return std::nullopt;
  return sum + report.bill->cost->dollars() / static_cast<double>(report.calls_new) *
                   static_cast<double>(report.calls_all);
}

// Each pair is judged for the model that is compared with the baseline.
void fill_judging(const std::optional<asking::JudgeBill>& bill, asking::AnsweringReport& report) {
  if (!bill || !bill->cost) return;
  if (bill->cost_of_models.empty() && *bill->cost > Money{}) return;  // of batches
  for (asking::AnsweringReport::Model& model : report.models) {
    const auto cost = bill->cost_of_models.find(model.name);
    model.judging = cost != bill->cost_of_models.end() ? cost->second : Money{};
  }
}

std::shared_ptr<judge::Budget> shared_budget(SelectRequest& request, store::Study& study) {
  CallLedger& ledger = study.paid_calls();
  if (study.writable()) ledger.recover();
  asking::LlmOptions& llm = request.oracle.llm;
  if (!asking::asks_llm(request.oracle)) {
    if (!llm.most_cost) llm.most_cost = asking::remembered_limit(study);
    if (llm.most_cost && study.writable()) asking::remember_limit(study, *llm.most_cost);
  }
  llm.budget = std::make_shared<judge::Budget>(llm.most_cost, ledger.spent());
  return llm.budget;
}

}  // namespace

void take_candidates(SelectRequest& request, const store::Study& study) {
  if (request.candidates.empty()) return;
  const asking::OracleEntry& who = asking::oracle(request.oracle);
  if (!who.live) {
    throw InvalidArgument("candidates answer anew, and oracle " + quoted(request.oracle.name) +
                          " knows only what was judged before: name a live one by `oracle`");
  }
  store::ComparisonChoice& choice = request.choice;
  choice.to_be_answered = true;
  const bool alone = choice.measure == store::Measure::score || choice.measure == store::Measure::accuracy;
  if (!alone && choice.baseline.empty()) choice.baseline = request.candidates.front().name;
  const bool answers = std::ranges::find(request.candidates, choice.baseline, &answering::Candidate::name) !=
                       request.candidates.end();
  if (!alone && !answers && !study.has_responses(choice.baseline)) {
    throw InvalidArgument(fmt::format("expected a candidate, or a model that has answered, as `baseline`, came {}",
                                      quoted(choice.baseline)));
  }
  std::vector<std::string> names;
  for (const answering::Candidate& candidate : request.candidates) {
    if (candidate.name != choice.baseline) names.push_back(candidate.name);
  }
  for (const std::string& wanted : choice.models) {
    if (std::ranges::find(names, wanted) != names.end()) continue;
    throw InvalidArgument(fmt::format("expected candidates as `models` ({}{}), came {}", store::name_list(names),
                                      alone ? "" : "; the baseline is one anyway", quoted(wanted)));
  }
  if (names.empty()) {
    throw InvalidArgument(
        fmt::format("candidate {} alone is compared with nobody: add another one, or name a model "
                    "that has answered as `baseline`",
                    quoted(choice.baseline)));
  }
  if (choice.models.empty()) choice.models = std::move(names);
}

Respondents::Respondents(SelectRequest& request, store::Study& study)
    : budget_(shared_budget(request, study)),
      answerer_(request.candidates, study.paid_calls(), *budget_, request.answering),
      answers_(study, answerer_) {
  asking::remember_candidates(study, request.choice);
}

void Respondents::leave(const asking::SelectReport& report, const std::string& why, SelectRequest& request) {
  calls_before_ += report.calls_new;
  if (report.bill) bills_before_.push_back(*report.bill);
  const auto gone = [&](const std::string& name) { return answers_.gone(name); };
  for (const std::string& name : request.choice.models) {
    if (gone(name) && request.oracle.noted) request.oracle.noted(fmt::format("{} leaves the race: {}", name, why));
  }
  std::erase_if(request.choice.models, gone);
  if (request.choice.models.empty()) throw OracleError("no candidate can be asked any more, lastly: " + why);
}

void Respondents::fill(asking::SelectReport& report) const {
  report.calls_new += calls_before_;
  for (const asking::JudgeBill& bill : bills_before_) {
    if (report.bill) asking::add(*report.bill, bill);
  }
  report.answering = answers_.report();
  report.answering->prompts = report.queries;
  fill_judging(report.bill, *report.answering);
  report.answering->everything = cost_of_everything(report);
  for (std::string& note : answers_.notes()) report.notes.push_back(std::move(note));
}

}  // namespace assay::app
