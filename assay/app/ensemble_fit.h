#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assay/asking/strategy_inputs.h"
#include "assay/core/labels.h"
#include "assay/ensemble/sequential_vote.h"
#include "assay/store/labelling.h"

namespace assay::app {

/// `assay ensemble fit STUDY -o ENSEMBLE`.
struct EnsembleFitRequest {
  std::string study = {};
  std::string ensemble = {};  ///< The file to write.
  store::LabelChoice choice = {};
  std::optional<std::size_t> size = {};     ///< Members; empty: 5, or as many as the budget buys.
  std::optional<std::int64_t> budget = {};  ///< Micro-dollars per million tokens, the members' prices added up.
  std::string method = "assay";
  std::string decision = "auto";  ///< "auto": chosen by cross-validation.
  bool by_task = false;           ///< An ensemble for each task.
  double sure = ensemble::kUsualSureness;
  std::uint64_t seed = 1;
  std::size_t threads = 0;
};

struct EnsembleFitReport {
  struct Member {
    std::string name;
    double accuracy = 0;               ///< Its own, on the queries.
    std::optional<std::int64_t> cost;  ///< Micro-dollars per million tokens.
  };
  struct Fitted {
    std::string task;  ///< "": for all queries.
    std::size_t queries = 0;
    std::vector<Member> members;  ///< In the order in which they are asked.
  };
  std::string study;
  std::string ensemble;
  std::size_t bytes = 0;  ///< Of the file.
  LabelKind kind = LabelKind::classes;
  std::vector<std::string> labels;
  std::string method;
  std::string decision;
  bool decision_chosen = false;  ///< By cross-validation.
  double sure = 0;
  std::vector<Fitted> ensembles;
  std::vector<std::string> notes;
};

/// Chooses an ensemble on all labelled queries of a study and writes what it takes to ask it member by member into
/// a file. The study is not changed. Throws InvalidArgument or Error.
EnsembleFitReport run_ensemble_fit(const EnsembleFitRequest& request, const StartProgress& start = {});

}  // namespace assay::app
