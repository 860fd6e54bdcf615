#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "assay/asking/judge_task.h"
#include "assay/asking/oracle.h"
#include "assay/judge/answer_match.h"

namespace assay::asking {

/// Compares each response with the reference answer of its query: 1 right, 0 wrong. Free, and nothing of it is
/// kept. What has no response, or no reference of the kind, has no verdict.
class MatchOracle : public Oracle {
 public:
  /// By a judge::MatchKind's name; empty: by what each reference looks like. `task`, of pairs and with its texts,
  /// must outlive it. Throws InvalidArgument for another name, and if no reference is of that kind.
  MatchOracle(const std::string& kind, const JudgeTask& task);

  std::string name() const override;
  std::optional<file::Digest> fingerprint(std::size_t /*item*/) const override { return std::nullopt; }
  AskEnd ask(std::span<const Ask> asks, const std::function<void(const Answer&)>& answered) override;
  /// How many queries are compared in which way, and how many can't be; that no answer was right, if so.
  std::vector<std::string> notes() const override;

 private:
  std::string kind_;
  const JudgeTask& task_;
  std::vector<std::optional<judge::MatchKind>> kinds_;  ///< Of queries; empty: the reference is of no use.
  std::size_t compared_ = 0;
  std::size_t right_ = 0;
};

}  // namespace assay::asking
