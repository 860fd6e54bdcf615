#pragma once

#include "assay/asking/oracle_choice.h"

namespace assay::asking {

/// The LLM that `options.llm` names, as a judge of pairs or of single responses. Throws as LlmRun.
VerdictSource llm_verdicts(const VerdictTask& task, const OracleOptions& options);
ScoreSource llm_scores(const ScoreTask& task, const OracleOptions& options);

}  // namespace assay::asking
