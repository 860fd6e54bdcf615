#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "assay/asking/oracle.h"
#include "assay/core/verdict.h"
#include "assay/store/study.h"

namespace assay::asking {

/// Verdicts that a study keeps of an oracle, and the oracle for the rest: each is kept before the next is asked.
class KeptVerdicts {
 public:
  /// All must outlive it. `review`, if there is one, is told of each call that the study answers.
  KeptVerdicts(store::Study& study, const store::Comparison& comparison, Oracle& oracle,
               std::function<void(const Call&)> review = {});
  /// Keeps what is held back, whatever ends the run.
  ~KeptVerdicts();
  KeptVerdicts(const KeptVerdicts&) = delete;
  KeptVerdicts& operator=(const KeptVerdicts&) = delete;

  /// Appends one for each call, in their order, whoever answered first: sums come out the same to the last bit. A
  /// call that failed before is made again. Throws OracleError; what was answered before that is kept.
  void get(std::span<const Call> calls, std::vector<Verdict>& verdicts);

  /// Appends those that are known, in the order of the calls; asks nobody.
  void get_known(std::span<const Call> calls, std::vector<Verdict>& verdicts) const;

  /// From now on the last verdict is kept in the study only when the next one is there, at `keep_held` or at the
  /// end of this object: until then it can be forgotten.
  void hold_back_last() { holds_back_ = true; }
  void forget_held();
  void keep_held();

  /// Calls that the oracle answered, failed ones included.
  std::size_t asked() const { return asked_; }

 private:
  Outcome known(const Call& call) const;
  void take(const Verdict& verdict);
  void keep(const Verdict& verdict);

  store::Study& study_;
  const store::Comparison& comparison_;
  Oracle& oracle_;
  std::function<void(const Call&)> review_;
  std::string name_;
  std::unordered_map<std::uint64_t, Outcome> known_;
  std::size_t asked_ = 0;
  bool holds_back_ = false;
  std::optional<Verdict> held_;  // has an outcome
};

}  // namespace assay::asking
