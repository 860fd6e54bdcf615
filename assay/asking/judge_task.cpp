#include "assay/asking/judge_task.h"

#include <fmt/format.h>

#include <array>
#include <functional>
#include <limits>
#include <utility>

#include "assay/core/error.h"

namespace assay::asking {

JudgeTask::JudgeTask(store::Comparison comparison) : pairs_(true), comparison_(std::move(comparison)) {}

JudgeTask::JudgeTask(store::Scoring scoring, const Scale& scale)
    : pairs_(false), scoring_(std::move(scoring)), scale_(scale) {}

std::size_t JudgeTask::size() const {
  return pairs_ ? comparison_.queries.size() * comparison_.models.size() : scoring_.arms.size();
}

JudgeTask::Names JudgeTask::names(std::size_t item) const {
  if (pairs_) {
    const std::size_t m = comparison_.models.size();
    return {comparison_.queries[item / m], comparison_.models[item % m], scores() ? 1 : 0};
  }
  const store::Scoring::Arm& arm = scoring_.arms[item];
  return {arm.query, arm.model, arm.turn};
}

void JudgeTask::load_texts(const store::Study& study) {
  if (pairs_) {
    set_texts(study.prompts(comparison_.queries), study.responses(comparison_));
    set_chats(study.chats(comparison_.queries));
    references_ = study.references(comparison_.queries);
  } else {
    set_texts(study.texts(scoring_));
    std::vector<std::string> queries;
    for (const store::Scoring::Arm& arm : scoring_.arms) queries.push_back(arm.query);
    references_ = study.references(queries);
  }
}

void JudgeTask::set_references(std::vector<std::string> references) {
  const std::size_t wanted = pairs_ ? comparison_.queries.size() : scoring_.arms.size();
  if (references.size() != wanted) {
    throw InvalidArgument(fmt::format("expected {} reference answers, came {}", wanted, references.size()));
  }
  references_ = std::move(references);
}

void JudgeTask::set_texts(std::vector<std::string> prompts, ResponseTable responses) {
  const std::size_t n = comparison_.queries.size();
  const std::size_t m = comparison_.models.size();
  if (prompts.size() != n || responses.queries() != n || responses.models() != m) {
    throw InvalidArgument(fmt::format("expected {} prompts and {} x {} responses, came {} and {} x {}", n, n, m,
                                      prompts.size(), responses.queries(), responses.models()));
  }
  prompts_ = std::move(prompts);
  responses_ = std::make_shared<ResponseTable>(std::move(responses));
}

void JudgeTask::set_chats(std::vector<std::string> chats) {
  if (chats.size() != comparison_.queries.size()) {
    throw InvalidArgument(fmt::format("expected {} chats, came {}", comparison_.queries.size(), chats.size()));
  }
  chats_ = std::move(chats);
}

void JudgeTask::set_response(std::size_t item, std::string text) {
  const std::size_t m = comparison_.models.size();
  responses_->set(query_id(item / m), model_id(item % m), std::move(text));
}

void JudgeTask::set_baseline(std::size_t query, std::string text) {
  responses_->set_baseline(query_id(query), std::move(text));
}

bool JudgeTask::has_response(std::size_t item) const {
  const std::size_t m = comparison_.models.size();
  return responses_->has(query_id(item / m), model_id(item % m));
}

bool JudgeTask::has_baseline(std::size_t query) const { return responses_->has_baseline(query_id(query)); }

void JudgeTask::set_texts(std::vector<store::ScoredText> texts) {
  if (texts.size() != scoring_.arms.size()) {
    throw InvalidArgument(fmt::format("expected {} texts, came {}", scoring_.arms.size(), texts.size()));
  }
  scored_ = std::move(texts);
}

JudgeTask::Texts JudgeTask::texts(std::size_t item) const {
  const std::size_t m = pairs_ ? comparison_.models.size() : 1;
  const std::string_view reference = references_.empty() ? std::string_view() : references_[item / m];
  if (!pairs_) return {scored_[item].prompt, scored_[item].response, {}, reference};
  const QueryId query = query_id(item / m);
  return {prompts_[item / m], responses_->at(query, model_id(item % m)), responses_->baseline(query), reference};
}

bool JudgeTask::complete(std::size_t item) const {
  if (!pairs_) return !scored_[item].missing;
  const std::size_t m = comparison_.models.size();
  return has_response(item) && (comparison_.baseline.empty() || scores() || has_baseline(item / m));
}

file::Digest JudgeTask::fingerprint(std::size_t item) const {
  const Texts shown = texts(item);
  return file::digest(std::array{shown.prompt, shown.response, shown.baseline});
}

std::vector<Ask> complete_asks(const JudgeTask& task, std::span<const Ask> asks,
                               const std::function<void(const Answer&)>& answered) {
  std::vector<Ask> complete;
  for (const Ask& ask : asks) {
    if (ask.item >= task.size()) {
      throw InvalidArgument(fmt::format("expected an item below {}, came {}", task.size(), ask.item));
    }
    if (task.complete(ask.item)) {
      complete.push_back(ask);
    } else {
      answered({ask, std::numeric_limits<double>::quiet_NaN(), true, true});
    }
  }
  return complete;
}

}  // namespace assay::asking
