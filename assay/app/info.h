#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/asking/baseline_report.h"
#include "assay/store/study.h"

namespace assay::app {

/// `assay info STUDY`.
struct InfoRequest {
  std::string study;
};

/// What a study holds and what can be asked of it.
struct InfoReport {
  /// Models that a judge makes comparable with a baseline.
  struct Comparable {
    std::string judge;
    std::string baseline;  ///< Empty: the measure needs none, or it has to be chosen first, see `problem`.
    store::Measure measure = store::Measure::win_rate;
    std::size_t queries = 0;
    std::size_t models = 0;
    std::size_t unknown = 0;  ///< Outcomes that are missing, of queries * models.
    std::string best;         ///< Highest recorded win rate; the first by name of several.
    double best_rate = 0.0;   ///< In [0, 1], over all queries.
    std::string worst;
    double worst_rate = 0.0;
    std::optional<asking::BaselineReport> sensitivity;  ///< Of all that is recorded. Empty: see baseline_report.
    std::vector<std::string> notes;
    std::string problem;  ///< Why nothing can be compared as it is.
  };
  /// A live judge that was asked.
  struct Asked {
    std::string name;         ///< Of the oracle, as StudySummary::Oracle.
    bool scores = false;      ///< Else verdicts.
    std::size_t answers = 0;  ///< Verdicts or scores that count, those concluded from an LLM's replies included.
    std::size_t failed = 0;   ///< Whose last call failed and that have no answer since.
    bool selected = true;     ///< Asked by `select`; else by `allocate`, scores alone.
  };
  std::string study;
  std::uint64_t file_bytes = 0;
  store::StudySummary summary;
  std::vector<Comparable> comparisons;
  std::vector<Asked> asked;                         ///< Sorted by name.
  std::vector<std::string> never_answered;          ///< Live judges whose every call failed; sorted, as Asked.
  std::vector<asking::EveryPairReport> every_pair;  ///< Of judges that can compare every pair.
  std::vector<std::string> derived;                 ///< Kept results of computations.
};

/// Throws Error if the file is not a study.
InfoReport run_info(const InfoRequest& request);

}  // namespace assay::app
