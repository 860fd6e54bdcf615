#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "assay/asking/judge_task.h"
#include "assay/core/rewards.h"
#include "assay/core/scores.h"
#include "assay/judge/prompt_template.h"
#include "assay/judge/verdict_reader.h"
#include "assay/store/study.h"

namespace assay::asking {

/// What a study's recorded judge says to the prompts that a live one would be asked: every prompt is rendered
/// beforehand, both orders of a pair and both kinds of reply, and found again by a hash of its text. 64 bytes or so
/// a prompt; O(length) to find one.
class AnswerBook {
 public:
  /// A prompt that was recognised.
  struct Entry {
    judge::PromptKind kind = judge::PromptKind::pair;
    judge::ReplyKind reply = judge::ReplyKind::line;
    bool model_first = false;  ///< The candidate's response is A. Of pairs.
    std::uint32_t row = 0;     ///< Query of a pair; arm of a score.
    std::uint32_t model = 0;   ///< Of pairs.
    char marker[8] = {};       ///< As in Prompt.
    /// Of a made-up pair, what is said; `row` and `model` mean nothing then.
    std::optional<judge::PairVerdict> made_up = {};
  };

  /// Pairs whose two responses are there. Rendering takes `threads` threads (0: one per core).
  void add_pairs(const judge::PromptTemplate& prompt, const JudgeTask& task, std::size_t threads = 0);
  /// Those of made_up_pairs.h, so that an examination can be rehearsed: the right answer is better, equally good
  /// ones are a tie.
  void add_made_up_pairs(const judge::PromptTemplate& prompt);
  /// Each response has its text and at least one score.
  void add_scores(const judge::PromptTemplate& prompt, const JudgeTask& task, std::size_t threads = 0);

  /// nullptr: nobody asks that.
  const Entry* find(std::string_view user_message) const;

  /// What the judge says; scores are drawn from the arm's recorded ones, the `nth` time it is asked (from 0). For a
  /// call that failed on record, words without a verdict.
  std::string reply(const Entry& entry, std::uint64_t seed, std::uint32_t nth) const;
  /// The same of a judge that prefers the response that it reads first.
  static std::string reply_for_first(const Entry& entry);

  std::size_t prompts() const { return entries_.size(); }
  std::size_t pairs() const { return rewards_.queries() * rewards_.models(); }
  std::size_t arms() const { return scores_.arms(); }
  /// Prompts that equal another one: two models gave the same response. The first one's answer counts.
  std::size_t ambiguous() const { return ambiguous_; }

 private:
  struct Keyed;
  void add(const std::vector<std::vector<Keyed>>& rows);

  std::unordered_map<std::uint64_t, Entry> entries_;
  std::size_t ambiguous_ = 0;
  RewardTable rewards_;
  ScoreTable scores_;
};

/// Which recorded judgements a book is made of.
struct AnswerBookRequest {
  std::string study;
  store::ComparisonChoice choice = {};            ///< The judge named is that of the scores too.
  std::optional<Scale> scale = {};                ///< As the client names it; empty: what the recorded scores show.
  std::optional<std::string> pair_template = {};  ///< Text; empty: the standard one.
  std::optional<std::string> score_template = {};  ///< Likewise.
  std::size_t threads = 0;
  bool may_be_empty = false;  ///< A study without judgements makes a book without answers, of which it is noted.
};

struct AnswerBookReport {
  AnswerBook book;
  std::vector<std::string> notes;  ///< What is in it, and what is not and why.
};

/// Verdicts, scores, or both: what the study has of the judge. Throws InvalidArgument if it has neither, or no
/// responses.
AnswerBookReport make_answer_book(const AnswerBookRequest& request);

}  // namespace assay::asking
