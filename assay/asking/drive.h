#pragma once

#include <cstddef>
#include <functional>

#include "assay/asking/kept_answers.h"
#include "assay/asking/run.h"

namespace assay::asking {

/// Asks and takes until the run ends or asking does; `stepped` is told after each batch. Returns how asking ended.
AskEnd drive(Run& run, KeptAnswers& answers, std::size_t batch, const std::function<void()>& stepped = {});

/// Nothing was ever answered, and the endpoint can't go on: throws OracleError with its reason.
void expect_answers(const AskEnd& end, std::size_t calls);

/// Fills in what asking cost and how it ended; notes are appended.
void fill(const Oracle& oracle, const KeptAnswers& answers, const AskEnd& end, AskedReport& report);

}  // namespace assay::asking
