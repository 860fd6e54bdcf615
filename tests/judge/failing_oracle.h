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
  std::optional<file::Digest> fingerprint(std::size_t item) const override { return behind_.fingerprint(item); }

  asking::AskEnd ask(std::span<const asking::Ask> asks,
                     const std::function<void(const asking::Answer&)>& answered) override {
    for (const asking::Ask& ask : asks) {
      if (left_ == 0) throw OracleError("the judge broke off");
      --left_;
      behind_.ask(std::span(&ask, 1), answered);
    }
    return {};
  }

  /// The connection is back, for so many answers.
  void mend(std::size_t answers) { left_ = answers; }

 private:
  asking::Oracle& behind_;
  std::size_t left_;
};

}  // namespace assay
