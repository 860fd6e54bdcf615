#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assay/asking/llm_run.h"
#include "assay/core/scores.h"
#include "assay/store/study.h"

namespace assay::asking {

/// A live judge that was asked, as far as its answers can be looked at again.
struct HeldJudge {
  std::string name;               ///< Of the oracle: the key of its answers.
  std::optional<LlmOptions> llm;  ///< How an LLM was asked: its answers are found in the ledger by that.
  std::uint64_t seed = 1;         ///< Of OracleTask, likewise.
  std::size_t batch = 1;
};

/// Keeps how an LLM is asked, under its name; no key, and of headers the names.
void remember_judge(store::Study& study, const HeldJudge& judge);

/// The LLM that is remembered under this name; empty: none.
std::optional<HeldJudge> held_llm(const store::Study& study, const std::string& name);

/// Judges of which the study has answers, sorted by name: verdicts, or scores.
std::vector<HeldJudge> held_judges(const store::Study& study, bool scores);

/// "LOW,HIGH", as `held_judge` has it.
std::string scale_text(const Scale& scale);

/// Whether `held_judge` would find one or several.
bool has_held_judge(const store::Study& study, const std::string& wanted, bool scores);

/// The one that is meant: by its name, its title (`oracle_title`), or a part of the title that no other has; empty:
/// the only one. `last`: only those against this baseline, or on the scale "LOW,HIGH"; empty: any. Throws
/// InvalidArgument that lists them.
HeldJudge held_judge(const store::Study& study, const std::string& wanted, bool scores, const std::string& last);

}  // namespace assay::asking
