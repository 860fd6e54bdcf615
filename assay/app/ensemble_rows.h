#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assay/core/labels.h"
#include "assay/store/labelling.h"
#include "assay/store/study.h"

namespace assay::app {

/// Members of an ensemble where nobody says how many.
inline constexpr std::size_t kUsualSize = 5;

/// A labelling without what can't be learnt from.
struct LabelledRows {
  LabelTable table;
  std::vector<std::uint32_t> group;  ///< n: first row with the same text.
  std::vector<std::uint32_t> task;   ///< n, numbers without gaps.
  std::vector<std::string> tasks;
};

/// The labels of models that tell something, on the rows on which all of them were run.
struct UsableLabels {
  store::Labelling labels;
  LabelledRows rows;
};

/// How an ensemble is asked for: what `assay ensemble` and `assay ensemble fit` have in common.
struct EnsembleChoice {
  std::optional<std::size_t> size;
  std::optional<std::int64_t> budget;
  const std::string& method;
  const std::string& decision;
  double sure = 0;
};

/// Throws InvalidArgument that says what does not fit.
void check_choice(const EnsembleChoice& choice);

/// The queries of a task among all.
struct TaskQueries {
  std::vector<QueryId> own;
  std::vector<double> weights;  ///< n: 1 of its own, sim::kOtherTask of the others.
};

TaskQueries queries_of_task(const LabelledRows& rows, std::uint32_t task);

/// What was left out and why goes into `notes`. Throws InvalidArgument if nothing is left.
UsableLabels usable_labels(const store::Study& study, store::LabelChoice choice, std::vector<std::string>& notes);

/// Without the tasks that no vote can tell anything about: all their queries have the same true label.
LabelledRows without_single_labels(LabelledRows rows, std::vector<std::string>& notes);

/// m, micro-dollars per million tokens; fewer where one is not known. Throws InvalidArgument then if they are
/// needed.
std::vector<std::int64_t> prices_of(const store::Labelling& labels, bool needed);

/// As many of the cheapest models as the budget buys, at least one.
std::size_t most_members(std::vector<std::int64_t> prices, std::int64_t budget);

}  // namespace assay::app
