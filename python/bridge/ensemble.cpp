#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/parallel.h"
#include "assay/ensemble/rule_choice.h"
#include "assay/ensemble/selection_method.h"
#include "assay/ensemble/vote_rule.h"
#include "python/bridge/failure.h"

struct AssayEnsemble {
  assay::LabelTable table;
  assay::ensemble::Ensemble members;
  std::string about;
  std::vector<std::size_t> ranking;
  std::unique_ptr<assay::ensemble::VoteRule> rule;
};

namespace assay::bridge {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kTogether = 256;  // queries that a thread takes at a time

LabelTable table_of(const AssayEnsembleArrays& arrays, LabelKind kind) {
  const auto n = static_cast<std::size_t>(arrays.queries);
  const auto m = static_cast<std::size_t>(arrays.models);
  std::span<const Label> offered;
  if (arrays.offered != nullptr) offered = {arrays.offered, n};
  return LabelTable::from({arrays.predictions, n * m}, n, m, {arrays.truths, n}, offered,
                          static_cast<std::size_t>(arrays.labels), kind);
}

// setup: {"kind": "classes" or "options", "size": k, "budget": micro-dollars or null, "method": NAME,
// "decision": NAME or "auto", "seed": S, "threads": T, "members": [MODEL, ...] or null}. With members nothing is
// chosen: they were before.
std::unique_ptr<AssayEnsemble> fit(const Json& told, const AssayEnsembleArrays& arrays) {
  const LabelKind kind = told.at("kind").get<std::string>() == "options" ? LabelKind::options : LabelKind::classes;
  const auto seed = told.at("seed").get<std::uint64_t>();
  auto result = std::make_unique<AssayEnsemble>();
  result->table = table_of(arrays, kind);
  ensemble::SelectionProblem problem{.training = {result->table},
                                     .size = told.at("size").get<std::size_t>(),
                                     .seed = seed,
                                     .threads = told.at("threads").get<std::size_t>()};
  if (!told.at("budget").is_null()) {
    problem.budget = told.at("budget").get<std::int64_t>();
    problem.prices = {arrays.prices, static_cast<std::size_t>(arrays.models)};
  }
  const ensemble::SelectionMethodEntry& method = ensemble::selection_method(told.at("method").get<std::string>());
  const auto decision = told.at("decision").get<std::string>();
  const ensemble::VoteRuleEntry* entry = decision == "auto" ? nullptr : &ensemble::vote_rule(decision);
  if (told.at("members").is_null()) {
    ensemble::check(problem);
    result->members = method.choose(problem);
  } else {
    for (const auto member : told.at("members").get<std::vector<std::size_t>>()) {
      result->members.push_back(model_id(member));
    }
  }
  if (entry == nullptr) entry = &ensemble::choose_rule(problem.training, result->members, seed);
  result->ranking = ensemble::ranking(problem.training, result->members);
  result->rule = entry->make(problem.training, result->members);
  Json members = Json::array();
  for (const ModelId member : result->members) members.push_back(index(member));
  result->about = Json{{"members", members}, {"decision", entry->name}}.dump();
  return result;
}

void answer(const AssayEnsemble& fitted, const Label* votes, const Label* offered, std::size_t begin,
            std::size_t end, Label* answers, double* probabilities) {
  const std::size_t k = fitted.members.size(), labels = fitted.table.labels();
  std::vector<Label> cast(k);
  for (std::size_t i = begin; i < end; ++i) {
    const Label most = offered != nullptr ? offered[i] : static_cast<Label>(labels);
    for (std::size_t j = 0; j < k; ++j) cast[j] = ensemble::vote(votes[i * k + j], most);
    const std::span<double> row(probabilities + i * labels, labels);
    fitted.rule->probabilities(cast, most, row);
    answers[i] = ensemble::decide(row, cast, most, fitted.table.kind(), fitted.ranking).label;
  }
}

template <typename Entries>
Json listed(const Entries& entries) {
  Json all = Json::array();
  for (const auto& entry : entries) all.push_back({{"name", entry.name}, {"help", entry.help}});
  return all;
}

}  // namespace
}  // namespace assay::bridge

AssayEnsemble* assay_ensemble_new(const char* setup, const AssayEnsembleArrays* arrays) {
  std::unique_ptr<AssayEnsemble> made;
  const bool done =
      assay::bridge::guarded([&] { made = assay::bridge::fit(nlohmann::json::parse(setup), *arrays); });
  return done ? made.release() : nullptr;
}

void assay_ensemble_free(AssayEnsemble* ensemble) {
  delete ensemble;  // NOLINT(cppcoreguidelines-owning-memory): the caller owned it
}

const char* assay_ensemble_about(AssayEnsemble* ensemble) { return ensemble->about.c_str(); }

int assay_ensemble_predict(AssayEnsemble* ensemble, const uint16_t* votes, const uint16_t* offered, int64_t count,
                           int64_t threads, uint16_t* answers, double* probabilities) {
  const bool done = assay::bridge::guarded([&] {
    const auto n = static_cast<std::size_t>(count);
    const std::size_t parts = (n + assay::bridge::kTogether - 1) / assay::bridge::kTogether;
    assay::parallel_for(parts, static_cast<std::size_t>(threads), [&](std::size_t part) {
      const std::size_t begin = part * assay::bridge::kTogether;
      assay::bridge::answer(*ensemble, votes, offered, begin, std::min(n, begin + assay::bridge::kTogether),
                            answers, probabilities);
    });
  });
  return done ? 0 : -1;
}

const char* assay_ensembles() {
  static const std::string kText =
      nlohmann::json{{"methods", assay::bridge::listed(assay::ensemble::selection_methods())},
                     {"decisions", assay::bridge::listed(assay::ensemble::vote_rules())}}
          .dump();
  return kText.c_str();
}
