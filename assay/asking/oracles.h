#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "assay/asking/judge_task.h"
#include "assay/asking/llm_run.h"
#include "assay/asking/oracle.h"
#include "assay/asking/person_oracle.h"
#include "assay/judge/program.h"
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
  judge::StartProgram start = {};  ///< Programs that the caller has itself.
  /// Told in one line, again and again, why nothing is sent to an endpoint in trouble; fit for a terminal.
  std::function<void(std::string_view)> troubled = {};
  /// Told in one line what was taken from the study. Content of strangers, too.
  std::function<void(std::string_view)> noted = {};
  LlmOptions llm = {};       ///< Of oracle llm.
  Person* person = nullptr;  ///< Of oracle person: who is asked. Outlives the run.
};

/// What an oracle is made for. All of it must outlive the oracle.
struct OracleTask {
  const JudgeTask& task;  ///< With its texts if the oracle is live.
  store::Study& study;    ///< For the ledger of paid calls.
  std::uint64_t seed = 1;
  std::size_t batch = 1;   ///< Calls that are asked for at a time.
  std::string judge = {};  ///< Of oracle kept: whose answers, as ComparisonChoice::judge.
};

/// A key under which a study keeps answers, taken apart.
struct OracleKey {
  std::string_view kind;  ///< Name of an oracle.
  bool scores = false;    ///< Else verdicts.
  std::string_view who;   ///< The command, the person.
  std::string_view last;  ///< The baseline or the scale.
};

/// A kind of oracle.
struct OracleEntry {
  const char* name;
  const char* help;      ///< One line.
  const char* argument;  ///< What stands after "NAME:" in help; nullptr: nothing may.
  bool argument_needed;
  bool one_by_one = false;  ///< Asked one call at a time, and may take the last answer back.
  bool live;  ///< Reads responses and says what nobody knew; else it answers from the study's own judgements.
  bool looks_only = false;  ///< Live, but nobody is asked: only what the study has of a live oracle counts.
  bool scores;              ///< Gives scores, too.
  /// Tells right from wrong by the study's reference answers, and gives neither scores nor verdicts: accuracy is
  /// measured. Costs nothing, so that nothing is kept.
  bool checks = false;
  bool llm = false;         ///< An LLM is asked, as OracleOptions::llm says.
  bool by_files = false;    ///< Asks end until files are answered; what these say counts as known then.
  std::size_t at_once = 1;  ///< Calls asked for at a time, unless the user says.
  std::unique_ptr<Oracle> (*make)(const OracleTask& task, const OracleOptions& options);
  /// What its keys mean, for people, of verdicts and of scores: each names `who` and `last` once. nullptr: none are
  /// kept.
  std::string (*title)(const OracleKey& key);
};

std::span<const OracleEntry> oracles();
/// "NAME", "NAME:ARGUMENT" or "NAME[:ARGUMENT]".
std::string form_of(const OracleEntry& entry);

/// The row that `options.name` means. Throws InvalidArgument for a name that no row has, for an argument that is
/// missing or too much.
const OracleEntry& oracle(const OracleOptions& options);
/// What is measured where the choice leaves it open and the oracle can measure nothing else.
void take_only_measure(const OracleOptions& options, store::ComparisonChoice& choice);
/// Whether an LLM is asked, as `options.llm` says.
bool asks_llm(const OracleOptions& options);
/// What stands after "NAME:"; empty if nothing does.
std::string argument_of(const OracleOptions& options);

/// The study that an oracle is asked for. Where it is live, nobody else may ask at the same time, and the file must
/// be writable; recorded judgements need neither. Throws Error.
store::Study open_study(const OracleOptions& options, const std::string& path);

/// What `select` compares: the recorded outcomes, or for a live oracle whatever has responses: against a baseline
/// or, where `choice.measure` is score, each on `choice.scale`. Throws InvalidArgument if the choice does not go
/// with the oracle.
store::Comparison comparison_for(const OracleOptions& options, store::Study& study,
                                 const store::ComparisonChoice& choice);
/// What `allocate` scores, likewise; also if the oracle gives no scores.
store::Scoring scoring_for(const OracleOptions& options, const store::Study& study,
                           const store::ScoringChoice& choice);

/// The oracle itself, `options` must outlive it. Throws InvalidArgument or Error before anything is asked.
std::unique_ptr<Oracle> make_oracle(const OracleOptions& options, const OracleTask& task);

/// Empty: the text is no such key.
std::optional<OracleKey> read_key(std::string_view text);
/// What the key of an oracle means, for people: "command X against Y", "person anna against Y"; the key itself if
/// it is not known.
std::string oracle_title(std::string_view key);

}  // namespace assay::asking
