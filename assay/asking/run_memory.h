#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "assay/asking/judge_task.h"
#include "assay/store/study.h"

namespace assay::asking {

/// What makes a run the same run when it is resumed: who is asked about what, by which strategy, towards what.
struct RunIdentity {
  std::string_view oracle;    ///< Its name.
  std::string_view strategy;  ///< With parameters and goal, in any words.
  std::uint64_t seed = 1;
  std::size_t batch = 1;     ///< Calls at a time.
  bool batch_given = false;  ///< Else a resumed run has its own.
  bool test = true;          ///< What it ends with is a promise. Else no other run is told of it, nor it of others.
};

/// Where a run began: what was there before counts as known from its first step, and what came since it asked for
/// itself, or finds when it asks. So a resumed run goes on as if it had not been broken off.
struct RunStart {
  std::string name;  ///< Of the run, in the study; empty if runs are not remembered.
  store::AnswerMark mark;
  bool resumed = false;
  std::uint64_t seed = 1;          ///< Likewise, as the next.
  std::size_t batch = 1;           ///< Of the resumed run, or the identity's.
  std::vector<std::string> notes;  ///< That it is another test than one before it.
};

/// A run that the study remembers, or a new one that it remembers from now on, if it can be written and `keep` says
/// so. A run with another seed or batch over the same questions is another test, and a note says so.
RunStart start_run(store::Study& study, const JudgeTask& task, const RunIdentity& identity, bool keep);

/// The run that somebody who asks nobody looks at: the latest over the same questions by the same strategy,
/// whatever its seed and batch; of several that began with the same answers, the one with the identity's seed.
/// `resumed` is false if there is none; the seed is then that of the latest run over these questions, if there was
/// any.
RunStart latest_run(const store::Study& study, const JudgeTask& task, const RunIdentity& identity);

}  // namespace assay::asking
