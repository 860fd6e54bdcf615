#include "assay/asking/person_oracle.h"

#include <fmt/format.h>

#include <utility>

#include "assay/core/hash.h"

namespace assay::asking {

PersonOracle::PersonOracle(std::string name, ComparedTexts texts, std::uint64_t seed, Person& person)
    : name_(std::move(name)), texts_(std::move(texts)), seed_(seed), person_(person) {}

std::string PersonOracle::name() const {
  return fmt::format("person:{}:{}:{}", name_.size(), name_, texts_.baseline);
}

bool PersonOracle::model_first(const Call& call) const {
  const std::uint64_t query = fnv1a(texts_.queries[index(call.query)]);
  const std::uint64_t model = fnv1a(texts_.models[index(call.model)]);
  return (mix64(mix64(mix64(seed_ + kGoldenGamma) ^ query) ^ model) & 1U) != 0;
}

void PersonOracle::ask(std::span<const Call> calls, const std::function<void(const Verdict&)>& answered) {
  for (const Call& call : calls) {
    const bool model_is_first = model_first(call);
    const std::string_view of_model = texts_.responses.at(call.query, call.model);
    const std::string_view of_baseline = texts_.responses.baseline(call.query);
    const PersonReply reply = person_.ask({.prompt = texts_.prompts[index(call.query)],
                                           .first = model_is_first ? of_model : of_baseline,
                                           .second = model_is_first ? of_baseline : of_model,
                                           .number = asked_ + 1,
                                           .can_undo = can_undo_});
    if (reply == PersonReply::quit) throw PersonLeft();
    if (reply == PersonReply::undo) {
      can_undo_ = false;
      --asked_;
      throw AnswerTakenBack();
    }
    ++asked_;
    can_undo_ = true;
    const bool for_model = (reply == PersonReply::first) == model_is_first;
    answered({call, reply == PersonReply::draw ? Outcome::draw : for_model ? Outcome::win : Outcome::loss});
  }
}

}  // namespace assay::asking
