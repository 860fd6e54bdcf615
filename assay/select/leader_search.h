#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "assay/select/judged_pool.h"

namespace assay::select {

/// Looks for a good model and has it judged on the whole pool, so that others can be compared with it: the most
/// hopeful model (mean + 1.3 standard deviations of its sum) is asked on the queries that are least certain, until
/// the most hopeful one is whole.
class LeaderSearch {
 public:
  /// `incumbent`: the likeliest best so far. It gets `allowance` on its sum: others need not be a little better.
  LeaderSearch(JudgedPool& pool, std::function<std::size_t()> incumbent, double allowance)
      : pool_(pool), incumbent_(std::move(incumbent)), allowance_(allowance) {}

  /// The most hopeful model, if it is whole; else `models`.
  std::size_t found() const;
  /// Plans calls of the most hopeful model, and returns `models`; or finds a leader. `sparing`: other calls are
  /// planned already, so that only those are planned that would be made anyway. Then there may be none.
  std::size_t plan(bool sparing, std::vector<Call>& plan);

 private:
  std::size_t most_hopeful(bool open, bool sparing) const;

  JudgedPool& pool_;
  std::function<std::size_t()> incumbent_;
  double allowance_;
};

/// Whether so many calls of the model are out that more would be asked for blindly: as many as are answered, and
/// no more than `most`.
bool enough_out(const JudgedPool& pool, std::size_t model, std::size_t most);

}  // namespace assay::select
