#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "assay/store/study.h"

namespace assay::asking {

/// What becomes of candidates that a live judge hardly judged, and nobody named.
enum class ThinlyJudged : std::uint8_t { left_out, refused };

/// As Study::comparison; a live judge may be named as well, as `held_judge` has it, and is taken where the study
/// has no other. Its answers that the study has are then the recorded verdicts. Candidates are the named ones, else
/// those that it judged on at least 90 % of the queries on which it judged any, failed calls included. The rest is
/// left out, of which it is noted, or InvalidArgument is thrown: a run that decides early judges few models on all
/// queries, and the others must not vanish from its result.
store::Comparison recorded_comparison(store::Study& study, const store::ComparisonChoice& choice,
                                      ThinlyJudged thinly = ThinlyJudged::left_out);

/// What a live judge of the study was asked about, or would be: as Study::judgeable, against its own baseline or on
/// its own scale. Verdicts or scores: as chosen, else as `take_measure` has it.
store::Comparison held_comparison(const store::Study& study, store::ComparisonChoice choice);

/// What people were asked about, or would be: against the baseline of their verdicts, which must be named where
/// there are several.
store::Comparison people_comparison(const store::Study& study, store::ComparisonChoice choice);

/// As `held_comparison`, with the judge's answers: all candidates on all queries, none where it has not answered.
store::Comparison held_answers(store::Study& study, const store::ComparisonChoice& choice);

/// How much of a live judge's answers the study has, as its texts are now.
struct HeldCount {
  std::size_t answers = 0;  ///< Verdicts or scores.
  std::size_t failed = 0;   ///< Whose last call failed and that have no answer since.
};

/// `name`: of the oracle. Empty if nothing is to be compared or scored by it any more. An LLM's answers are
/// concluded from its replies: that renders every prompt.
std::optional<HeldCount> held_count(store::Study& study, const std::string& name);

/// Gives `sink` the verdicts and scores of all live judges, as far as the study has them and can conclude them: the
/// judge is then called by its title (`oracle_title`). Failed calls are left out.
void give_live_judgements(store::Study& study, RecordSink& sink);

/// Whether a judge of this name has recorded judgements; of an empty one, whether any has.
bool is_recorded(const store::Study& study, const std::string& judge);

}  // namespace assay::asking
