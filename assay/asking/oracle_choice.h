#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/asking/llm_choice.h"
#include "assay/asking/oracle.h"
#include "assay/asking/person_oracle.h"
#include "assay/asking/score_oracle.h"
#include "assay/core/scores.h"
#include "assay/store/study.h"

namespace assay::asking {

/// Who is asked, and how: what `--oracle` and the options that go with it say. The one place that knows all oracles
/// is the table behind `oracles()`.
struct OracleOptions {
  std::string name = "recorded";  ///< "NAME" or "NAME:ARGUMENT", as its row says.
  /// A live oracle that answers nothing for so long has failed. Positive.
  std::chrono::milliseconds timeout{60'000};
  /// Called now and then while a live oracle waits; may throw to end the run.
  std::function<void()> waiting = {};
  /// Told each line of what a program says on the side. Content of strangers.
  std::function<void(std::string_view)> said = {};
  LlmOptions llm = {};       ///< Of oracle llm.
  Person* person = nullptr;  ///< Of oracle person: who is asked. Outlives the run.
};

/// A run's verdicts to be made: who is compared, and what the run has set.
struct VerdictTask {
  store::Study& study;                  ///< Outlives the oracle.
  const store::Comparison& comparison;  ///< Likewise.
  std::uint64_t seed = 1;
  std::size_t batch = 1;  ///< Calls that are asked for at a time.
};

/// Likewise for scores.
struct ScoreTask {
  store::Study& study;            ///< Outlives the oracle.
  const store::Scoring& scoring;  ///< Likewise.
  Scale scale;                    ///< A score outside of it is none.
  std::uint64_t seed = 1;
  std::size_t batch = 1;  ///< Calls that are asked for at a time.
};

/// An oracle, and what it has to tell people at the end of a run (failures and their reasons); empty: nothing ever.
struct VerdictSource {
  std::unique_ptr<Oracle> oracle;
  std::function<std::vector<std::string>()> notes = {};
  std::function<JudgeBill()> bill = {};          ///< Of a paid judge.
  std::function<void(const Call&)> review = {};  ///< To be told of calls that the study has answered.
  /// What at most so many calls would ask.
  std::function<JudgeEstimate(std::size_t calls)> estimate = {};
};
struct ScoreSource {
  std::unique_ptr<ScoreOracle> oracle;
  std::function<std::vector<std::string>()> notes = {};
  std::function<JudgeBill()> bill = {};
  std::function<JudgeEstimate(std::size_t calls)> estimate = {};
};

/// A kind of oracle.
struct OracleEntry {
  const char* name;
  const char* help;      ///< One line.
  const char* argument;  ///< What stands after "NAME:" in help; nullptr: nothing may.
  bool argument_needed;
  bool one_by_one = false;  ///< Asked one call at a time, and may take the last answer back.
  bool live;  ///< Reads responses and says what nobody knew; else it answers from the study's own judgements.
  VerdictSource (*verdicts)(const VerdictTask& task, const OracleOptions& options);  ///< nullptr: gives none.
  ScoreSource (*scores)(const ScoreTask& task, const OracleOptions& options);        ///< nullptr: gives none.
};

std::span<const OracleEntry> oracles();
/// "NAME", "NAME:ARGUMENT" or "NAME[:ARGUMENT]".
std::string form_of(const OracleEntry& entry);

/// The row that `options.name` means. Throws InvalidArgument for a name that no row has, for an argument that is
/// missing or too much.
const OracleEntry& oracle(const OracleOptions& options);
/// What stands after "NAME:"; empty if nothing does.
std::string argument_of(const OracleOptions& options);

/// What `select` compares: the recorded outcomes, or for a live oracle whatever has responses. Throws
/// InvalidArgument if the oracle gives no verdicts or the choice does not go with it.
store::Comparison comparison_for(const OracleOptions& options, const store::Study& study,
                                 const store::ComparisonChoice& choice);
/// What `allocate` scores, likewise.
store::Scoring scoring_for(const OracleOptions& options, const store::Study& study,
                           const store::ScoringChoice& choice);

/// The oracle itself. `options` must outlive it.
VerdictSource make_verdicts(const OracleOptions& options, const VerdictTask& task);
ScoreSource make_scores(const OracleOptions& options, const ScoreTask& task);

/// Appends what an oracle has to tell, if anything.
void add_notes(const std::function<std::vector<std::string>()>& of_oracle, std::vector<std::string>& notes);

}  // namespace assay::asking
