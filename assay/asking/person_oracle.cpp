#include "assay/asking/person_oracle.h"

#include <utility>

#include "assay/asking/people.h"

namespace assay::asking {

PersonOracle::PersonOracle(std::string name, const JudgeTask& task, std::uint64_t seed, Person& person)
    : name_(std::move(name)), task_(task), seed_(seed), person_(person) {}

std::string PersonOracle::name() const { return person_key(name_, task_.comparison().baseline); }

store::Remark PersonOracle::remark(std::size_t item) const {
  store::Remark remark;
  remark.model_first = shows_model_first(task_, item, seed_);
  return remark;
}

PersonReply PersonOracle::put(const Ask& ask) {
  const JudgeTask::Texts texts = task_.texts(ask.item);
  const bool first = shows_model_first(task_, ask.item, seed_);
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
    const bool for_model = (reply == PersonReply::first) == shows_model_first(task_, ask.item, seed_);
    answered({ask, reply == PersonReply::draw ? 0.5 : for_model ? 1.0 : 0.0});
  }
  return {};
}

}  // namespace assay::asking
