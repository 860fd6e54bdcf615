#pragma once

#include "assay/store/study.h"

namespace assay::asking {

/// As Study::comparison; a live judge may be named as well, as `held_judge` has it, and is taken where the study
/// has no other. Its answers that the study has are then the recorded verdicts. Candidates are the named ones, else
/// those that it judged on at least 90 % of the queries on which it judged any; of the rest it is noted.
store::Comparison recorded_comparison(store::Study& study, const store::ComparisonChoice& choice);

/// What a live judge of the study was asked about, or would be: as Study::judgeable, against its own baseline.
store::Comparison held_comparison(const store::Study& study, store::ComparisonChoice choice);

/// The same with its answers: all candidates on all queries, none where it has not answered.
store::Comparison held_answers(store::Study& study, const store::ComparisonChoice& choice);

/// Whether a judge of this name has recorded judgements; of an empty one, whether any has.
bool is_recorded(const store::Study& study, const std::string& judge);

}  // namespace assay::asking
