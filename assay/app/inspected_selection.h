#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "assay/app/select.h"
#include "assay/asking/judge_habits.h"

namespace assay::app {

/// What was shown to a judge in one call, and what came of it. Content of strangers.
struct Exchange {
  std::size_t call = 0;  ///< Its number in InspectedSelection::verdicts.
  std::string query;
  std::string model;
  double reward = 0;  ///< As Verdict.
  std::string prompt;
  std::string response;
  std::optional<std::string> baseline = {};
  std::vector<asking::JudgeReply> replies = {};  ///< Of an LLM; empty: none are kept.
};

/// Which exchanges somebody wants to see.
struct ExchangeQuery {
  std::size_t from = 0;    ///< How many of those that fit are left out at the beginning.
  std::size_t count = 50;  ///< At most so many.
  /// Only those with this text in a name, a prompt, an answer or a reply, whatever its case; empty: all. Then every
  /// text of the selection may be read.
  std::string search = {};
  std::string model = {};  ///< Only those of this model; empty: of all.
};

struct ExchangePage {
  std::size_t total = 0;  ///< Those that fit.
  std::vector<Exchange> exchanges;
};

/// The oracle that answers `look` without asking anybody: recorded judgements where the study has some of `judge`,
/// else what it keeps of a live judge. An empty `judge` is any.
std::string oracle_that_asks_nobody(const store::Study& study, const std::string& judge);

/// A selection that is done again without asking anybody: its report, its calls, and what was shown and said in
/// them. The study is opened for reading, so that a run in another process goes on undisturbed. One thread at a
/// time uses an object.
///
///     InspectedSelection selection({.study = "alpaca.assay"});
///     selection.exchange(0).response;
class InspectedSelection {
 public:
  /// An oracle named "" is taken as `oracle_that_asks_nobody` has it. Prices of models that the study knows are
  /// in the report, whether or not the request asks for any. Throws as run_select, and InvalidArgument for an
  /// oracle that would ask somebody.
  explicit InspectedSelection(SelectRequest request, const StartProgress& start = {});

  const asking::SelectReport& report() const { return finding_.report; }
  /// Recorded judgements are looked at, and the study has answers of a live judge that is meant, too.
  bool has_kept_answers() const;
  const store::Comparison& comparison() const { return finding_.task->comparison(); }
  /// In the order in which they counted; the first `report().known` were known before the run.
  std::span<const Verdict> verdicts() const { return finding_.verdicts; }
  /// Reads the texts of all calls.
  asking::JudgeHabits habits();

  Exchange exchange(std::size_t call);
  std::vector<Exchange> exchanges(std::span<const std::size_t> calls);
  ExchangePage exchanges(const ExchangeQuery& query);

 private:
  void count_person(asking::HabitCount& count) const;
  void add_ledger(asking::JudgeHabits& habits);

  store::Study study_;
  SelectRequest request_;
  SelectFinding finding_;
};

}  // namespace assay::app
