#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "assay/asking/oracle.h"
#include "assay/core/responses.h"

namespace assay::asking {

/// Passes on the calls whose two responses are there; the others get no verdict, and nobody is asked.
class CompletePairs : public Oracle {
 public:
  CompletePairs(const ResponseTable& responses, std::unique_ptr<Oracle> behind);

  std::string name() const override { return behind_->name(); }
  void ask(std::span<const Call> calls, const std::function<void(const Verdict&)>& answered) override;

 private:
  std::size_t models_;
  std::vector<char> complete_;  // n x m
  std::unique_ptr<Oracle> behind_;
};

}  // namespace assay::asking
