#include "assay/asking/person_oracle.h"

#include <fmt/format.h>

#include <utility>

#include "assay/core/hash.h"

namespace assay::asking {

bool shown_first(std::uint64_t seed, std::string_view query, std::string_view model) {
  return (mix64(mix64(mix64(seed + kGoldenGamma) ^ fnv1a(query)) ^ fnv1a(model)) & 1U) != 0;
}

PersonOracle::PersonOracle(std::string name, const JudgeTask& task, std::uint64_t seed, Person& person)
    : name_(std::move(name)), task_(task), seed_(seed), person_(person) {}

std::string PersonOracle::name() const {
  return fmt::format("person:{}:{}:{}", name_.size(), name_, task_.comparison().baseline);
}

bool PersonOracle::model_first(std::size_t item) const {
  const JudgeTask::Names names = task_.names(item);
  return shown_first(seed_, names.query, names.model);
}

PersonReply PersonOracle::put(const Ask& ask) {
  const JudgeTask::Texts texts = task_.texts(ask.item);
  const bool first = model_first(ask.item);
  return person_.ask({.prompt = texts.prompt,
                      .first = first ? texts.response : texts.baseline,
                      .second = first ? texts.baseline : texts.response,
                      .number = asked_ + 1,
                      .can_undo = can_undo_});
}

AskEnd PersonOracle::ask(std::span<const Ask> asks, const std::function<void(const Answer&)>& answered) {
  for (const Ask& ask : complete_asks(task_, asks, answered)) {
    const PersonReply reply = put(ask);
    if (reply == PersonReply::quit) {
      return {AskEnd::Kind::left, "the person stopped; the same command goes on from there"};
    }
    if (reply == PersonReply::undo) {
      can_undo_ = false;
      --asked_;
      return {AskEnd::Kind::taken_back};
    }
    ++asked_;
    can_undo_ = true;
    const bool for_model = (reply == PersonReply::first) == model_first(ask.item);
    answered({ask, reply == PersonReply::draw ? 0.5 : for_model ? 1.0 : 0.0});
  }
  return {};
}

}  // namespace assay::asking
