#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "assay/asking/ask.h"
#include "assay/asking/judge_bill.h"
#include "assay/file/digest.h"
#include "assay/store/study.h"

namespace assay::asking {

/// What a judge replied when it was asked about an item. Content of strangers.
struct JudgeReply {
  enum class Order : std::uint8_t { alone, model_first, baseline_first };
  Order order = Order::alone;        ///< How the two responses stood in the question.
  std::uint32_t repeat = 0;          ///< The how-manieth question in this order, from 0.
  std::string text;                  ///< As it came.
  std::optional<double> value = {};  ///< What it says, as Answer::value; empty: that can't be read.
};

/// Whoever judges: recorded judgements, a program, an LLM, a person. Verdicts on pairs and scores alike.
///
///     oracle->ask(asks, [&](const Answer& answer) { ... });
class Oracle {
 public:
  virtual ~Oracle() = default;

  /// Who is asked, and how: answers of oracles with the same name are interchangeable if what was shown is the
  /// same. Part of the key under which a study keeps answers.
  virtual std::string name() const = 0;

  /// Of all that is shown for an item. A kept answer counts only for the same. Empty: the oracle's answers cost
  /// nothing and are never kept.
  virtual std::optional<file::Digest> fingerprint(std::size_t item) const = 0;

  /// Puts the asks to the judge and hands over each answer as soon as it is there, in any order, each ask once,
  /// from the calling thread. Throws OracleError if the judge can't be reached; what was handed over before that
  /// stands.
  virtual AskEnd ask(std::span<const Ask> asks, const std::function<void(const Answer&)>& answered) = 0;

  /// Whether asks that are put to it in parts get the same answers as those that are put to it together.
  virtual bool divisible() const { return true; }

  /// What it can say again of any item without asking or paying, sorted by item and repeat: what a ledger of paid
  /// calls has, or what follows from others' answers, up to a mark. Without answers that a study keeps of it.
  virtual std::vector<Answer> known(const store::AnswerMark& /*until*/) const { return {}; }

  /// What it replied about an item, as far as a ledger has it; by repeat and order.
  virtual std::vector<JudgeReply> replies(std::size_t /*item*/) const { return {}; }

  /// What is kept with an answer that has just been given: how it came about.
  virtual store::Remark remark(std::size_t /*item*/) const { return {}; }

  /// What people should be told at the end of a run: failures and their reasons.
  virtual std::vector<std::string> notes() const { return {}; }
  /// Of a paid judge.
  virtual std::optional<JudgeBill> bill() const { return std::nullopt; }
  /// What at most so many calls would cost; nothing is asked. Of a paid judge.
  virtual std::optional<JudgeEstimate> estimate(std::size_t /*calls*/) { return std::nullopt; }
};

}  // namespace assay::asking
