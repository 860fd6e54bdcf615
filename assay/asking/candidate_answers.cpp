#include "assay/asking/candidate_answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "assay/core/error.h"
#include "assay/judge/chat_calls.h"

namespace assay::asking {
namespace {

constexpr std::string_view kCandidates = "candidates";

std::string settings_name(const std::string& candidate) { return "candidate:" + candidate; }

void check_settings(store::Study& study, const answering::Candidate& candidate) {
  const std::string now = answering::settings_of(candidate);
  const std::optional<std::string> before = study.remembered(settings_name(candidate.name));
  if (before == now) return;
  if (before && study.has_responses(candidate.name)) {
    throw InvalidArgument(fmt::format(
        "candidate {} answered with other settings before ({}), now {}: give it another \"name\", or take its "
        "answers out by assay remove",
        quoted(candidate.name), quoted(*before, 200), quoted(now, 200)));
  }
  study.remember(settings_name(candidate.name), now);
}

}  // namespace

CandidateAnswers::CandidateAnswers(store::Study& study, answering::Answerer& answerer)
    : study_(study), answerer_(answerer), first_failure_(answerer.candidates().size()) {
  for (std::size_t i = 0; i < answerer.candidates().size(); ++i) {
    const answering::Candidate& candidate = answerer.candidates()[i];
    check_settings(study, candidate);
    by_name_[candidate.name] = i;
    models_.push_back({.name = candidate.name});
  }
}

AskEnd CandidateAnswers::make(JudgeTask& task, std::span<const Missing> missing,
                              const std::function<bool()>& stalled) {
  const store::Comparison& comparison = task.comparison();
  std::vector<Missing> wanted;
  std::vector<answering::Question> questions;
  for (const Missing& one : missing) {
    const bool of_baseline = one.model == comparison.models.size();
    const auto candidate = by_name_.find(of_baseline ? comparison.baseline : comparison.models[one.model]);
    if (candidate == by_name_.end() || failed_.contains({candidate->second, comparison.queries[one.query]}))
      continue;
    wanted.push_back(one);
    const std::string_view prompt = task.texts(one.query * comparison.models.size()).prompt;
    questions.push_back({candidate->second, prompt, task.chat(one.query)});
  }
  try {
    answerer_.ask(
        questions, [&](std::size_t i, const answering::GivenAnswer& answer) { take(task, wanted[i], answer); },
        stalled);
  } catch (const judge::BudgetEnded& ended) {
    return {AskEnd::Kind::money, ended.what()};
  }
  return end_of(task);
}

bool CandidateAnswers::gone(const std::string& model) const {
  const auto candidate = by_name_.find(model);
  return candidate != by_name_.end() && !answerer_.gone(candidate->second).empty();
}

AskEnd CandidateAnswers::end_of(const JudgeTask& task) const {
  const store::Comparison& comparison = task.comparison();
  const auto why = [&](const std::string& model) {
    const auto candidate = by_name_.find(model);
    return candidate == by_name_.end() ? std::string() : answerer_.gone(candidate->second);
  };
  if (const std::string gone = why(comparison.baseline); !gone.empty()) {
    return {AskEnd::Kind::trouble,
            fmt::format("the baseline {} can't be asked: {}", quoted(comparison.baseline), gone)};
  }
  for (const std::string& model : comparison.models) {
    if (const std::string gone = why(model); !gone.empty()) return {AskEnd::Kind::gone, gone};
  }
  return {};
}

void CandidateAnswers::take(JudgeTask& task, const Missing& missing, const answering::GivenAnswer& answer) {
  const store::Comparison& comparison = task.comparison();
  const bool of_baseline = missing.model == comparison.models.size();
  const std::string& name = of_baseline ? comparison.baseline : comparison.models[missing.model];
  const std::string& query = comparison.queries[missing.query];
  const std::size_t candidate = by_name_.at(name);
  AnsweringReport::Model& model = models_[candidate];
  if (!answer.failure.empty()) {
    failed_.emplace(candidate, query);
    ++model.failed;
    if (first_failure_[candidate].empty()) first_failure_[candidate] = answer.failure;
    return;
  }
  study_.keep_response({.query = query, .model = name, .text = answer.text, .took = answer.took});
  if (of_baseline) {
    task.set_baseline(missing.query, answer.text);
  } else {
    task.set_response(missing.query * comparison.models.size() + missing.model, answer.text);
  }
  if (answer.known) return;  // an earlier run had paid for it
  ++model.made;
  model.truncated += answer.truncated ? 1 : 0;
}

AnsweringReport CandidateAnswers::report() const {
  AnsweringReport report;
  report.models = models_;
  const std::vector<store::StudySummary::Answering> all = study_.answering();
  for (std::size_t i = 0; i < models_.size(); ++i) {
    AnsweringReport::Model& model = report.models[i];
    const answering::Candidate& candidate = answerer_.candidates()[i];
    const judge::CallCounts counts = answerer_.counts(i);
    model.tokens_in = counts.tokens_in;
    model.tokens_out = counts.tokens_out;
    if (candidate.price) model.cost = counts.cost;
    model.possibly_more = counts.unanswered;
    model.gone = answerer_.gone(i);
    const auto told = std::ranges::find(all, model.name, &store::StudySummary::Answering::model);
    if (told == all.end()) continue;
    model.there = told->responses - std::min(told->responses, model.made);
    if (told->with_cost > 0) model.mean_cost = told->cost.dollars() / static_cast<double>(told->with_cost);
    if (told->with_seconds > 0) model.mean_seconds = told->seconds / static_cast<double>(told->with_seconds);
  }
  return report;
}

void remember_candidates(store::Study& study, const store::ComparisonChoice& choice) {
  const std::string text =
      nlohmann::json({{"models", choice.models}, {"baseline", choice.baseline}}).dump(-1, ' ', true);
  if (study.remembered(kCandidates) != text) study.remember(kCandidates, text);
}

void take_held_candidates(const store::Study& study, store::ComparisonChoice& choice) {
  const std::optional<std::string> text = study.remembered(kCandidates);
  if (!text) return;
  const nlohmann::json held = nlohmann::json::parse(*text, nullptr, false);
  if (!held.is_object() || !held.contains("models") || !held.contains("baseline")) return;
  try {
    auto baseline = held["baseline"].get<std::string>();
    auto models = held["models"].get<std::vector<std::string>>();
    if (choice.baseline != baseline || !choice.models.empty()) return;
    choice.models = std::move(models);
    choice.to_be_answered = true;
  } catch (const nlohmann::json::exception&) {  // NOLINT(bugprone-empty-catch): another program wrote it, nobody is
                                                // named
  }
}

std::vector<std::string> CandidateAnswers::notes() const {
  std::vector<std::string> notes;
  for (std::size_t i = 0; i < models_.size(); ++i) {
    const AnsweringReport::Model& model = models_[i];
    if (!answerer_.gone(i).empty()) {
      notes.push_back(fmt::format("{} left the race, it can't be asked: {}", model.name, answerer_.gone(i)));
    }
    if (model.failed > 0) {
      notes.push_back(fmt::format("{} gave no answer to {} of the prompts it was asked, for instance: {}",
                                  model.name, model.failed, first_failure_[i]));
    }
    if (model.truncated > 0) {
      notes.push_back(fmt::format("{}: {} of {} answers ended at the limit of tokens", model.name, model.truncated,
                                  model.made));
    }
  }
  return notes;
}

}  // namespace assay::asking
