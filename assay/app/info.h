#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/app/baseline_report.h"
#include "assay/store/study.h"

namespace assay {

/// `assay info STUDY`.
struct InfoRequest {
  std::string study;
};

/// What a study holds and what can be asked of it.
struct InfoReport {
  /// Models that a judge makes comparable with a baseline.
  struct Comparable {
    std::string judge;
    std::string baseline;  ///< Empty: it has to be chosen first, see `problem`.
    std::size_t queries = 0;
    std::size_t models = 0;
    std::size_t unknown = 0;  ///< Outcomes that are missing, of queries * models.
    std::string best;         ///< Highest recorded win rate; the first by name of several.
    double best_rate = 0.0;   ///< In [0, 1], over all queries.
    std::string worst;
    double worst_rate = 0.0;
    std::optional<BaselineReport> sensitivity;  ///< Of all that is recorded. Empty: see baseline_report.
    std::vector<std::string> notes;
    std::string problem;  ///< Why nothing can be compared as it is.
  };
  std::string study;
  std::uint64_t file_bytes = 0;
  StudySummary summary;
  std::vector<Comparable> comparisons;
  std::vector<EveryPairReport> every_pair;  ///< Of judges that can compare every pair.
  std::vector<std::string> derived;         ///< Kept results of computations.
};

/// Throws Error if the file is not a study.
InfoReport run_info(const InfoRequest& request);

/// What the key of an oracle means, for people: "recorded, judge X against Y", "recorded scores, judge X, seed
/// S"; the key itself if it is not known.
std::string oracle_title(std::string_view key);
/// The same for a key of what was computed: "weak judges", "similarity", "grid search of STRATEGY".
std::string derived_title(std::string_view key);

std::string to_json(const InfoReport& report);
std::string to_text(const InfoReport& report);

}  // namespace assay
