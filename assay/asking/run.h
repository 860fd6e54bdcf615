#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "assay/asking/ask.h"
#include "assay/asking/judge_bill.h"

namespace assay::asking {

/// A run: says what to ask next, takes the answers and knows what follows from them. It never blocks, owns what it
/// needs, and knows neither files nor sockets: the command, a page, a binding or a batch file drive the same
/// object.
///
///     while (true) {
///       const std::vector<Ask> asks = run.next(16);
///       if (asks.empty()) break;
///       run.take(answers_of(asks));
///     }
///
/// Answers may come in any order, in parts, and while further asks are out. A run that is told the same answers in
/// the same order ends in the same state.
class Run {
 public:
  virtual ~Run() = default;

  /// The next asks, at most `limit` >= 1, none of which is out or answered; empty when nothing is left to ask for
  /// now: the run has ended, or waits for answers.
  std::vector<Ask> next(std::size_t limit);

  /// Answers to asks that are out. Throws InvalidArgument for any other, before it takes one.
  void take(std::span<const Answer> answers);

  /// Takes back the last answer that was not known before, and all that came after it, and returns it. What was
  /// asked after it and is still out is asked anew. Empty: there is no such answer. O(all answers).
  std::optional<Ask> take_back();

  /// Asks that are out.
  std::size_t outstanding() const { return out_.size(); }

 protected:
  /// Whether there is nothing more to ask: decided, or the budget spent.
  virtual bool over() const = 0;
  /// How many more asks the budget allows, those that are out included.
  virtual std::size_t left() const = 0;
  /// As at the beginning.
  virtual void restart() = 0;
  virtual std::vector<Ask> propose(std::size_t limit) = 0;
  virtual void observe(std::span<const Answer> answers) = 0;

 private:
  using Event = std::variant<std::size_t, std::vector<Answer>>;  // a proposal of so many, or answers

  void replay(std::span<const Event> events);

  std::vector<Event> events_;
  std::unordered_map<std::uint64_t, Ask> out_;
  std::deque<Ask> again_;  // proposed, and to be asked once more
};

/// What asking cost and how it ended: part of the report of every run.
struct AskedReport {
  std::size_t calls_new = 0;      ///< Calls that were asked anew.
  std::optional<JudgeBill> bill;  ///< Of a paid judge.
  bool money_ended = false;       ///< The limit of cost came before the budget did.
  std::string trouble = {};       ///< What ended the run at its endpoint; empty: nothing did. Content of strangers.
  std::vector<std::string> notes;
};

}  // namespace assay::asking
