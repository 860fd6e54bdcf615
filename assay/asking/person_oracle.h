#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "assay/asking/judge_task.h"
#include "assay/asking/oracle.h"

namespace assay::asking {

/// Which of two answers is better? Nothing in here tells whose they are. Content of strangers.
struct PersonQuestion {
  std::string_view prompt;  ///< Empty if unknown.
  std::string_view first;
  std::string_view second;
  std::size_t number = 1;  ///< Of this sitting, from 1.
  bool can_undo = false;   ///< There is an answer that can be taken back.
  bool can_skip = false;   ///< Somebody else may be asked instead.
};

enum class PersonReply { first, second, draw, skip, undo, quit };

/// Somebody who is asked: at a terminal, or a script in tests.
class Person {
 public:
  virtual ~Person() = default;
  /// Replies `undo` or `skip` only where it may.
  virtual PersonReply ask(const PersonQuestion& question) = 0;
};

/// A person who gives verdicts, one at a time. Which answer is shown first is drawn from the seed and the names of
/// query and model. The last answer of a sitting can be taken back.
class PersonOracle : public Oracle {
 public:
  /// `task` must have its texts; it and `person` must outlive the oracle. `name`: who it is, may be empty; persons
  /// with different names have their own answers.
  PersonOracle(std::string name, const JudgeTask& task, std::uint64_t seed, Person& person);

  /// Of the person's name and the baseline.
  std::string name() const override;
  std::optional<file::Digest> fingerprint(std::size_t item) const override { return task_.fingerprint(item); }
  /// What stood first.
  store::Remark remark(std::size_t item) const override;
  /// Ends as `left` or `taken_back` when the person says so.
  AskEnd ask(std::span<const Ask> asks, const std::function<void(const Answer&)>& answered) override;

 private:
  PersonReply put(const Ask& ask);

  std::string name_;
  const JudgeTask& task_;
  std::uint64_t seed_;
  Person& person_;
  std::size_t asked_ = 0;  // and not taken back
  bool can_undo_ = false;
};

}  // namespace assay::asking
