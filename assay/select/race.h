#pragma once

#include <cstddef>
#include <deque>
#include <span>
#include <unordered_map>
#include <vector>

#include "assay/select/sequential_test.h"
#include "assay/select/strategy.h"

namespace assay::select {

/// Judges the queries in the order of the pool, which must be random, each for the models that are still in the
/// race. A model leaves when a SequentialTest has excluded that it is the best. The baseline, if it is a model,
/// races along without calls.
class Race {
 public:
  /// Uses the models, the pool, the goal, and what is known: calls for that are not proposed.
  explicit Race(const Problem& problem);

  /// Appends up to `limit` calls; none once the test is over. A batch of up to m calls ends with its row, so that
  /// it asks what single calls would ask; a larger one goes on with further rows.
  void propose(std::size_t limit, std::vector<Call>& calls);
  /// Verdicts of proposed calls. Throws InvalidArgument for others.
  void observe(std::span<const Verdict> verdicts);

  const SequentialTest& test() const { return test_; }

 private:
  bool find_next_call();
  void open_rows(std::size_t row);
  void take_complete_rows();
  void keep(const Verdict& verdict);
  bool complete(std::span<const double> row) const;

  std::vector<QueryId> pool_;
  std::vector<std::size_t> row_of_;  // by query; the pool's size for others
  std::size_t candidates_;
  SequentialTest test_;
  std::unordered_map<std::size_t, double> known_;  // rewards by row * models + model
  std::deque<std::vector<double>> open_;  // rewards of the rows from the first incomplete one on; NaN: not come
  std::size_t next_row_ = 0;              // of the next call
  std::size_t next_model_ = 0;
};

}  // namespace assay::select
