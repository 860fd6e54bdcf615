#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "assay/asking/kept_answers.h"
#include "assay/asking/run_memory.h"
#include "assay/asking/select_run.h"
#include "assay/store/study.h"

namespace assay::asking {

/// How many asks of a run are out at a time, from which answer on: it changes where people come or go.
struct AsksAhead {
  std::size_t from = 0;  ///< Answers taken before.
  std::size_t asks = 1;
};

/// As the study remembers it of a run, `from` growing; empty for a run that is not remembered.
std::vector<AsksAhead> asks_ahead(const store::Study& study, const std::string& run);
/// In place of what stood there from that answer on. Nothing for a run without a name, or where the study can't be
/// written.
void remember_asks_ahead(store::Study& study, const std::string& run, const AsksAhead& ahead);

/// A run whose asks are made ahead, one by one, while answers to earlier ones are awaited, and which takes the
/// answers in the order of its asks. So what it asks for follows from the answers alone, however fast they come,
/// and whoever gives them the same answers again sees the same run.
class RunAhead {
 public:
  /// `run` must outlive it. `ahead`: `from` growing; before the first, and without any, one ask at a time.
  RunAhead(SelectRun& run, std::vector<AsksAhead> ahead);

  /// From the next answer on, so many asks.
  void set_asks(std::size_t asks);
  /// Asks until enough are out, or the run has nothing to ask for now; appends them.
  void ask(std::vector<Ask>& asks);
  /// The answer to the oldest ask that is out.
  void take(const Answer& answer);

  /// Decided, or the budget is spent: nothing more is to be taken.
  bool ended() const { return run_->decided() || run_->calls_left() == 0; }
  std::size_t taken() const { return taken_; }
  std::size_t out() const { return run_->outstanding(); }
  std::size_t asks_now() const;
  const SelectRun& run() const { return *run_; }

 private:
  SelectRun* run_;
  std::vector<AsksAhead> ahead_;
  std::size_t taken_ = 0;
};

/// As `drive`, in the order of such a run, as far as the answers that are there go.
AskEnd drive(RunAhead& run, KeptAnswers& answers, const std::function<void()>& stepped = {});

}  // namespace assay::asking
