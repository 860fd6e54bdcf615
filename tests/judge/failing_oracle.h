#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>

#include "assay/asking/oracle.h"
#include "assay/core/error.h"

namespace assay {

/// Passes calls on to another oracle and breaks off after so many answers: a judge whose connection is lost.
class FailingOracle : public asking::Oracle {
 public:
  FailingOracle(asking::Oracle& behind, std::size_t answers) : behind_(behind), left_(answers) {}

  std::string name() const override { return behind_.name(); }

  void ask(std::span<const Call> calls, const std::function<void(const Verdict&)>& answered) override {
    for (const Call& call : calls) {
      if (left_ == 0) throw OracleError("the judge broke off");
      --left_;
      behind_.ask(std::span(&call, 1), answered);
    }
  }

  /// The connection is back, for so many answers.
  void mend(std::size_t answers) { left_ = answers; }

 private:
  asking::Oracle& behind_;
  std::size_t left_;
};

}  // namespace assay
