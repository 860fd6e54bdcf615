#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assay/asking/select_run.h"

namespace assay::app {

/// What a selection must show, as where every change of a prompt is tested.
struct SelectionChecks {
  /// The least rate of `model`, in the units of the measure: a share, or a score on its scale.
  std::optional<double> fail_below = {};
  bool of_scale = false;         ///< `fail_below` is a share, of scores too: of their scale.
  std::string model = {};        ///< Whose rate; empty: that of the model that is found.
  std::string expect_best = {};  ///< The model that must be found; empty: not checked.
};

/// Whether any is asked for.
inline bool checks_anything(const SelectionChecks& checks) {
  return checks.fail_below.has_value() || !checks.expect_best.empty();
}

enum class CheckOutcome : std::uint8_t {
  passed,
  failed,
  undecided,  ///< What was judged shows neither.
};

/// Throws InvalidArgument for a `model` without a limit, and where the checks are `written` somewhere and there are
/// none.
void check_complete(const SelectionChecks& checks, bool written);

/// "passed", "failed" or "undecided".
std::string_view name(CheckOutcome outcome);

struct CheckResult {
  std::string name;  ///< What is checked: "win rate of a is at least 55 %". Names of strangers as they are.
  CheckOutcome outcome = CheckOutcome::passed;
  std::string message;  ///< One sentence with the numbers. Likewise.
};

/// The results of all that is asked for, `fail_below` first.
///
/// A rate is an estimate with a 95 % interval. `fail_below` is passed if all of the interval is at the limit or
/// better, failed if all of it is worse, else undecided. Where everything was judged the interval is a point,
/// unless calls are without a verdict, which may be anything. Where a lower score is better, the limit is the
/// largest one.
///
/// `expect_best` is passed if that model is the one that was decided for, or exactly as good as it; failed if
/// another was decided for, or the model can't be the best any more; else undecided. Of strategies that don't
/// decide it is decided when everything is judged. With a tolerance, `epsilon` or `good_enough`, the model that is
/// found need not be the best: `expect_best` is passed if it is found, failed if another is and the whole interval
/// of this one is below that one's, else undecided.
///
/// Throws InvalidArgument for a model that is not in the report, or a limit out of the scale.
std::vector<CheckResult> check_selection(const asking::SelectReport& report, const SelectionChecks& checks);

/// The worst of them: failed before undecided before passed.
CheckOutcome worst_of(const std::vector<CheckResult>& results);

}  // namespace assay::app
