#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>

#include "assay/asking/judged_texts.h"
#include "assay/asking/oracle.h"

namespace assay::asking {

/// Which of two answers is better? Nothing in here tells whose they are. Content of strangers.
struct PersonQuestion {
  std::string_view prompt;  ///< Empty if unknown.
  std::string_view first;
  std::string_view second;
  std::size_t number = 1;  ///< Of this sitting, from 1.
  bool can_undo = false;   ///< There is an answer that can be taken back.
};

enum class PersonReply { first, second, draw, undo, quit };

/// Somebody who is asked: at a terminal, or a script in tests.
class Person {
 public:
  virtual ~Person() = default;
  /// Does not reply `undo` where nothing can be undone.
  virtual PersonReply ask(const PersonQuestion& question) = 0;
};

/// The person wants to give the last answer anew: it is to be forgotten, and its question to be asked again.
class AnswerTakenBack : public std::exception {
 public:
  const char* what() const noexcept override { return "the last answer was taken back"; }
};

/// The person wants to stop for now.
class PersonLeft : public std::exception {
 public:
  const char* what() const noexcept override { return "the person stopped"; }
};

/// A person who gives verdicts, one at a time. Which answer is shown first is drawn from the seed and the names of
/// query and model. One answer can be taken back, the last: AnswerTakenBack is thrown instead of another verdict,
/// and whoever keeps the answers must not have kept that one for good.
class PersonOracle : public Oracle {
 public:
  /// `person` must outlive it. `name`: who it is, may be empty; persons with different names have their own
  /// answers.
  PersonOracle(std::string name, ComparedTexts texts, std::uint64_t seed, Person& person);

  /// Of the person's name and the baseline.
  std::string name() const override;
  /// Throws AnswerTakenBack and PersonLeft.
  void ask(std::span<const Call> calls, const std::function<void(const Verdict&)>& answered) override;

 private:
  bool model_first(const Call& call) const;

  std::string name_;
  ComparedTexts texts_;
  std::uint64_t seed_;
  Person& person_;
  std::size_t asked_ = 0;  // and not taken back
  bool can_undo_ = false;
};

}  // namespace assay::asking
