#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "assay/core/outcomes.h"
#include "assay/file/database.h"

namespace assay::store {

/// What one judge says of one model on one query, all turns taken together.
struct Judgement {
  std::int64_t model = 0;  ///< Number in the study file.
  std::int64_t query = 0;
  bool complete = false;  ///< Every turn that others were judged in was judged, failed calls included.
  double reward = 0;      ///< In [0, 1]; NaN: none.
};

/// Verdicts of `judge` against `baseline`, sorted by model and query. Where only the reverse was asked (the
/// baseline against the model), 1 - value stands for it. The reward is 1, 1/2 or 0 by the sign of the
/// sum over the turns of (value - 1/2); none if a turn that others were judged in is missing or failed.
/// With `by_degree` the reward is the mean over the turns instead.
std::vector<Judgement> judged_by_verdicts(const file::Database& database, std::int64_t judge, std::int64_t baseline,
                                          bool by_degree = false);

/// Scores of `judge` compared with the baseline's, sorted by model and query; without the baseline itself. A
/// turn's score is the mean of its repeats, an answer's the mean of its turns. None if a turn of either is missing
/// or failed. Queries without any score of the baseline are left out: nobody compared there.
std::vector<Judgement> judged_by_scores(const file::Database& database, std::int64_t judge, std::int64_t baseline);

/// Scores of `judge` as they are, not yet rewards: the mean of the turns, as above. Sorted by model and query.
std::vector<Judgement> scored_alone(const file::Database& database, std::int64_t judge);

/// 1 where a model's label is the true one, as LabelReading has it, else 0, also if it gave no answer. `notes`: on
/// the models' labels.
std::vector<Judgement> judged_by_labels(const file::Database& database, std::vector<std::string>& notes);

}  // namespace assay::store
