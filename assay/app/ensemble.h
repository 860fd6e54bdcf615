#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assay/asking/strategy_inputs.h"
#include "assay/ensemble/error_copula.h"
#include "assay/ensemble/sequential_vote.h"
#include "assay/sim/ensemble_replay.h"
#include "assay/store/labelling.h"

namespace assay::app {

struct EnsembleRequest {
  std::string study = {};
  store::LabelChoice choice = {};
  std::optional<std::size_t> size = {};     ///< Members; empty: 5, or as many as the budget buys.
  std::optional<std::int64_t> budget = {};  ///< Micro-dollars per million tokens, the members' prices added up.
  std::string method = "assay";
  std::string decision = "auto";           ///< "auto": chosen by cross-validation.
  std::vector<std::string> compare = {};   ///< Methods that are measured beside `method`; empty: all.
  bool by_task = false;                    ///< An ensemble for each task.
  double sure = ensemble::kUsualSureness;  ///< Asked member by member, it stops where the answer stays so surely.
  std::size_t splits = 20;
  std::optional<std::size_t> train =
      {};  ///< Queries to learn from in a split, of each task if by_task; empty: half.
  std::uint64_t seed = 1;
  std::size_t threads = 0;
};

struct EnsembleReport {
  /// A member, and what the ensemble up to it comes to. Held-out figures are means over the splits of ensembles of
  /// that size chosen by the same method; those of a split may differ from the ones here, which are chosen on all
  /// queries.
  struct Member {
    std::string name;
    double accuracy = 0;                    ///< Its own, on all queries.
    stats::MeanSe information = {};         ///< I(Y; X_S) up to it, nats.
    bool sure = false;                      ///< Within 5 % with 99 %, and counts, where reliable, agree.
    stats::MeanSe information_gained = {};  ///< By it.
    double heldout_accuracy = 0;            ///< Of the ensemble up to it, by the decision.
    double heldout_se = 0;
    stats::MeanSe accuracy_gained = {};  ///< By it.
    std::optional<std::int64_t> cost;    ///< Micro-dollars per million tokens.
  };
  struct Task {
    std::string name;
    std::size_t queries = 0;
    std::vector<std::string> members;
  };
  std::string study;
  std::size_t models = 0;
  std::size_t queries = 0;
  std::size_t labels = 0;
  LabelKind kind = LabelKind::classes;
  std::string method;
  std::string decision;
  bool decision_chosen = false;  ///< By cross-validation.
  std::size_t size = 0;
  std::optional<std::int64_t> budget;
  double sure = 0;
  std::vector<Member> members;
  std::optional<std::int64_t> cost;  ///< Of all members, if all prices are known.
  std::vector<Task> tasks;           ///< With by_task.
  bool by_task = false;
  std::size_t splits = 0;
  std::uint64_t seed = 0;
  std::vector<std::string> methods;  ///< As in `replay`.
  std::vector<std::string> rules;    ///< Likewise.
  sim::EnsembleReplay replay;
  ensemble::ErrorCopula copula;       ///< Of the members, on all queries.
  std::vector<double> majority_seen;  ///< By size: share of the queries without a strict majority of right answers,
  std::vector<double> majority_copula;       ///< ... as the copula has it,
  std::vector<double> majority_independent;  ///< ... and if errors were independent.
  double floor = 0;                          ///< What a strict majority of ever more such models errs in.
  std::optional<double> explained;           ///< Share of what independence misses that the copula explains.
  std::vector<std::string> notes;
};

/// Chooses an ensemble on all labelled queries of a study, and measures the method, beside others, on random
/// splits. The study is not changed. Throws InvalidArgument or Error.
EnsembleReport run_ensemble(const EnsembleRequest& request, const StartProgress& start = {});

}  // namespace assay::app
